import type { Measurement } from '../../core/measurement.js';
import { gd, zero } from '../../learners/index.js';
import { differences, rangeRow, squaredDifferences, squaredErrors } from '../../measure/index.js';
import { formatInterval, formatNumber } from '../../report/table.js';
import { parseFamily } from '../../tasks/index.js';
import { parseTrainSpec } from '../../train/spec.js';
import { predictAll } from '../predictions.js';
import { type Claim, SEED } from './claim.js';

/** d and n of the paper's setting. */
const [INPUTS, EXAMPLES, TASKS] = [10, 10, 10_240];
/** x ~ U(−½, ½) as in the published code, which the printed losses belong to. */
const FAMILY = { family: 'redrawn-inputs', scale: 0.5, of: { family: 'linear', inputs: INPUTS } };

/**
 * Expected loss ½E(y−ŷ)² of ŷ = (η/N) Σ yᵢ xᵢᵀx at the best η, for x with independent coordinates of variance s and fourth
 * moment m: ½s(d − (ds)²/Q), Q = E|x|⁴/N + (1−1/N) d s²; and that η/N = ds/(NQ).
 */
function bestStep() {
  const [s, m] = [1 / 12, 1 / 80];
  const fourth = INPUTS * m + INPUTS * (INPUTS - 1) * s * s;
  const q = fourth / EXAMPLES + (1 - 1 / EXAMPLES) * INPUTS * s * s;
  return {
    loss: 0.5 * s * (INPUTS - (INPUTS * s) ** 2 / q),
    rate: (INPUTS * s) / q / EXAMPLES,
  };
}

interface Step {
  /** ½ mean squared error after 10 examples, for the model, for one step of gradient descent and for predicting 0. */
  readonly losses: readonly Measurement[];
  /** How much higher the model's loss is than that of gradient descent, paired. */
  readonly difference: Measurement;
  /** SPD between both, and the mean square of what gradient descent predicts. */
  readonly spd: Measurement;
  readonly square: Measurement;
}

/** von Oswald et al.: trained linear self-attention does one step of gradient descent. */
export const oneStep: Claim<Step> = {
  id: 'one-step',
  title: 'One layer of linear attention learns one step of gradient descent',
  source: 'von Oswald et al., arXiv 2212.07677, §3 and Fig. 2',
  says:
    'One layer of trained linear self-attention (d = 10, 10 examples) reaches the loss of one step of gradient descent at the best ' +
    'rate, about 0.2, and predicts the same.',
  criterion:
    'the loss is not more than 1 % above that of one step at the best rate, and the mean squared difference of their predictions ' +
    'is below 2 % of the mean square of these, both with their intervals; in part: one of both.',
  plans: [
    parseTrainSpec({
      name: 'reproduce-one-step',
      family: FAMILY,
      model: {
        inputs: INPUTS,
        points: EXAMPLES + 1,
        tokens: 'combined',
        layers: 1,
        width: 24,
        heads: 1,
        mlpRatio: 0,
        positions: 'none',
        norm: 'none',
        attention: 'linear',
      },
      asked: 'last',
      episodes: 512,
      shards: 1,
      optimiser: 'adam',
      rates: { adam: 3e-3 },
      steps: 4000,
      evaluation: { every: 1000 },
    }),
  ],

  measure: async (learner) => {
    // w ← 2α Xᵀy
    const step = { ...gd({ steps: 1, rate: bestStep().rate / 2 }), name: 'one GD step' };
    const learners = [{ ...learner, name: 'linear attention' }, step, zero()];
    const { labels, predictions } = await predictAll(parseFamily(FAMILY), learners, {
      episodes: TASKS,
      points: EXAMPLES + 1,
      seed: SEED,
    });
    const about = (name: string) => ({ family: 'linear', learner: name, seed: SEED, spec: '' });
    const last = [EXAMPLES, EXAMPLES] as const;
    const half = predictions.map((own) => {
      const errors = squaredErrors(labels, own);
      return { ...errors, values: errors.values.map((value) => value / 2) };
    });
    return {
      losses: half.map((values, i) => rangeRow(values, 'loss', last, about(learners[i]!.name))),
      difference: rangeRow(differences(half[0]!, half[1]!), 'difference', last, about('linear attention')),
      spd: rangeRow(
        squaredDifferences(predictions[0]!, predictions[1]!),
        'spd',
        last,
        about('linear attention'),
      ),
      square: rangeRow(
        squaredDifferences(predictions[1]!, predictions[2]!),
        'square',
        last,
        about('one GD step'),
      ),
    };
  },

  conclude: ([measured]) => {
    const { losses, difference, spd, square } = measured!;
    const { loss } = bestStep();
    const [own, step, none] = losses;
    const reaches = difference.high <= 0.01 * loss;
    const agrees = spd.high < 0.02 * square.value;
    return {
      support: reaches && agrees ? 'supported' : reaches || agrees ? 'supported in part' : 'not supported',
      got:
        `Loss ${formatNumber(own!.value, 4)} (${formatInterval(own!, 4)}) where one step at the best rate has ` +
        `${formatNumber(step!.value, 4)} (${formatInterval(step!, 4)}) on the same ${TASKS.toLocaleString('en')} tasks and ${formatNumber(loss, 5)} in ` +
        `expectation; their predictions differ by ${formatNumber(spd.value)} (${formatInterval(spd)}), squared, where their mean square is ${formatNumber(square.value)}.`,
      size: 'one layer of linear attention, one head, no MLP, no normalisation; 4,000 steps of 512 prompts',
      tables: [
        {
          title: '½ mean squared error after 10 examples, x ~ U(−½, ½)',
          columns: [
            { header: 'predictor' },
            { header: 'loss', kind: 'number', digits: 4 },
            { header: '90 % interval', kind: 'number', digits: 4 },
            { header: 'in expectation', kind: 'number', digits: 5 },
          ],
          rows: [
            ['linear attention', own!.value, own!, null],
            ['one GD step', step!.value, step!, loss],
            ['zero', none!.value, none!, INPUTS / 24],
            ['attention − GD, paired', difference.value, difference, null],
          ],
        },
      ],
      notes: [
        'The loss in expectation is derived here: ½s(d − (ds)²/Q) at the best rate, with s and Q from the moments of U(−½, ½). No SPD ÷ d in this section: losses and differences are per task.',
        "The paper's text draws x from U(−1, 1), its code from U(−½, ½); the printed losses are those of the code, and so are these.",
      ],
    };
  },
};
