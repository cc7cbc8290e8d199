import { z } from 'zod';
import { invalid } from '../core/errors.js';
import { rotation } from './covariance.js';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { parseWrapper, withInputs } from './wrapper.js';

const shape = {
  /** Dimensions of the subspace; half of the inputs by default. */
  dimensions: z.int().min(1).optional(),
  /** Lengthen inputs so that their mean square stays that of the wrapped family. */
  normalise: z.boolean().default(false),
};

/**
 * Inputs projected onto a random subspace, a new one in each episode, labels those of the new inputs (Garg et al., arXiv
 * 2208.01066: 10 of 20 dimensions; their code lengthens inputs by √2 to keep the trace: `normalise`, the text does not).
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function subspace(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('subspace', shape, options, parse);
  const { inputs } = of;
  const dimensions = own.dimensions ?? Math.max(1, Math.floor(inputs / 2));
  if (dimensions > inputs)
    throw invalid('dimensions of family subspace', dimensions, `there are ${inputs} inputs; ask for fewer`);
  const factor = own.normalise ? Math.sqrt(inputs / dimensions) : 1;
  return withInputs(
    'subspace',
    { ...own, dimensions },
    of,
    (x, points, stream) => {
      const axes = rotation(inputs, stream); // [D,D], of which the first `dimensions` columns span the subspace
      const projected = new Float64Array(points * inputs);
      for (let k = 0; k < points; k++)
        for (let i = 0; i < dimensions; i++) {
          let along = 0;
          for (let j = 0; j < inputs; j++) along += axes[j * inputs + i]! * x[k * inputs + j]!;
          for (let j = 0; j < inputs; j++) {
            const at = k * inputs + j;
            projected[at] = projected[at]! + factor * along * axes[j * inputs + i]!;
          }
        }
      return projected;
    },
    { mixes: true },
  );
}
