import { createInterface } from 'node:readline';
import { nodeEngine } from '../engine/node.js';
import { matmulFlops } from '../graph/flops.js';
import { countParameters } from '../model/parameters.js';
import { stepUpdate, train } from '../train/loop.js';
import { objectiveOf } from '../train/objectives.js';
import { replicas } from '../train/replicas.js';
import { banksOf } from '../train/shards.js';
import { gradientGraph } from '../train/step.js';
import { type Size, specOfSize } from './bench-sizes.js';

// One side of the benchmark, in a process of its own: answers each line {"steps": n} with the time of each of n steps.
// The other side, bench/torch_step.py, speaks the same lines.

const spec = specOfSize(process.argv[2] as Size);
const shards = replicas(spec);
const training = train(spec, { engine: nodeEngine({ threads: 1 }), shards });
const objective = objectiveOf(spec);
const feeds = await objective.sampler(0)(1);
const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
const gradient = gradientGraph(objective, banksOf(spec), shapes);
const flops = spec.shards * matmulFlops(gradient) + matmulFlops(stepUpdate(spec));
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

await training.next(); // Builds the session.
say({ ready: true, parameters: countParameters(spec.model), flops });
for await (const line of createInterface({ input: process.stdin })) {
  const { steps } = JSON.parse(line) as { steps: number };
  const ms: number[] = [];
  let loss = Number.NaN;
  for (let i = 0; i < steps; i++) {
    const begin = performance.now();
    const { value } = await training.next();
    ms.push(performance.now() - begin);
    loss = value?.loss ?? loss;
  }
  say({ ms, loss, peak_mb: process.resourceUsage().maxRSS / 1024 });
}
await training.return(undefined);
await shards.close();
