// Writes a learning algorithm down, compiles it into a transformer's weights and asks the transformer and the textbook the
// same questions. Nothing is trained.
//
//   node examples/09-compile.mjs

import { compiler, linear, modelLearner, parseLearner, random, slow } from 'icicle';

// 1. A program that ships: ridge regression by Sherman and Morrison's formula, for up to 4 examples of 2 inputs.
const { model, layers, budget } = compiler.compile({
  program: 'ridge',
  inputs: 2,
  examples: 4,
  lambda: 0.5,
  precision: 'float64',
});
const compiled = modelLearner(model.name, model.config, model.parameters, slow);
const episodes = linear({ inputs: 2 }).sample({
  episodes: 20,
  points: 5,
  seed: 1,
  stream: random(1, 'example'),
});
const { largest } = await compiler.verify(compiled, parseLearner('ridge:0.5'), episodes);
console.log(`ridge:0.5 in ${layers.length} layers of width ${model.config.width}`);
console.log(
  `expected error below 1e-10: ${budget.expected < 1e-10}, largest error below 1e-10: ${largest < 1e-10}`,
);

// 2. A program of your own: the prediction is the average of yᵢ⟨xᵢ, x⟩, as one step of gradient descent from w = 0.
const averaging = compiler.program(
  { name: 'averaging', inputs: 2, examples: 4, learner: 'zero' },
  ({ x, y, block, mov, mul }) => {
    const paired = block('x of the label', 2);
    mov(paired, x, 'question');
    const w = block('w', 2);
    for (let i = 0; i < 4; i++) {
      const [xi, yi] = [block(`x${i}`, 2), block(`y${i}`, 1)];
      mov(xi, paired, i);
      mov(yi, y, i);
      mul(w, xi, yi, [
        [0, 0, 0, 1 / 4],
        [1, 1, 0, 1 / 4],
      ]);
    }
    const answer = block('wᵀx', 1);
    mul(answer, w, x, [
      [0, 0, 0],
      [0, 1, 1],
    ]);
    return answer;
  },
);
const plan = compiler.planOf(averaging, 'faithful', 'float32');
console.log(
  `averaging in ${plan.layers.length} layers: ${plan.layout.names.at(-1).filter(Boolean).length} rows are in use at the end`,
);
