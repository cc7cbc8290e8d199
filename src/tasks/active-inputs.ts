import { z } from 'zod';
import { invalid } from '../core/errors.js';
import { type Family, type FamilySpec, linearTask, makeFamily, type ParseFamily } from './family.js';
import { parseWrapper, withInputs } from './wrapper.js';

const shape = {
  /** How many inputs stay, the first ones. */
  active: z.int().min(1),
};

/**
 * All inputs but the first ones are 0, labels those of the new inputs: how the curriculum over dimensions of Garg et al.,
 * arXiv 2208.01066, makes a task smaller.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function activeInputs(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('active-inputs', shape, options, parse);
  const { inputs } = of;
  if (own.active > inputs)
    throw invalid('active of family active-inputs', own.active, `there are ${inputs} inputs; ask for fewer`);
  const family = withInputs('active-inputs', own, of, (x) =>
    x.map((value, at) => (at % inputs < own.active ? value : 0)),
  );
  // Weights that no input meets may as well be 0, and are told as such.
  const episode: Family['episode'] = (points, stream) => {
    const drawn = family.episode(points, stream);
    const { weights } = drawn.task;
    if (weights === undefined) return drawn;
    return { ...drawn, task: linearTask(weights.map((w, j) => (j < own.active ? w : 0))) };
  };
  return makeFamily({ ...family, bayes: family.bayes, risk: of.risk, episode });
}
