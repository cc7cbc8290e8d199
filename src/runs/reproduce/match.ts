import type { Episodes, Learner } from '../../core/episodes.js';
import type { Measurement } from '../../core/measurement.js';
import { random } from '../../core/random.js';
import { ols } from '../../learners/index.js';
import { impliedWeights, weightDistances } from '../../measure/index.js';
import { curves } from '../../report/curves.js';
import { formatNumber } from '../../report/table.js';
import { linear } from '../../tasks/index.js';
import { identify } from '../identify.js';
import { type Claim, SEED, sizeOf, trainingOf } from './claim.js';
import { noiseRun } from './noise.js';

const INPUTS = 8;
const MATCH = 0.01;
/** Episodes and fresh queries of each for the implied weights. */
const [IMPLIED, QUERIES] = [128, 32];
/** Predictors of the figure that are not least squares. */
const OTHERS = ['knn:3', 'knn:3:weighted', 'sgd:0.01', 'sgd:0.03', 'gd:1:0.01', 'gd:1:0.02', 'ridge:0.1'];

interface Match {
  /** Rows `spd/d` and `spd/d@1-16` of `identify`. */
  readonly rows: readonly Measurement[];
  /** ILWD ÷ d to least squares and R² of the linear fit, after 1…2d examples. */
  readonly implied: readonly { readonly examples: number; readonly ilwd: number; readonly r2: number }[];
}

/** Akyürek et al., Fig. 1: without noise in-context learning predicts as least squares does. */
export const match: Claim<Match> = {
  id: 'match',
  title: 'Without noise it matches least squares',
  source: 'Akyürek et al., arXiv 2211.15661, §4.3 and Fig. 1',
  says:
    'At d = 8 and σ = 0, SPD ÷ d and ILWD ÷ d between in-context learning and least squares are below 0.01 after almost ' +
    'every number of examples; every other predictor is clearly farther, nearest neighbours farthest.',
  criterion:
    'both distances are below 0.01 after at least 14 of the 16 numbers of examples; over all of them least squares is the nearest by ' +
    'intervals that do not meet, and nearest neighbours are the farthest.',
  plans: [noiseRun({ sigma: 0, tau: 1 })],

  measure: async (learner) => ({
    rows: (
      await identify(
        {
          family: { family: 'linear', inputs: INPUTS },
          learner: learner.name,
          candidates: [...OTHERS, 'ols'],
          fits: [],
          seed: SEED,
        },
        { learners: [learner] },
      )
    ).rows,
    implied: await implied(learner),
  }),

  conclude: ([measured]) => {
    const { rows, implied } = measured!;
    const spd = rows.filter(({ metric, examples }) => metric === 'spd/d' && examples > 0);
    const own = spd.filter(({ reference }) => reference === 'ols');
    const near = own.filter(({ value }) => value < MATCH).length;
    const nearWeights = implied.filter(({ ilwd }) => ilwd < MATCH).length;
    const means = rows.filter(({ metric }) => metric.startsWith('spd/d@')).sort((a, b) => a.value - b.value);
    const [first, second] = means;
    const apart = first!.reference === 'ols' && second!.low > first!.high;
    const farthest = means.at(-1)!.reference!;
    const almost = own.length - 2;
    const plan = match.plans[0]!;
    return {
      support:
        apart && near >= almost && nearWeights >= almost && farthest.startsWith('knn')
          ? 'supported'
          : apart || near >= almost
            ? 'supported in part'
            : 'not supported',
      got:
        `SPD ÷ d to least squares is below ${MATCH} after ${near} of ${own.length} numbers of examples, ILWD ÷ d after ` +
        `${nearWeights}. Over 1…${2 * INPUTS} examples it is ${formatNumber(first!.value)} to ${first!.reference} and ` +
        `${formatNumber(second!.value)} to the next, ${second!.reference}; ${farthest} is farthest (${formatNumber(means.at(-1)!.value)}).`,
      size: `${sizeOf(plan)}; ${trainingOf(plan)}`,
      tables: [
        {
          title: `By number of examples: SPD ÷ d over 1,024 tasks, ILWD ÷ d and R² over ${IMPLIED} tasks of ${QUERIES} queries`,
          columns: [
            { header: 'examples', kind: 'count' },
            { header: 'SPD ÷ d to ols', kind: 'number' },
            { header: '90 % interval', kind: 'number' },
            { header: 'ILWD ÷ d to ols', kind: 'number' },
            { header: 'R²', kind: 'number', digits: 4 },
            { header: 'next nearest' },
            { header: 'SPD ÷ d', kind: 'number' },
          ],
          rows: own.map((row) => {
            const { ilwd, r2 } = implied.find(({ examples }) => examples === row.examples)!;
            const [next] = spd
              .filter(({ examples, reference }) => examples === row.examples && reference !== 'ols')
              .sort((a, b) => a.value - b.value);
            return [row.examples, row.value, row, ilwd, r2, next!.reference!, next!.value];
          }),
        },
        {
          title: `Means over 1…${2 * INPUTS} examples`,
          columns: [
            { header: 'predictor' },
            { header: 'SPD ÷ d', kind: 'number' },
            { header: '90 % interval', kind: 'number' },
          ],
          rows: means.map((row) => [row.reference!, row.value, row]),
        },
      ],
      notes: [],
    };
  },

  figure: ([measured], options) =>
    curves(measured!.rows, {
      ...options,
      metric: 'spd/d',
      title: `How far a model trained without noise is from each predictor: ${INPUTS} inputs`,
      captionAt: INPUTS,
    }),
};

async function implied(learner: Learner): Promise<Match['implied']> {
  const points = 2 * INPUTS + 1;
  const stream = random(SEED, 'implied');
  const episodes: Episodes = linear({ inputs: INPUTS }).sample({
    episodes: IMPLIED,
    points,
    seed: SEED,
    stream,
  });
  const queries = Float64Array.from({ length: QUERIES * INPUTS }, () => stream.normal());
  const found: { examples: number; ilwd: number; r2: number }[] = [];
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  for (let examples = 1; examples < points; examples++) {
    const [own, least] = [
      await impliedWeights(learner, episodes, examples, queries),
      await impliedWeights(ols(), episodes, examples, queries),
    ];
    found.push({
      examples,
      ilwd: mean(weightDistances(own, least).values) / INPUTS,
      r2: mean(own.r2),
    });
  }
  return found;
}
