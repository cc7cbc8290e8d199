/** A sparse matrix: entries [row, column, value]; entries of the same place add up. */
export type Sparse = readonly (readonly [row: number, column: number, value: number])[];

/**
 * K(i), the tokens that token i attends to.
 * - `self`: itself
 * - `question`: at a label's token, the question just before it; at a question's token, none
 * - a number: the label's token of that example (0 is the first), where it is not yet to come; else none
 * - gated: itself with weight σ(gate), the first token with the rest: what softmax makes of the scores gate and 0
 * - scored: all tokens so far, each weighted by the score ⟨query of i, key of k⟩
 */
export type Tokens = 'self' | 'question' | number | Gated | Scored;

export interface Gated {
  /** One number. */
  readonly gate: Read;
}

export interface Scored {
  /** What several blocks give, added up. */
  readonly query: readonly Read[];
  readonly key: readonly Read[];
  /** `positive`: a score below zero counts as zero. `solved`: the score is kᵀ(Σkkᵀ + λI)⁻¹q, the sum over tokens so far. */
  readonly score: 'plain' | 'positive' | { readonly solved: number };
}

/** A block through a matrix. */
export interface Read {
  readonly block: string;
  readonly matrix: Sparse;
}

/**
 * The operator beneath all primitives (Akyürek et al., arXiv 2211.15661, appendix, "RAW: read, arithmetic, write"), as it is
 * compiled here: what is written is added to what the block holds. For token i
 *
 *   h_i[w] ← h_i[w] + Wo((Wa Σ_{k∈K(i)} h_k[r]) ⋆ (W h_i[s])) + bias
 *
 * - `+`: attention alone; there is no s
 * - `⊙`: products, element by element; attention reads nothing: K(i) = i
 * - `÷`: by the absolute value of one number, |W h[s] + plus|
 * - `relu`: Wo relu(Wa h[r]); there is no s
 */
export interface Raw {
  /** The primitive that it was written as. */
  readonly primitive: 'mov' | 'aff' | 'mul' | 'div' | 'relu' | 'attend' | 'gate';
  readonly star: '+' | '⊙' | '÷' | 'relu';
  readonly tokens: Tokens;
  /** [channels, r] */
  readonly r: Read | undefined;
  /** [channels, s]; one channel for `÷`. */
  readonly s: Read | undefined;
  readonly w: string;
  /** [w, channels] */
  readonly out: Sparse;
  /** Whether it reads what was there before the instruction before it: both happen at once. */
  readonly together?: true;
  /** On w, where the star is `+`. */
  readonly bias?: readonly number[];
  /** Added to the divisor. */
  readonly plus?: number;
}

export const isGated = (tokens: Tokens): tokens is Gated => typeof tokens === 'object' && 'gate' in tokens;
export const isScored = (tokens: Tokens): tokens is Scored => typeof tokens === 'object' && 'score' in tokens;

/** Every block that it reads. */
export const readsOf = ({ r, s, tokens }: Raw): string[] => [
  ...(r === undefined ? [] : [r.block]),
  ...(s === undefined ? [] : [s.block]),
  ...(isGated(tokens) ? [tokens.gate.block] : []),
  ...(isScored(tokens) ? [...tokens.query, ...tokens.key].map(({ block }) => block) : []),
];

/** Whether attention does it; the MLP does the others. */
export const inAttention = ({ star }: Raw): boolean => star === '+';
