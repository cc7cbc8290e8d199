// How long each textbook learner takes for 10,000 episodes of 41 points (every context of 0 to 40 examples) with 8
// inputs, and how long drawing a training batch takes. Build first; then: node bench/learners.mjs
import { random } from '../dist/core/random.js';
import { parseLearner } from '../dist/learners/index.js';
import { linear } from '../dist/tasks/index.js';

const family = linear({ inputs: 8, noise: 0.5 });
const draw = (episodes, stream) => family.sample({ episodes, points: 41, seed: 1, stream });

const stream = random(1, 'batches');
const batch = best(() => draw(64, stream), 50);
console.log(`draw 64 × 41 × 8${' '.repeat(9)}${batch.toFixed(2).padStart(9)} ms`);

const episodes = draw(10_000, random(1, 'episodes'));
for (const name of ['mean', 'knn:3', 'ols', 'ridge:0.1', 'ridge:loo', 'bayes', 'gd:1', 'gd:8']) {
  const learner = parseLearner(name, family);
  await learner.predict(draw(200, random(1, 'warm'))); // compiled before it is timed
  const start = performance.now();
  await learner.predict(episodes);
  const ms = performance.now() - start;
  console.log(
    `${name.padEnd(24)} ${ms.toFixed(0).padStart(9)} ms ${((ms * 1e3) / 410_000).toFixed(2).padStart(8)} µs a prefix`,
  );
}

function best(run, times) {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
