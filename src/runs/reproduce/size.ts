import type { Learner } from '../../core/episodes.js';
import type { Measurement } from '../../core/measurement.js';
import { specHash } from '../../core/spec.js';
import type { Verdict } from '../../measure/index.js';
import { phaseMap } from '../../report/phase-map.js';
import { formatCount } from '../../report/table.js';
import type { TrainSpec } from '../../train/spec.js';
import { identify } from '../identify.js';
import { type Claim, type FigureOptions, type FindingTable, regression, SEED, trainingOf } from './claim.js';

const INPUTS = 8;
/** Every size is trained this long, and a quarter of it, which tells what depth does from what training does. */
const STEPS = [2000, 8000];
const LONGEST = 8000;

/** Predicting 0, as untrained models nearly do; one step of gradient descent at the best rate and at the paper's two; and so on. */
const KINDS = {
  nothing: ['zero'],
  gradient: ['gd:1', 'gd:1:0.01', 'gd:1:0.02'],
  ridge: ['ridge:0.1'],
  'least squares': ['ols'],
};
type Kind = keyof typeof KINDS;
const CANDIDATES = Object.values(KINDS).flat();
const kindOf = (name: string) =>
  (Object.keys(KINDS) as Kind[]).find((kind) => KINDS[kind].includes(name)) as Kind;

/** The nearest kind; none where another kind cannot be told from it. */
function kindTold({ nearest, indistinguishable }: Verdict): Kind | undefined {
  const kind = kindOf(nearest);
  return indistinguishable.every((name) => kindOf(name) === kind) ? kind : undefined;
}

/** What the models that trained longest are nearest to. */
const afterLongest = (measured: readonly Sized[]) =>
  measured
    .filter(({ spec }) => spec.steps === LONGEST)
    .map(({ spec: { model }, verdict }) => ({
      layers: model.layers,
      width: model.width,
      name: verdict.nearest,
      kind: kindTold(verdict),
    }));

export interface Sized {
  readonly spec: TrainSpec;
  readonly verdict: Verdict;
  /** SPD ÷ d over 1…2d examples, by candidate. */
  readonly distances: readonly Measurement[];
}

/** What a noiseless model is nearest to. */
export async function measureSized(
  learner: Learner,
  spec: TrainSpec,
  candidates = CANDIDATES,
): Promise<Sized> {
  const { rows, verdicts } = await identify(
    {
      family: { family: 'linear', inputs: spec.model.inputs },
      learner: learner.name,
      candidates,
      episodes: 1024,
      fits: [],
      seed: SEED,
    },
    { learners: [learner] },
  );
  return {
    spec,
    verdict: verdicts.find(({ overall }) => overall)!,
    distances: rows.filter(({ metric }) => metric.startsWith('spd/d@')),
  };
}

export const distanceTo = ({ distances }: Sized, name: string): Measurement =>
  distances.find(({ reference }) => reference === name)!;

const plans = (sizes: readonly { readonly layers: number; readonly width: number }[]) =>
  sizes.flatMap((size) => STEPS.map((steps) => regression({ inputs: INPUTS, heads: 4, steps, ...size })));

/** Layers upwards, width to the right, a panel for each budget. */
const figureOf = (measured: readonly Sized[], options: FigureOptions): string =>
  phaseMap(
    measured.map(({ spec: { model, steps }, verdict }) => ({
      layers: model.layers,
      width: model.width,
      noise: 0,
      steps,
      verdict,
    })),
    { ...options, seed: SEED, spec: specHash(measured.map(({ spec }) => spec)), inputs: INPUTS },
  );

function tableOf(measured: readonly Sized[]): FindingTable {
  return {
    title: `SPD ÷ d over 1…${2 * INPUTS} examples, 1,024 tasks`,
    columns: [
      { header: 'layers', kind: 'count' },
      { header: 'width', kind: 'count' },
      { header: 'steps' },
      { header: 'zero', kind: 'number' },
      { header: 'one GD step, best rate', kind: 'number' },
      { header: 'α = 0.01', kind: 'number' },
      { header: 'α = 0.02', kind: 'number' },
      { header: 'ridge 0.1', kind: 'number' },
      { header: 'least squares', kind: 'number' },
      { header: 'nearest' },
      { header: 'not told from' },
    ],
    rows: measured.map((of) => [
      of.spec.model.layers,
      of.spec.model.width,
      formatCount(of.spec.steps),
      ...CANDIDATES.map((name) => distanceTo(of, name).value),
      of.verdict.nearest,
      of.verdict.indistinguishable.join(', '),
    ]),
  };
}

const UNDERTRAINED =
  'Both budgets are shown because a model that has not finished training shrinks its predictions, as ridge does: what more ' +
  'steps change is no effect of depth or width.';

/** Akyürek et al., Fig. 3, left: which algorithm by depth. */
export const depth: Claim<Sized> = {
  id: 'depth',
  title: 'With depth: one step of gradient descent, then ridge, then least squares',
  source: 'Akyürek et al., arXiv 2211.15661, §4.4 and Fig. 3',
  says:
    'At d = 8 and σ = 0 a model of one layer is nearest to one step of gradient descent (and far in absolute terms), models ' +
    'of 2 to 4 layers to ridge, models of 8 and more to least squares.',
  criterion:
    'at every depth the nearest kind is that of the paper, told from the others; in part: the kinds follow in that order with depth.',
  plans: plans([1, 2, 4, 8, 16].map((layers) => ({ layers, width: 64 }))),
  measure: (learner, spec) => measureSized(learner, spec),
  figure: figureOf,
  conclude: (measured) => {
    const told = afterLongest(measured);
    const wanted = (layers: number): Kind =>
      layers === 1 ? 'gradient' : layers < 8 ? 'ridge' : 'least squares';
    const right = told.filter(({ layers, kind }) => kind === wanted(layers)).length;
    const kinds = Object.keys(KINDS) as Kind[];
    const inOrder = told.every(
      ({ kind }, i) =>
        kind !== undefined && (i === 0 || kinds.indexOf(kind) >= kinds.indexOf(told[i - 1]!.kind!)),
    );
    const differ = new Set(told.map(({ kind }) => kind)).size > 1;
    return {
      support:
        right === told.length ? 'supported' : inOrder && differ ? 'supported in part' : 'not supported',
      got:
        `After ${formatCount(LONGEST)} steps the nearest is ` +
        `${told.map(({ layers, name }) => `${name} with ${layers}`).join(', ')} layers: as the paper says at ${right} of ` +
        `${told.length} depths${inOrder ? ', and never back towards gradient descent' : ''}.`,
      size: `width 64, 4 heads; ${trainingOf(measured.at(-1)!.spec)} and a quarter of it`,
      tables: [tableOf(measured)],
      notes: [UNDERTRAINED],
    };
  },
};

/** Akyürek et al., Fig. 3, right: from which width on it is like ridge. */
export const width: Claim<Sized> = {
  id: 'width',
  title: 'It takes a width of 16 to be like ridge',
  source: 'Akyürek et al., arXiv 2211.15661, §4.4 and Fig. 3',
  says: 'At d = 8 and σ = 0 models are like ridge, or nearer to least squares, from width 16 on, and not below.',
  criterion:
    'ridge or least squares is the nearest kind, told from the others, at widths of 16 and more and not at 8; in part: at those, and at 8 too.',
  plans: plans([8, 16, 32, 64].map((width) => ({ layers: 8, width }))),
  measure: (learner, spec) => measureSized(learner, spec),
  figure: figureOf,
  conclude: (measured) => {
    const told = afterLongest(measured).map(({ kind, ...rest }) => ({
      ...rest,
      past: kind === 'ridge' || kind === 'least squares',
    }));
    const right = told.filter(({ width, past }) => past === width >= 16).length;
    const wide = told.filter(({ width }) => width >= 16).every(({ past }) => past);
    const first = told.find(({ past }) => past);
    return {
      support: right === told.length ? 'supported' : wide ? 'supported in part' : 'not supported',
      got:
        `After ${formatCount(LONGEST)} steps the nearest is ${told.map(({ width, name }) => `${name} at width ${width}`).join(', ')}: ` +
        (first === undefined
          ? 'nothing is past gradient descent.'
          : `past gradient descent from width ${first.width} on.`),
      size: `8 layers, 4 heads; ${trainingOf(measured.at(-1)!.spec)} and a quarter of it`,
      tables: [tableOf(measured)],
      notes: [UNDERTRAINED],
    };
  },
};
