// How long each textbook learner takes for 10,000 episodes of 41 points (every context of 0 to 40 examples) with 8
// inputs, and how long drawing a training batch takes. Learners that grow anew for each prefix are timed on fewer
// episodes, and their time is scaled up. Build first; then: node bench/learners.mjs [learner …]
import { random } from '../dist/core/random.js';
import { parseLearner } from '../dist/learners/index.js';
import { linear } from '../dist/tasks/index.js';

const EPISODES = 10_000;
const LINEAR = [
  ['mean', 'averaging', 'ols', 'ols:intercept', 'ridge:0.1', 'ridge:loo', 'bayes'],
  [
    'gd:1',
    'gd:8',
    'gd:8:optimal',
    'momentum:8',
    'gdpp:4',
    'sgd:0.01',
    'newton:3',
    'newton:8',
    'cg:4',
    'cg:8',
  ],
].flat();
const OTHERS = ['knn:3', 'lasso:0.01', 'lasso:0.0001', 'logistic:1', 'tree:2', 'tree', 'boost:50'];
/** Learners that are asked for fewer episodes. */
const FEWER = { tree: 2_000, 'tree:2': 2_000, 'boost:50': 100 };

const family = linear({ inputs: 8, noise: 0.5 });
const draw = (episodes, stream) => family.sample({ episodes, points: 41, seed: 1, stream });

const stream = random(1, 'batches');
const batch = best(() => draw(64, stream), 50);
console.log(`draw 64 × 41 × 8${' '.repeat(8)}${(batch / 1e3).toFixed(4).padStart(10)} s`);

const episodes = draw(EPISODES, random(1, 'episodes'));
const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : [...LINEAR, ...OTHERS]) {
  const learner = parseLearner(name, family);
  const classes = name.startsWith('logistic') ? { y: episodes.y.map((y) => (y > 0 ? 1 : -1)) } : {};
  const part = { ...first(episodes, FEWER[name] ?? EPISODES), ...classes };
  await learner.predict(first(part, 50)); // compiled before it is timed
  const start = performance.now();
  await learner.predict(part);
  const seconds = ((performance.now() - start) / 1e3) * (EPISODES / part.episodes);
  const each = ((seconds * 1e6) / (EPISODES * 41)).toFixed(2).padStart(8);
  const scaled = part.episodes < EPISODES ? `  (from ${part.episodes} episodes)` : '';
  console.log(`${name.padEnd(24)}${seconds.toFixed(2).padStart(10)} s ${each} µs a prefix${scaled}`);
}

function first(batch, episodes) {
  const { points, inputs } = batch;
  return {
    ...batch,
    x: batch.x.subarray(0, episodes * points * inputs),
    y: batch.y.subarray(0, episodes * points),
    episodes,
  };
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
