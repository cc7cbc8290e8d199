// How often identification names the right learner. Every textbook learner in turn is the unknown one and all are
// candidates; each trial has episodes of its own, with 0 to 2d examples. What is judged are the learner's predictions,
// rounded to float32, and the same with an independent normal error added that makes SPD ÷ d 0.003 and 0.01. Then mixtures
// of two, about which identification should not be certain. About ten minutes on one core; exit code 1 where a learner is
// named in fewer than 99 of 100 trials.
//
//   npm run build && node bench/identification.mjs [--trials 100] [--episodes 128] [--seed 1] [setting …]
import { parseArgs } from 'node:util';
import { duration } from '../dist/cli/progress.js';
import { formatTable } from '../dist/report/table.js';
import { SETTINGS } from '../dist/runs/trial-settings.js';
import { judgeLearners, judgeMixtures, tally, trials } from '../dist/runs/trials.js';

const ERRORS = [0, 0.003, 0.01];
/** Every so manieth trial has mixtures too. */
const MIXED = 4;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: 'string', default: '100' },
    episodes: { type: 'string', default: '128' },
    seed: { type: 'string', default: '1' },
  },
});
const [number, episodes, seed] = [flags.trials, flags.episodes, flags.seed].map(Number);
const settings = positionals.length > 0 ? positionals : Object.keys(SETTINGS);

const begin = performance.now();
let done = 0;
const found = [];
for (const name of settings) {
  const [outcomes, mixtures, merged] = [[], [], new Set()];
  for await (const trial of trials(SETTINGS[name], { trials: number, episodes, seed })) {
    outcomes.push(...judgeLearners(trial, ERRORS));
    if ((trial.seed - seed) % MIXED === 0) mixtures.push(...judgeMixtures(trial));
    for (const candidate of trial.candidates) if (candidate.name.includes(' = ')) merged.add(candidate.name);
    done++;
    if (done % 10 > 0) continue;
    const left = ((performance.now() - begin) / done) * (settings.length * number - done);
    process.stderr.write(`${name}: ${done}/${settings.length * number} trials, ${duration(left)} left\n`);
  }
  found.push({ name, tallies: tally(outcomes), mixtures, merged: [...merged] });
}
const tallies = found.flatMap((setting) => setting.tallies);
const least = Math.min(...tallies.map(({ right, trials: of }) => right / of));

const sizes = `SPD ÷ d ${ERRORS.join(', ')}`;
console.log(
  `Trials of ${number} (${episodes} episodes each) in which a learner is named, off by ${sizes}:\n`,
);
console.log(byLearner(({ right }) => right));
for (const { name, tallies: own } of found)
  for (const { learner, error, mistaken } of own)
    for (const other of mistaken)
      console.log(`${name}: ${learner}, off by ${error}, was called ${other.name} ${other.times} times.`);
for (const { name, merged } of found)
  if (merged.length > 0) console.log(`${name}: one name for the same predictions: ${merged.join(', ')}.`);
console.log(`\nTrials in which, besides, nothing speaks against it:\n`);
console.log(byLearner(({ alone }) => alone));
console.log('Mixtures of two learners, and those that were called one learner with nothing against it:\n');
console.log(mixed());
process.exitCode = least < 0.99 ? 1 : 0;

/** A row a learner, a column a setting, in each cell a number for each error. */
function byLearner(count) {
  const cell = (own, learner) =>
    own
      .filter((one) => one.learner === learner)
      .map((one) => `${count(one)}`.padStart(3))
      .join(' ');
  return formatTable(
    [{ header: 'learner' }, ...settings.map((header) => ({ header }))],
    [...new Set(tallies.map(({ learner }) => learner))].map((learner) => [
      learner,
      ...found.map(({ tallies: own }) => cell(own, learner)),
    ]),
  );
}

/** A row a setting and way of mixing, and for each mixture that passed for one learner what it passed for. */
function mixed() {
  const columns = [
    { header: 'setting' },
    { header: 'mixing' },
    { header: 'mixtures', kind: 'count' },
    { header: 'called one', kind: 'count' },
    { header: 'of these', longest: 200 },
  ];
  const rows = found.flatMap(({ name, mixtures }) =>
    ['average', 'coin'].map((mixing) => {
      const all = mixtures.filter((one) => one.mixing === mixing);
      const certain = all.filter(({ verdict }) => verdict.alone);
      const called = certain.map(({ of, verdict }) => `${of.join(' & ')} as ${verdict.nearest}`);
      const counts = [...new Set(called)].map(
        (text) => `${text} ${called.filter((one) => one === text).length}×`,
      );
      return [name, mixing, all.length, certain.length, counts.join(', ')];
    }),
  );
  return formatTable(columns, rows);
}
