import { IcicleError, unsupported } from '../core/errors.js';
import { basis, extend, project } from '../learners/ols.js';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { lastPoint, parseWrapper, withInputs } from './wrapper.js';

/**
 * The last point is orthogonal to all points before it, as long as the input that it takes the place of (Garg et al., arXiv
 * 2208.01066: the examples say nothing about it, and of a linear task 0 is the best prediction). It alone is the query: a point
 * orthogonal to those before it cannot be so for every prefix and still leave later examples as they are. Episodes of n + 1
 * points therefore measure n examples, n below D.
 * @throws IcicleError (exit code 2) where an option is wrong, or points are asked for that leave no direction free.
 */
export function orthogonalQuery(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('orthogonal-query', {}, options, parse);
  const { inputs } = of;
  return withInputs(
    'orthogonal-query',
    own,
    of,
    (x, points) => {
      if (points > inputs)
        throw unsupported(
          'points',
          points,
          `${inputs} inputs leave a query orthogonal to at most ${inputs - 1} examples; ask for at most ${inputs} points`,
        );
      const span = basis(inputs);
      for (let k = 0; k < points - 1; k++)
        extend(span, project(span, x.subarray(k * inputs, (k + 1) * inputs)));
      const moved = x.slice();
      const query = moved.subarray((points - 1) * inputs);
      const outside = project(span, query);
      if (outside === 0)
        throw new IcicleError(
          `family ${of.name}: ${points - 1} examples leave no direction in which its inputs vary; ask for fewer points`,
          { exitCode: 2 },
        );
      const factor = Math.hypot(...query) / outside;
      for (let j = 0; j < inputs; j++) query[j] = factor * span.rest[j]!;
      return moved;
    },
    { asked: lastPoint },
  );
}

/**
 * The last point repeats the input of an earlier one, all as likely (Garg et al., arXiv 2208.01066); under noise its label is
 * drawn anew. It alone is the query, since an episode in which every point repeats an earlier one has a single input. With one
 * point only there is nothing to repeat, and it stays.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function repeatedQuery(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('repeated-query', {}, options, parse);
  const { inputs } = of;
  return withInputs(
    'repeated-query',
    own,
    of,
    (x, points, stream) => {
      if (points < 2) return x;
      const example = stream.integer(points - 1);
      return x.slice().copyWithin((points - 1) * inputs, example * inputs, (example + 1) * inputs);
    },
    { asked: lastPoint },
  );
}
