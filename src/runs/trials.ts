import type { Predictions } from '../core/episodes.js';
import { type Random, random } from '../core/random.js';
import { type Candidate, identifyOver, type Verdict, verdicts } from '../measure/index.js';
import { type FamilySpec, parseFamily } from '../tasks/index.js';
import { merged } from './identify.js';
import { examplesMeasured, predictAll, resolveLearners } from './predictions.js';

/** Learners that are to be told from each other, and the family on whose episodes. */
export interface Setting {
  readonly family: FamilySpec;
  /** Texts that `parseLearner` reads. */
  readonly learners: readonly string[];
}

export interface TrialOptions {
  /** Trials, each with episodes of its own: seeds `seed`, `seed` + 1, … */
  readonly trials: number;
  /** Episodes of a trial, of 2d + 1 points. */
  readonly episodes: number;
  readonly seed: number;
  /** Resamples of an interval. Default 200. */
  readonly resamples?: number;
}

/** Episodes that all learners have predicted, and identification with these learners as candidates. */
export interface Trial {
  readonly seed: number;
  /** d */
  readonly inputs: number;
  readonly learners: readonly Candidate[];
  /** The learners, those that predict the same under one name: `ols = bayes`. */
  readonly candidates: readonly Candidate[];
  /** What `identify` says of such predictions, over the mean of 1…2d examples. */
  readonly judge: (given: Predictions) => Verdict;
}

/** The trials of a setting, one after the other. */
export async function* trials(setting: Setting, options: TrialOptions): AsyncGenerator<Trial> {
  const family = parseFamily(setting.family);
  const { inputs } = family;
  const points = 2 * inputs + 1;
  const resolved = resolveLearners(setting.learners, [], family, points);
  for (let seed = options.seed; seed < options.seed + options.trials; seed++) {
    const { predictions, asked } = await predictAll(family, resolved, { ...options, points, seed });
    const learners = resolved.map(({ name }, i) => ({ name, predictions: predictions[i]! }));
    const candidates = merged(learners, asked);
    const range = examplesMeasured(family, points, asked);
    const about = { family: family.name, learner: 'unknown', seed, spec: '' };
    const metric = { trials: options.resamples ?? 200 };
    const judge = (given: Predictions) =>
      verdicts(identifyOver(given, candidates, inputs, range, about, metric))[0]!;
    yield { seed, inputs, learners, candidates, judge };
  }
}

/** What was said in one trial of a learner whose predictions came with an error. */
export interface Outcome {
  readonly learner: string;
  /** The SPD ÷ d that the error makes. */
  readonly error: number;
  readonly verdict: Verdict;
}

/**
 * Takes every learner in turn for the unknown one. Its predictions are rounded to float32, as a model's are, and an
 * independent normal error is added.
 * @param errors sizes of that error, each as the SPD ÷ d that it makes
 */
export function judgeLearners(
  { seed, inputs, learners, judge }: Trial,
  errors: readonly number[],
): Outcome[] {
  return learners.flatMap(({ name, predictions }) =>
    errors.map((error) => {
      const stream = random(seed, 'error', name);
      const size = Math.sqrt(error * inputs);
      const values = predictions.values.map((value) => Math.fround(value) + size * stream.normal());
      return { learner: name, error, verdict: judge({ ...predictions, values }) };
    }),
  );
}

/** How often a learner was named. */
export interface Tally {
  readonly learner: string;
  readonly error: number;
  readonly trials: number;
  /** Trials in which it was the nearest, also where under one name with learners that predict the same. */
  readonly right: number;
  /** Those of them in which nothing spoke against it: `Verdict.alone`. */
  readonly alone: number;
  /** What was the nearest in the other trials, most often first. */
  readonly mistaken: readonly { readonly name: string; readonly times: number }[];
}

/** Counts outcomes by learner and error. */
export function tally(outcomes: readonly Outcome[]): Tally[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = `${outcome.learner} ${outcome.error}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()].map((group) => {
    const { learner, error } = group[0]!;
    const found = group.map(({ verdict }) => verdict);
    const right = found.filter(({ nearest }) => nearest.split(' = ').includes(learner));
    const wrong = found.filter((verdict) => !right.includes(verdict)).map(({ nearest }) => nearest);
    const mistaken = [...new Set(wrong)].map((name) => ({
      name,
      times: wrong.filter((own) => own === name).length,
    }));
    return {
      learner,
      error,
      trials: found.length,
      right: right.length,
      alone: right.filter(({ alone }) => alone).length,
      mistaken: mistaken.sort((a, b) => b.times - a.times),
    };
  });
}

/** What was said in one trial of a mixture of two learners. */
export interface MixtureOutcome {
  readonly of: readonly [string, string];
  /** `average`: half of each prediction. `coin`: every episode as one of the two, by the toss of a coin. */
  readonly mixing: 'average' | 'coin';
  readonly verdict: Verdict;
}

/** Takes mixtures of two for the unknown learner: of each with the next one of the setting, of the last with the first. */
export function judgeMixtures({ seed, candidates, judge }: Trial): MixtureOutcome[] {
  return candidates.flatMap((a, i) => {
    const b = candidates[(i + 1) % candidates.length]!;
    return (['average', 'coin'] as const).map((mixing) => {
      const shares = sharesOf(mixing, a.predictions.episodes, random(seed, 'coin', a.name));
      return {
        of: [a.name, b.name] as const,
        mixing,
        verdict: judge(mix(a.predictions, b.predictions, shares)),
      };
    });
  });
}

const sharesOf = (mixing: MixtureOutcome['mixing'], episodes: number, stream: Random) =>
  Float64Array.from({ length: episodes }, () => (mixing === 'average' ? 0.5 : stream.integer(2)));

/** @param shares of b in each episode, [E] */
function mix(a: Predictions, b: Predictions, shares: Float64Array): Predictions {
  const values = a.values.map((value, at) => {
    const share = shares[Math.floor(at / a.points)]!;
    return Math.fround((1 - share) * value + share * b.values[at]!);
  });
  return { ...a, values };
}
