import { z } from 'zod';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { lastPoint, parseWrapper, withInputs } from './wrapper.js';

const shape = {
  /** Where the query lies: anywhere, in the orthant of the examples, or in the one across the origin. */
  query: z
    .enum(['anywhere', 'same', 'opposite'], { error: 'must be "anywhere", "same" or "opposite"' })
    .default('anywhere'),
};

/**
 * Inputs in one random orthant, a new one in each episode: each coordinate gets a sign that all examples share (Garg et al.,
 * arXiv 2208.01066: random orthants, `anywhere`; `opposite` is in their code alone). The last point alone is the query;
 * where it lies with the examples (`same`) every point is.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function orthant(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('orthant', shape, options, parse);
  const { query } = own;
  const { inputs } = of;
  return withInputs(
    'orthant',
    own,
    of,
    (x, points, stream) => {
      const signs = Float64Array.from({ length: inputs }, () => (stream.uniform() < 0.5 ? -1 : 1));
      const moved = x.map((value, at) => signs[at % inputs]! * Math.abs(value));
      const last = (points - 1) * inputs;
      if (query === 'anywhere') moved.set(x.subarray(last), last);
      if (query === 'opposite') for (let at = last; at < moved.length; at++) moved[at] = -moved[at]!;
      return moved;
    },
    query === 'same' ? {} : { asked: lastPoint },
  );
}
