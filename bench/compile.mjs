// How exact compiled learning algorithms are: the largest error of any prediction, after any number of examples, over fresh
// episodes of x, w ~ N(0, I), against the textbook learner in float64. The scales are those that the compiler chose from other
// episodes, one setting for each line.
//   node bench/compile.mjs [episodes] [program]    (after npm run build; all programs with 1,000 episodes: about half an hour)
import { compiler, linear, modelLearner, parseLearner, random, slow } from '../dist/index.js';
import { nodeEngine } from '../dist/node.js';

const total = Number(process.argv[2] ?? 1000);
const only = process.argv[3];
const CHUNK = 50;
const cases = [
  { program: 'sgd', inputs: 4, examples: 1, rate: 0.03, lambda: 0.1 },
  { program: 'sgd', inputs: 8, examples: 1, rate: 0.03, lambda: 0.1 },
  { program: 'sgd', inputs: 8, examples: 8, rate: 0.03 },
  { program: 'gd', inputs: 4, examples: 8, steps: 8, target: 'linear' },
  { program: 'gd', inputs: 4, examples: 8, steps: 8, target: 'relu' },
  { program: 'gdpp', inputs: 4, examples: 8, steps: 4 },
  { program: 'mesa', inputs: 4, examples: 8, lambda: 0.5 },
  { program: 'newton', inputs: 4, examples: 8, lambda: 0.5 },
  { program: 'ridge', inputs: 4, examples: 8, lambda: 0.5 },
  { program: 'ridge', inputs: 4, examples: 8, lambda: 1 / 16 },
  { program: 'ridge', inputs: 4, examples: 8, lambda: 0.01 },
  { program: 'ridge', inputs: 4, examples: 8, lambda: 0.001 },
  { program: 'ridge', inputs: 8, examples: 8, lambda: 0.5 },
];

console.log(`${total} episodes each, seed 5`);
console.log(
  'program  target    learner           d  n  layers  width  hidden  precision  expected  largest  root mean square',
);
for (const given of cases.filter(({ program }) => only === undefined || program === only))
  for (const precision of ['float64', 'float32']) {
    const { program, target, model, budget } = compiler.compile(
      { ...given, precision },
      { tolerance: Number.POSITIVE_INFINITY },
    );
    const learner = modelLearner(
      model.name,
      model.config,
      model.parameters,
      precision === 'float64' ? slow : nodeEngine(),
    );
    const textbook = parseLearner(program.learner);
    const family = linear({ inputs: program.inputs });
    let [largest, squares] = [0, 0];
    for (let first = 0; first < total; first += CHUNK) {
      const episodes = family.sample({
        episodes: Math.min(CHUNK, total - first),
        points: program.examples + 1,
        seed: 5,
        stream: random(5, 'bench', first),
      });
      const found = await compiler.verify(learner, textbook, episodes);
      largest = Math.max(largest, found.largest);
      squares += found.rootMeanSquare ** 2 * episodes.episodes;
    }
    await learner.release();
    const { layers, width, mlpRatio } = model.config;
    const short = (value) => value.toExponential(1).padStart(8);
    console.log(
      [
        program.name.padEnd(7),
        target.name.padEnd(8),
        program.learner.padEnd(16),
        String(program.inputs).padStart(2),
        String(program.examples).padStart(2),
        String(layers).padStart(6),
        String(width).padStart(6),
        String(Math.round(mlpRatio * width)).padStart(7),
        precision.padEnd(9),
        short(budget.expected),
        short(largest),
        short(Math.sqrt(squares / total)),
      ].join('  '),
    );
  }
