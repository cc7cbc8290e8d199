import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { type Family, linearTask, makeFamily, normals } from './family.js';
import { inputsOption, positive } from './options.js';

/** Options of the family `linear-classification`. */
export const classificationSchema = z.strictObject({
  family: z.literal('linear-classification').default('linear-classification'),
  /** D, inputs of a point. */
  inputs: inputsOption(20),
  /** The label is the sign of wᵀx, or 1 with probability 1/(1 + exp(−wᵀx)). */
  labels: z.enum(['sign', 'logistic'], { error: 'must be "sign" or "logistic"' }).default('sign'),
  /** τ, the standard deviation of each weight: how sure logistic labels are. */
  scale: positive.default(1),
});

export type ClassificationSpec = z.output<typeof classificationSchema>;
export type ClassificationOptions = z.input<typeof classificationSchema>;

/**
 * Linear classification: labels −1 and 1 by wᵀx, x ~ N(0, I), w ~ N(0, τ²I). `sign` is Garg et al.'s (arXiv 2208.01066,
 * in their code, not in the text) and Bai et al.'s (arXiv 2306.04637, with τ = 1/√D, which no sign shows). Of `logistic`
 * labels the one without noise is the mean, tanh(wᵀx/2). The Bayes predictor has no closed form.
 * @throws IcicleError (exit code 2) where the options do not fit `classificationSchema`.
 */
export function linearClassification(options: ClassificationOptions = {}): Family<ClassificationSpec> {
  const spec = parseSpec('family linear-classification', classificationSchema, options);
  const { inputs, labels, scale } = spec;
  return makeFamily({
    name: 'linear-classification',
    spec,
    inputs,
    classes: true,
    sigma: labels === 'sign' ? 0 : undefined,
    episode: (points, stream) => {
      const score = linearTask(normals(inputs, stream).map((w) => scale * w));
      const x = normals(points * inputs, stream);
      if (labels === 'sign')
        return { x, task: { at: (x, from) => (score.at(x, from) < 0 ? -1 : 1) }, noise: 0 };
      const chances = Float64Array.from({ length: points }, () => stream.uniform());
      return {
        x,
        task: { at: (x, from) => Math.tanh(score.at(x, from) / 2) },
        label: (k, mean) => (chances[k]! < (1 + mean) / 2 ? 1 : -1),
      };
    },
  });
}
