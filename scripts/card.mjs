// Writes the card of a model that ships: what it was trained on, for how long, and how near it is to the best predictor.
//
//   npm run build && node scripts/card.mjs models/linear-8
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFrozen } from '../dist/cli/frozen.js';
import { formatCount, formatInterval, formatNumber, formatTable } from '../dist/report/table.js';
import { compare } from '../dist/runs/compare.js';
import { writeFileAtomic } from '../dist/runs/files.js';
import { openModel } from '../dist/runs/model-folder.js';

const DIMS = [8, 5, 2];
const NOISES = [0, 0.25, 0.5];
const EXAMPLES = [1, 2, 4, 8, 16, 24, 40];
const SEED = 11;
const EPISODES = 1024;

const folder = process.argv[2] ?? 'models/linear-8';
const { name, config, provenance, hash } = await openModel(folder);
const { spec } = provenance;
const metrics = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const minutes = metrics.at(-1).seconds / 60;
const model = await openFrozen(folder);

const toBayes = [];
const toRidge = [];
for (const inputs of DIMS)
  for (const noise of NOISES) {
    process.stderr.write(`d = ${inputs}, σ = ${noise}\n`);
    const lambdas = noise === 0 ? [] : [noise ** 2, 4 * noise ** 2, noise ** 2 / 4];
    // Without noise the Bayes predictor is minimum-norm least squares, with noise it is ridge with λ = σ²/τ².
    const best = noise === 0 ? 'ols' : `ridge:${lambdas[0]}`;
    const others = lambdas.slice(1).map((lambda) => `ridge:${lambda}`);
    const { rows } = await compare(
      {
        family: { family: 'linear', inputs, noise },
        learners: [model.learner.name, best, ...others],
        episodes: EPISODES,
        points: config.points,
        seed: SEED,
      },
      { learners: [model.learner] },
    );
    const of = (metric, reference, examples) =>
      rows.find(
        (row) =>
          row.learner === model.learner.name &&
          row.metric === metric &&
          row.reference === reference &&
          (examples === undefined || row.examples === examples),
      );
    const mean = (reference) => of(`spd/d@1-${2 * inputs}`, reference);
    toBayes.push([
      inputs,
      noise,
      mean(best).value,
      formatInterval(mean(best)),
      ...EXAMPLES.map((examples) => of('spd', best, examples).value / inputs),
    ]);
    if (noise > 0)
      toRidge.push([inputs, noise, ...[best, ...others].map((reference) => mean(reference).value)]);
  }
await model.close();

const number = (header) => ({ header, kind: 'number' });
const noise = spec.family.noise
  .map(
    ({ sigma, weight }) =>
      `${Array.isArray(sigma) ? `σ between ${sigma.join(' and ')}` : `σ = ${sigma}`}: ${weight}`,
  )
  .join(', ');
const text = `# ${name}

A transformer of ${formatCount(model.parameters)} parameters (${config.layers} layers, width ${config.width}, ${config.heads} heads) that was trained to predict
the next label of random linear functions. It learns a function from the examples in its prompt; its parameters are frozen.

- SHA-256 \`${hash}\`
- ${formatCount(provenance.steps)} steps of ${spec.episodes} prompts in ${formatNumber(minutes)} minutes on two CPU cores, seed ${spec.seed}, spec \`${provenance.specHash}\`
- Made by \`icicle train ${name}\`; this page by \`node scripts/card.mjs ${folder}\`

| file                | what is in it                                       |
| ------------------- | --------------------------------------------------- |
| \`model.json\`        | config, provenance, hash                            |
| \`model.safetensors\` | the weights                                         |
| \`model.onnx\`        | the same model for every program that opens ONNX    |
| \`spec.json\`         | the complete training spec                          |
| \`metrics.jsonl\`     | loss and held-out distances, as training went on    |

## What it was trained on

y = wᵀx + ε with w ~ N(0, I) and ε ~ N(0, σ²), 1 to ${spec.model.inputs} inputs that are not zero, up to ${config.points - 1} examples. A share of
${1 - spec.family.share} of the prompts has x ~ N(0, I), the others inputs of skewed covariance (eigenvalues ∝ 1/i², turned at random). Noise levels by
weight: ${noise}. No real table was seen. The target was the label without its noise, which has the same expected gradient
as the label; no other learner's answer was shown.

## For what it is good

Regression with up to ${spec.model.inputs} inputs (more are projected by \`icicle predict\`), up to ${config.points - 1} examples, a target that is roughly linear in
the inputs, both roughly standardised. Not for classes, curved functions, or longer contexts.

## How near it is to the best predictor

Squared prediction difference to the Bayes predictor that knows σ (without noise minimum-norm least squares, with noise
ridge with λ = σ²), divided by the inputs d: the mean over 1…2d examples with its 90 % interval, then after so many
examples. x, w ~ N(0, I), ${formatCount(EPISODES)} held-out tasks, seed ${SEED}.

\`\`\`text
${formatTable([{ header: 'd', kind: 'count' }, number('σ'), number('1…2d'), number('90 % interval'), ...EXAMPLES.map((n) => number(String(n)))], toBayes)}\`\`\`

The model is not told σ. The same distance (mean over 1…2d) to ridge with λ = σ², and with four times and a quarter of it:

\`\`\`text
${formatTable([{ header: 'd', kind: 'count' }, number('σ'), number('λ = σ²'), number('4 σ²'), number('σ² ÷ 4')], toRidge)}\`\`\`
`;
await writeFileAtomic(join(folder, 'README.md'), text);
