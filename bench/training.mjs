// What sampling tables costs a training step of the table transformer: the preset's steps, and in turn with them the same steps
// fed with one batch that is kept for each layout. One shard on one thread, where nothing is sampled while something else is
// computed: in training, where a step's tables are drawn during the update before it, the cost is this at most. Times are CPU time
// of the process, so that other work on the machine counts little; GFLOP/s are of matrix products. The first step of a layout, for
// which programs are made, is left out.
//
//   npm run build && node bench/training.mjs [--preset tabular] [--steps 60] [--set 'labelled=[4,25,140]'] [--set 'columns=[2,8]']
import { parseArgs } from 'node:util';
import { trainSpecFrom } from '../dist/cli/train-spec.js';
import { random } from '../dist/core/random.js';
import { nodeEngine } from '../dist/engine/node.js';
import { matmulFlops } from '../dist/graph/flops.js';
import { formatTable } from '../dist/report/table.js';
import { stepUpdate, train } from '../dist/train/loop.js';
import { objectiveOf } from '../dist/train/objectives.js';
import { banksOf, localShards } from '../dist/train/shards.js';
import { gradientGraph } from '../dist/train/step.js';
import { layoutOf } from '../dist/train/table-objective.js';

const { values: flags } = parseArgs({
  options: {
    preset: { type: 'string', default: 'tabular' },
    steps: { type: 'string', default: '60' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const spec = await trainSpecFrom(flags.preset, [...flags.set, 'shards=1']);
const objective = objectiveOf(spec);
const layoutAt = (step) => JSON.stringify(layoutOf(spec, random(spec.seed, 'layout', step)));

const kept = new Map();
const keeping = (shard) => {
  const sample = objective.sampler(shard);
  return async (step) => {
    const layout = layoutAt(step);
    if (!kept.has(layout)) kept.set(layout, await sample(step));
    return kept.get(layout);
  };
};

/** CPU seconds that sampling itself takes, by step. */
const sampling = [];
const sampled = (shard) => {
  const sample = objective.sampler(shard);
  return async (step) => {
    const begin = process.cpuUsage();
    const feeds = await sample(step);
    sampling[step] = secondsSince(begin);
    return feeds;
  };
};
const secondsSince = (begin) => {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
};

const sides = [
  ['one batch a layout', keeping],
  ['tables sampled', sampled],
].map(([name, sampler]) => {
  const engine = nodeEngine({ threads: 1 });
  const shards = localShards(spec, engine, sampler);
  return { name, shards, steps: train(spec, { shards, engine }), seconds: [], elapsed: 0 };
});

// As in a long run, where the sampler's code has been compiled for long.
const warm = objective.sampler(1);
for (let step = 1; step <= 100; step++) await warm(step);

const updateFlops = matmulFlops(stepUpdate(spec));
const flopsOf = new Map();
const counted = [];
let flops = 0;
for (let step = 1; step <= Number(flags.steps); step++) {
  const layout = layoutAt(step);
  const isNew = !flopsOf.has(layout);
  for (const side of step % 2 === 0 ? sides : sides.toReversed()) {
    const [begin, first] = [process.cpuUsage(), performance.now()];
    await side.steps.next();
    if (isNew) continue;
    side.seconds.push(secondsSince(begin));
    side.elapsed += (performance.now() - first) / 1000;
  }
  if (isNew) {
    const shapes = Object.entries(kept.get(layout)).map(([name, { shape }]) => [name, shape]);
    const graph = gradientGraph(objective, banksOf(spec), Object.fromEntries(shapes));
    flopsOf.set(layout, matmulFlops(graph) + updateFlops);
    continue;
  }
  counted.push(step);
  flops += flopsOf.get(layout);
}
for (const { shards, steps } of sides) {
  await steps.return();
  await shards.close();
}

const sum = (values) => values.reduce((a, b) => a + b, 0);
const ratios = sides[0].seconds.map((bare, i) => bare / sides[1].seconds[i]).sort((a, b) => a - b);
const at = (share) => `${Math.round(100 * ratios[Math.floor(share * (ratios.length - 1))])} %`;
const drawn = sum(counted.map((step) => sampling[step]));
console.log(
  `${spec.name}: ${counted.length} steps of about ${spec.tokens} tokens in ${flopsOf.size} layouts, ` +
    `${(flops / counted.length / 1e9).toFixed(1)} GFLOP a step. A step with sampling is as fast as ${at(0.5)} of the same without ` +
    `(median; ${at(0.1)} to ${at(0.9)} for the middle 80 % of steps); drawing its tables takes ${((1000 * drawn) / counted.length).toFixed(0)} ms.\n`,
);
console.log(
  formatTable(
    [
      { header: 'steps' },
      { header: 'CPU', unit: 'ms', kind: 'number' },
      { header: 'elapsed', unit: 'ms', kind: 'number' },
      { header: 'steps a CPU second', kind: 'number' },
      { header: 'GFLOP/s', kind: 'number' },
    ],
    sides.map(({ name, seconds, elapsed }) => [
      name,
      (1000 * sum(seconds)) / counted.length,
      (1000 * elapsed) / counted.length,
      counted.length / sum(seconds),
      flops / sum(seconds) / 1e9,
    ]),
  ),
);
