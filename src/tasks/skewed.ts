import { z } from 'zod';
import { invalid } from '../core/errors.js';
import { rotation, skewedDeviations, spread } from './covariance.js';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { parseWrapper, withInputs } from './wrapper.js';

const shape = {
  /** Eigenvalues ∝ 1/i^power with trace D. */
  power: z.number().min(0, 'must not be below 0').default(2),
  /** The D eigenvalues, in place of those of `power`. */
  eigenvalues: z.array(z.number().min(0)).min(1).optional(),
};

/**
 * Inputs mapped by a square root of a covariance matrix with the given eigenvalues and axes drawn anew in each episode, labels
 * those of the new inputs. From x ~ N(0, I) they are N(0, Σ). By default Garg et al.'s, arXiv 2208.01066: eigenvalues ∝ 1/i²
 * (their text; the code, which also sets the trace to D, draws the axes once for all prompts). Fu et al., arXiv 2310.17086: one
 * half 100, the other 1.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function skewed(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('skewed', shape, options, parse);
  const { inputs } = of;
  const { eigenvalues, power } = own;
  if (eigenvalues !== undefined && eigenvalues.length !== inputs)
    throw invalid(
      'family skewed',
      `${eigenvalues.length} eigenvalues`,
      `${inputs} inputs need one each; give ${inputs}`,
    );
  const deviations =
    eigenvalues === undefined
      ? skewedDeviations(inputs, power)
      : Float64Array.from(eigenvalues, (value) => Math.sqrt(value));
  return withInputs(
    'skewed',
    own,
    of,
    (x, points, stream) => {
      const root = { deviations, axes: rotation(inputs, stream) };
      const mapped = x.slice();
      for (let k = 0; k < points; k++) spread(mapped, k * inputs, root);
      return mapped;
    },
    { mixes: true },
  );
}
