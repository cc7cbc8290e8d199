// Trains a small transformer on random linear tasks and watches it begin to learn in context.
//
//   node examples/03-train.mjs [steps]
//
// The preset asks for some thousand steps, which take about a minute on two cores and end close to least squares. The
// default here, 200, takes seconds and shows the loop. `icicle train paper-5` adds checkpoints, metrics and a run folder.

import {
  linear,
  measure,
  modelLearner,
  ols,
  parametersOf,
  parseTrainSpec,
  preset,
  random,
  train,
} from 'icicle';
import { nodeEngine, replicas } from 'icicle/node';

// The spec is everything that a run depends on: the same spec gives the same weights. What is left out has defaults.
const spec = parseTrainSpec({ ...preset('paper-5'), steps: Number(process.argv[2] ?? 200) });

// Tasks for the test, which training never sees, and what least squares says to them.
const inputs = spec.model.inputs;
const episodes = linear({ inputs }).sample({
  episodes: 256,
  points: spec.model.points,
  seed: spec.seed,
  stream: random(spec.seed, 'test'),
});
const best = await ols().predict(episodes);
const about = { family: 'linear', learner: spec.name, seed: spec.seed, spec: 'example' };

// Gradients are computed for each part of a batch on a thread of its own; the engine of this thread updates the weights.
const engine = nodeEngine({ threads: 1 });
const shards = replicas(spec);
for await (const { step, loss, state } of train(spec, { engine, shards })) {
  if (step % Math.ceil(spec.steps / 4) !== 0 && step !== spec.steps) continue;
  const learner = modelLearner(spec.name, spec.model, parametersOf(spec, state), engine);
  const answers = await learner.predict(episodes);
  await learner.release();
  const { value } = measure.meanSpd(answers, best, [1, 2 * inputs], about, { inputs });
  console.log(`step ${step}: loss ${loss.toFixed(3)}, SPD ÷ d to least squares ${value.toFixed(3)}`);
}
await shards.close();
