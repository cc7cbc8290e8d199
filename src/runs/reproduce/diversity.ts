import { specHash } from '../../core/spec.js';
import { diversityFigure } from '../../report/diversity-figure.js';
import { type Diversity, diversityOf, diversityRuns, parseDiversity, turningPoint } from '../diversity.js';
import { type Claim, SEED, sizeOf, trainingOf } from './claim.js';

const spec = parseDiversity({
  pool: [4, 16, 64, 256, 1024, 4096],
  steps: 12_000,
  train: { name: 'reproduce-diversity', rates: { adam: 3e-3 }, evaluation: { every: 3000 } },
  seed: 1,
});

/** Raventós et al.: with few tasks in training a model recalls them, with many it learns. */
export const diversity: Claim<Diversity> = {
  id: 'diversity',
  title: 'With few tasks in training it recalls, with many it learns',
  source: 'Raventós et al., arXiv 2306.15063, §3',
  says:
    'At d = 8, K = 16, σ = 0.5 a model trained on a pool of M tasks predicts on new tasks like dMMSE, the posterior mean over ' +
    'the pool, for small M (up to about 2⁶), and like ridge, the posterior mean over all tasks, above a threshold: between 2¹¹ and 2¹² for ' +
    'their small model (4 layers, width 64), between 2¹⁴ and 2¹⁵ for their base model.',
  criterion:
    'it recalls up to some size of the pool and learns from a larger one on, each by a paired interval; in part: the smallest pool recalls ' +
    'and the largest learns, with no single turn between. The sizes are not judged.',
  plans: diversityRuns(spec).map(({ train }) => train),
  figure: (measured, options) =>
    diversityFigure(measured, {
      ...options,
      seed: SEED,
      spec: specHash(spec),
      turn: turningPoint(measured),
    }),
  measure: (learner, train) => diversityOf(train, learner, { ...spec, episodes: 1024, seed: SEED }),
  conclude: (measured) => {
    const turn = turningPoint(measured);
    const few = measured.filter(({ verdict }) => verdict === 'recalls');
    const many = measured.filter(({ verdict }) => verdict === 'learns');
    const train = diversity.plans[0]!;
    return {
      support:
        turn !== undefined
          ? 'supported'
          : measured[0]!.verdict === 'recalls' && measured.at(-1)!.verdict === 'learns'
            ? 'supported in part'
            : 'not supported',
      got:
        turn === undefined
          ? `${few.length} of ${measured.length} models recall and ${many.length} learn; there is no single turn.`
          : `It recalls up to ${turn[0]} tasks and learns from ${turn[1]} on.`,
      size: `${sizeOf(train)}; ${trainingOf(train)}, where the paper trains for 500,000 steps of 256`,
      tables: [
        {
          title: 'SPD ÷ d over 1…15 examples, 1,024 tasks',
          columns: [
            { header: 'pool', kind: 'count' },
            { header: 'new tasks: to dMMSE', kind: 'number' },
            { header: 'to ridge', kind: 'number' },
            { header: 'pool tasks: to dMMSE', kind: 'number' },
            { header: 'to ridge', kind: 'number' },
            { header: 'dMMSE farther than ridge by', kind: 'number' },
            { header: '90 % interval', kind: 'number' },
            { header: 'verdict' },
          ],
          rows: measured.map(({ pool, rows, verdict }) => {
            const at = (family: string, reference: string, metric = 'spd/d') =>
              rows.find(
                (row) =>
                  row.family === family && row.reference === reference && row.metric.startsWith(metric),
              )!;
            const margin = at('new', 'dmmse', 'margin/d');
            return [
              pool,
              ...['new', 'pool'].flatMap((family) =>
                ['dmmse', 'ridge'].map((reference) => at(family, reference).value),
              ),
              margin.value,
              margin,
              verdict,
            ];
          }),
        },
      ],
      notes: [
        'The paper finds that the threshold rises with the size of the model: it is a property of a scale, not a constant.',
      ],
    };
  },
};
