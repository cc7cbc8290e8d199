// Writes the card of a model of tables: what it was trained on, for how long, at what cost, and how it learned.
//
//   npm run build && node scripts/tabular-card.mjs models/tabular
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countNumbers } from '../dist/model/model.js';
import { formatCount, formatInterval, formatNumber, formatTable } from '../dist/report/table.js';
import { writeFileAtomic } from '../dist/runs/files.js';
import { openTableModel } from '../dist/runs/model-folder.js';

const folder = process.argv[2] ?? 'models/tabular';
const { name, config, parameters, provenance, hash } = await openTableModel(folder);
const { spec } = provenance;
// It was trained in three runs, each from the weights of the one before.
const read = (file) => readFileSync(join(folder, file), 'utf8').trim();
const linesOf = (file) =>
  read(file)
    .split('\n')
    .map((line) => JSON.parse(line));
const runs = ['first-', 'second-', ''].map((prefix) => ({
  spec: JSON.parse(read(`${prefix}spec.json`)),
  hours: linesOf(`${prefix}metrics.jsonl`).at(-1).seconds / 3600,
}));
const [first, second, third] = runs;
const lines = linesOf('metrics.jsonl');
const hours = runs.reduce((sum, run) => sum + run.hours, 0);
const evaluations = lines.filter(({ rows }) => rows !== undefined);
const metrics = evaluations.at(-1).rows.map(({ metric }) => metric);
const short = (rows, metric) => rows.find((row) => row.metric === metric);
const every = Math.max(1, Math.round(evaluations.length / 8));
const shown = evaluations.filter((_, i) => (evaluations.length - 1 - i) % every === 0);
const number = { kind: 'number' };
const curve = formatTable(
  [{ header: 'step', kind: 'count' }, ...metrics.map((header) => ({ header, ...number }))],
  shown.map(({ step, rows }) => [step, ...metrics.map((metric) => short(rows, metric).value)]),
);
const last = formatTable(
  [{ header: 'metric' }, { header: 'value', ...number }, { header: '90 % interval', ...number }],
  evaluations.at(-1).rows.map((row) => [row.metric, row.value, row]),
);

// Matrix products of a token: projections, MLP; attention over columns and over the labelled rows (docs/prior.md has the layouts).
// A training step is three forward passes.
const { width, layers, mlpRatio, thinking } = config;
const [sizes, columns] = [spec.labelled, spec.columns];
const weights = columns.map((c) => 1 / (c + 4));
const total = weights.reduce((a, b) => a + b);
let perToken = 0;
for (const n of sizes)
  columns.forEach((c, i) => {
    const each = 2 * width * width * (6 + 2 * mlpRatio) + 4 * width * (c + 1) + 4 * width * (thinking + n);
    perToken += (each * weights[i]) / total / sizes.length;
  });
const steps = runs.reduce((sum, run) => sum + run.spec.steps, 0);
const flops = 3 * layers * perToken * spec.tokens * spec.shards * steps;

const text = `# ${name}

A frozen transformer that learns a table of classes or numbers from 5 to 300 labelled rows in its context.
[docs/tables.md](../../docs/tables.md) says how to use it and where its limits are, [docs/evaluation.md](../../docs/evaluation.md)
how it does on real tables.

- **Architecture**: ${formatCount(countNumbers(parameters))} parameters; ${layers} layers of attention over columns, attention to labelled rows and an MLP;
  width ${width}, ${config.heads} heads, ${thinking} thinking rows; classes by random codes and by what is retrieved of labelled rows, numbers by ${config.quantiles} quantiles.
- **Trained on** synthetic tables alone ([docs/prior.md](../../docs/prior.md)), by this project's own pipeline; no real table, and no
  other model, had any part in it.
- **Cost**: ${formatCount(steps)} steps of about ${formatCount(spec.tokens * spec.shards)} cells, ${hours.toFixed(1)} hours on two CPU cores beside other work, about
  ${flops.toExponential(1)} floating-point operations (matrix products of forward and backward passes).
- **Three runs**: ${formatCount(first.spec.steps)} steps from fresh weights (\`first-spec.json\`, ${first.hours.toFixed(1)} hours); ${formatCount(second.spec.steps)} from there at half the rates and with another
  seed (\`second-spec.json\`, ${second.hours.toFixed(1)} hours); ${formatCount(third.spec.steps)} more (\`spec.json\`, ${third.hours.toFixed(1)} hours) with a decoder that also retrieves and more tables of linear
  functions, in 40 % of which a small difference between columns that go together may be what counts. Again, each from the model
  before it (\`<spec hash>\` is what the run's folder is called by):

  \`\`\`sh
  npx icicle train tabular --set family.linear.decorrelated=0
  npx icicle train tabular-more --set family.linear.decorrelated=0 --from runs/tabular-<spec hash>/model
  npx icicle train tabular-more --set seed=3 --set steps=7500 --set family.generators.linear=4 \\
    --set model.decoder=both --from runs/tabular-<spec hash>/model
  \`\`\`

  The first run was stopped and its number of steps lowered twice, from 13,000 over 11,500 to 10,500, while it ran (at steps 3,494 and
  6,449), so that its rates were a little higher early on than the spec's: another run gives another model as good, not the same bits.
- **Weights**: SHA-256 ${hash}; MIT licence, as the rest. ONNX: \`npx icicle export ${name} -o ${name}.onnx\`.

## Held-out synthetic tables

Means over ${spec.evaluation.tables} tables of the prior that it was not trained on, after 8, 25 and 80 labelled rows (\`@\`), the middle number of
columns: cross-entropy and accuracy of classes (2 to 10, half of them 2), pinball loss of numbers in standard deviations,
coverage of the central 80 %. From \`metrics.jsonl\`.

\`\`\`text
${last}\`\`\`

How the third run learned:

\`\`\`text
${curve}\`\`\`
`;
await writeFileAtomic(join(folder, 'README.md'), text);
console.log(
  `${folder}/README.md: ${formatNumber(hours)} h, ${formatInterval({ low: flops, high: flops })} FLOPs`,
);
