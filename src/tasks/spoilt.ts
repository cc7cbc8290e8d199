import type { Family, FamilySpec, ParseFamily } from './family.js';
import { positive, share } from './options.js';
import { labelOf, parseWrapper, withLabels } from './wrapper.js';

const outliersShape = {
  /** The probability that a label is an outlier. */
  share: share.default(0.1),
  /** The standard deviation of what is added to an outlier. */
  by: positive.default(10),
};

/**
 * Some labels, the query's too, are outliers: with a small probability a large Gaussian error is added (Tukey's
 * contaminated normal; no paper of ours fixes the parameters). Errors are best measured on the labels without noise, which stay
 * as they were. No Bayes predictor is offered: it would have to weigh all 2^k sets of outliers.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function outliers(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('outliers', outliersShape, options, parse);
  return withLabels('outliers', own, of, (drawn, points, stream) => {
    const errors = Float64Array.from({ length: points }, () => {
      const error = own.by * stream.normal();
      return stream.uniform() < own.share ? error : 0;
    });
    const { noise, ...rest } = drawn;
    return {
      ...rest,
      label: (k, truth) => labelOf(drawn, k, truth) + errors[k]!,
      ...(noise === undefined ? {} : { noise: Math.sqrt(noise ** 2 + own.share * own.by ** 2) }),
    };
  });
}

const flippedShape = {
  /** The probability that a label changes its sign. */
  share: share.default(0.1),
};

/**
 * Some labels, the query's too, have the wrong sign; with `share` 1 all have, as where a language model is shown flipped
 * labels (Wei et al., arXiv 2303.03846). The labels without noise are not flipped.
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function flipped(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('flipped', flippedShape, options, parse);
  return withLabels('flipped', own, of, (drawn, points, stream) => {
    const signs = Float64Array.from({ length: points }, () => (stream.uniform() < own.share ? -1 : 1));
    const { noise: _, ...rest } = drawn;
    return { ...rest, label: (k, truth) => signs[k]! * labelOf(drawn, k, truth) };
  });
}
