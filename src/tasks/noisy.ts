import { z } from 'zod';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { normals } from './family.js';
import { labelOf, parseWrapper, withLabels } from './wrapper.js';

const shape = {
  /** σ, the standard deviation of the noise that is added to every label. */
  sigma: z.number({ error: 'σ must be a number' }).min(0, 'σ must not be below 0').default(1),
};

/**
 * Gaussian noise on every label, the query's too. Garg et al., arXiv 2208.01066: the text says N(0, D/20), the code σ = 1, which
 * is the same at D = 20 and the default here; their code then also brings labels back to variance D: that is noise of σ·c over
 * `scaled-weights` by c = √(D/(D+σ²)). Keeps the Bayes predictor of every family that knows its own under noise.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function noisy(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('noisy', shape, options, parse);
  return withLabels(
    'noisy',
    own,
    of,
    (drawn, points, stream) => {
      const errors = normals(points, stream);
      const { noise, ...rest } = drawn;
      return {
        ...rest,
        label: (k, truth) => labelOf(drawn, k, truth) + own.sigma * errors[k]!,
        ...(noise === undefined ? {} : { noise: Math.hypot(noise, own.sigma) }),
      };
    },
    {
      sigma: of.sigma === undefined ? undefined : Math.hypot(of.sigma, own.sigma),
      bayesUnder: of.bayesUnder,
      risk: of.risk,
    },
  );
}
