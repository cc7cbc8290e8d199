import { z } from 'zod';
import type { Random } from '../core/random.js';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { positive } from './options.js';
import { parseWrapper, withInputs } from './wrapper.js';

const shape = {
  distribution: z
    .enum(['uniform', 'normal', 'laplace', 'exponential'], {
      error: 'must be "uniform", "normal", "laplace" or "exponential"',
    })
    .default('uniform'),
  /** Half the width of the uniform, the standard deviation of the normal, the mean size of the others. */
  scale: positive.default(1),
};

/**
 * Every coordinate of every input drawn anew and independently from a distribution of one's own, labels those of the new
 * inputs. The default over `{"family": "linear", "inputs": 10}` is von Oswald et al.'s, arXiv 2212.07677: U(−1, 1); their code
 * draws U(−½, ½), `scale: 0.5`, and the losses that they print are those of the code.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function redrawnInputs(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('redrawn-inputs', shape, options, parse);
  const draw = drawers[own.distribution];
  return withInputs(
    'redrawn-inputs',
    own,
    of,
    (x, _points, stream) => x.map(() => own.scale * draw(stream)),
    { mixes: true },
  );
}

// 1 − u is never 0.
const exponential = (stream: Random) => -Math.log(1 - stream.uniform());

const drawers: Record<'uniform' | 'normal' | 'laplace' | 'exponential', (stream: Random) => number> = {
  uniform: (stream) => 2 * stream.uniform() - 1,
  normal: (stream) => stream.normal(),
  laplace: (stream) => (stream.uniform() < 0.5 ? -1 : 1) * exponential(stream),
  exponential,
};
