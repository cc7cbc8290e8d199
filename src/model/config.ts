import { z } from 'zod';

/**
 * A transformer that predicts the label of each point of a prompt from the points before it (Akyürek et al. 2023, Sec. 3).
 * Defaults: the thin and deep pre-norm decoder that learns linear regression fastest per second on a CPU.
 */
export const transformerConfig = z
  .strictObject({
    /** D: inputs of a point. */
    inputs: z.int().min(1).max(1024).default(8),
    /** K: the longest prompt, the point that is asked included. */
    points: z.int().min(1).max(4096).default(17),
    /** `separate`: [0,x] then [y,0], as in the paper. `combined`: the question [0,x] then the example [y,x]. */
    tokens: z.enum(['separate', 'combined']).default('separate'),
    layers: z.int().min(1).max(256).default(8),
    /** M: width of the residual stream. */
    width: z.int().min(1).max(8192).default(48),
    heads: z.int().min(1).max(128).default(4),
    /** Width of one head; width ÷ heads where absent, which must be whole; less in the published code's bottlenecked heads. */
    headWidth: z.int().min(1).optional(),
    /** Width of the MLP ÷ width; 0: attention alone, without MLPs. */
    mlpRatio: z.number().min(0).max(256).default(1),
    positions: z.enum(['learned', 'none']).default('learned'),
    /** `pre`: LayerNorm on each block's input and at the end. `replace`: the residual itself is replaced by its
     * normalisation, as in the published code. `mlp`: LayerNorm without gain and bias on the MLP's input alone, as the
     * constructions have it (Akyürek et al. 2023, appendix). `none`: no normalisation. */
    norm: z.enum(['pre', 'replace', 'mlp', 'none']).default('pre'),
    activation: z.enum(['gelu', 'gelu-tanh', 'relu']).default('gelu'),
    /** `linear` and `relu` weigh by the score itself or its positive part, divided by the number of tokens seen. `mesa`
     * weighs by kᵀ(Σkkᵀ + λI)⁻¹q, the sum over the tokens seen: what it returns is the ridge regression of values on keys,
     * asked at the query (von Oswald et al., arXiv 2309.05858, §3). */
    attention: z.enum(['softmax', 'linear', 'relu', 'mesa']).default('softmax'),
    /** false: `linear` and `relu` are not divided by the number of tokens seen. */
    averaged: z.literal(false).optional(),
    /** One block's weights used in every layer. */
    looped: z.boolean().default(false),
  })
  .refine(({ width, heads, headWidth }) => headWidth !== undefined || width % heads === 0, {
    error: 'width must be a multiple of heads, or headWidth be given',
    path: ['headWidth'],
  });

export type TransformerConfig = z.output<typeof transformerConfig>;

/** Tokens of a prompt of K points; the last label is never needed. */
export const tokensOf = (points: number): number => 2 * points - 1;

export const headWidth = (config: TransformerConfig): number =>
  config.headWidth ?? config.width / config.heads;

/** 0 where there are no MLPs. */
export const mlpWidth = ({ width, mlpRatio }: TransformerConfig): number =>
  mlpRatio === 0 ? 0 : Math.max(1, Math.round(width * mlpRatio));
