import { Matrix, pseudoInverse } from 'ml-matrix';
import type { Episodes, Learner } from '../core/episodes.js';
import type { Values } from './values.js';

/** The linear function that a learner seems to hold after some examples. */
export interface ImpliedWeights {
  /** ŵ, [E,D]. */
  readonly weights: Float64Array;
  /** R² of ŵᵀx' to the learner's predictions, [E]: 1 where the learner is linear in the query. */
  readonly r2: Float64Array;
  readonly episodes: number;
  readonly inputs: number;
}

/**
 * The weights that a learner's predictions imply: ŵ_A = argmin_w Σ (A(D)(x') − wᵀx')² over fresh queries x', with D the
 * first `examples` points of each episode (Akyürek et al., arXiv 2211.15661, §4.2, eq. for ILWD).
 * @param queries x', [Q,D], the same for each episode; more than D of them
 * @throws Error where there are too few queries or examples
 */
export async function impliedWeights(
  learner: Learner,
  episodes: Episodes,
  examples: number,
  queries: Float64Array,
): Promise<ImpliedWeights> {
  const { inputs } = episodes;
  const count = queries.length / inputs;
  if (!Number.isInteger(count) || count <= inputs)
    throw new Error(`${queries.length} numbers are not more than ${inputs} queries of ${inputs} inputs`);
  if (!Number.isInteger(examples) || examples < 0 || examples >= episodes.points)
    throw new Error(`no ${examples} examples: there are 0…${episodes.points - 1}`);
  const x = new Matrix(
    Array.from({ length: count }, (_, q) => [...queries.subarray(q * inputs, (q + 1) * inputs)]),
  );
  const inverse = pseudoInverse(x); // [D,Q]
  const weights = new Float64Array(episodes.episodes * inputs);
  const r2 = new Float64Array(episodes.episodes);
  for (let e = 0; e < episodes.episodes; e++) {
    const { values } = await learner.predict(asked(episodes, e, examples, queries, count));
    const answers = Matrix.columnVector(
      Array.from({ length: count }, (_, q) => values[q * (examples + 1) + examples]!),
    );
    const own = inverse.mmul(answers); // [D,1]
    weights.set(own.to1DArray(), e * inputs);
    const rest = Matrix.sub(answers, x.mmul(own)).norm('frobenius') ** 2;
    const all = answers.norm('frobenius') ** 2;
    r2[e] = all === 0 ? 1 : 1 - rest / all;
  }
  return { weights, r2, episodes: episodes.episodes, inputs };
}

/** An episode's first examples once for each query, which comes last: [Q, examples + 1, D]. */
function asked(from: Episodes, e: number, examples: number, queries: Float64Array, count: number): Episodes {
  const { points: all, inputs, family, seed } = from;
  const points = examples + 1;
  const x = new Float64Array(count * points * inputs);
  const y = new Float64Array(count * points);
  const shown = from.x.subarray(e * all * inputs, (e * all + examples) * inputs);
  const labels = from.y.subarray(e * all, e * all + examples);
  for (let q = 0; q < count; q++) {
    x.set(shown, q * points * inputs);
    x.set(queries.subarray(q * inputs, (q + 1) * inputs), (q * points + examples) * inputs);
    y.set(labels, q * points);
  }
  return { x, y, episodes: count, points, inputs, family, seed };
}

/** Squared distance of two learners' implied weights, ‖ŵ_A − ŵ_B‖², [E,1]: its mean is ILWD (Akyürek et al., §4.2). */
export function weightDistances(a: ImpliedWeights, b: ImpliedWeights): Values {
  return byEpisode(a, b, (u, v) => u.reduce((sum, value, i) => sum + (value - v[i]!) ** 2, 0));
}

/** Cosine of two learners' implied weights, [E,1]: its mean is SimW (Fu et al., arXiv 2310.17086, §3). */
export function weightCosines(a: ImpliedWeights, b: ImpliedWeights): Values {
  return byEpisode(a, b, cosine);
}

function byEpisode(
  a: ImpliedWeights,
  b: ImpliedWeights,
  measure: (u: Float64Array, v: Float64Array) => number,
): Values {
  if (a.episodes !== b.episodes || a.inputs !== b.inputs)
    throw new Error(`weights ${a.episodes}×${a.inputs} for weights ${b.episodes}×${b.inputs}`);
  const of = ({ weights, inputs }: ImpliedWeights, e: number) =>
    weights.subarray(e * inputs, (e + 1) * inputs);
  const values = Float64Array.from({ length: a.episodes }, (_, e) => measure(of(a, e), of(b, e)));
  return { values, episodes: a.episodes, points: 1 };
}

/** Cosine of two vectors; 1 where both are 0, 0 where one of them is. */
export function cosine(u: Float64Array, v: Float64Array): number {
  let [dot, a, b] = [0, 0, 0];
  for (let i = 0; i < u.length; i++) {
    dot += u[i]! * v[i]!;
    a += u[i]! ** 2;
    b += v[i]! ** 2;
  }
  if (a === 0 || b === 0) return a === b ? 1 : 0;
  return dot / Math.sqrt(a * b);
}
