// A frozen model learns a task from the examples in its prompt: none of its parameters changes.
//
//   node examples/01-learn-in-context.mjs [model folder]

import { modelLearner, random } from 'icicle';
import { nodeEngine, openModel, shippedModel } from 'icicle/node';

// A model is data: its config, its weights by name, where it comes from, and the hash of its weights.
const model = await openModel(process.argv[2] ?? shippedModel('linear-8'));

// Any model with an engine that runs its graph is a learner, like a textbook formula.
const learner = modelLearner(model.name, model.config, model.parameters, nodeEngine());

// One prompt of K points with D inputs each. The model was never told the task: y = 2 x₀ − x₁.
// All draws come from a seed and a path, so that every machine draws the same.
const [points, inputs] = [13, 2];
const stream = random(7, 'example');
const x = Float64Array.from({ length: points * inputs }, stream.normal);
const y = Float64Array.from({ length: points }, (_, k) => 2 * x[k * inputs] - x[k * inputs + 1]);

// Point k is predicted from points 0 … k−1 alone, so that one pass gives the prediction after every number of examples.
const prompt = { x, y, episodes: 1, points, inputs, family: 'my task', seed: 7 };
const { values } = await learner.predict(prompt);
console.log('examples  predicted  label');
for (const [examples, predicted] of values.entries()) {
  const columns = [String(examples), predicted.toFixed(2), y[examples].toFixed(2)];
  console.log(`${columns[0].padStart(8)}${columns[1].padStart(11)}${columns[2].padStart(7)}`);
}

// A learner holds memory of the engine until it is released.
await learner.release();
