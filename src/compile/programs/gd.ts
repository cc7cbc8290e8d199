import { type Program, program, type Writer } from '../program.js';
import { identity, inner, times } from '../sparse.js';
import type { TargetName } from '../targets.js';
import { pairs } from './examples.js';
import { ownProduct } from './own-product.js';

export interface GdOptions {
  readonly inputs: number;
  readonly examples: number;
  readonly steps: number;
  /** α */
  readonly rate: number;
  /** λ */
  readonly lambda?: number;
  /** Linear and ReLU attention sum over the examples in one layer a step; otherwise the sum is written out. */
  readonly target?: TargetName;
}

/**
 * Steps of gradient descent on all examples from w = 0, w ← w − 2α(Σx(wᵀx − y) + λw) (Akyürek et al., arXiv 2211.15661, §4.3).
 *
 * With linear attention a step is one layer, whose query is (w, −1), keys (x, y) and values x (von Oswald et al., arXiv
 * 2212.07677, Prop. 1, in the space of w). With ReLU attention two heads sum the positive and the negative errors (Bai et
 * al., arXiv 2306.04637, Prop. C.1).
 */
export const gd = ({ inputs, examples, steps, rate, lambda = 0, target }: GdOptions): Program =>
  program(
    {
      name: 'gd',
      inputs,
      examples,
      learner: `gd:${steps}:${rate}${lambda === 0 ? '' : `:${lambda}`}`,
    },
    (writer) => {
      const { x, block, mul, aff } = writer;
      // (w, −1): its product with (x, y) is the error.
      const w = block('(w, −1)', inputs + 1, [...new Array<number>(inputs).fill(0), -1]);
      const step =
        target === 'linear' || target === 'relu'
          ? summing(writer, { inputs, w, target })
          : unrolled(writer, { inputs, examples, w });
      for (let k = 0; k < steps; k++) {
        step(k, -2 * rate, () => {
          if (lambda > 0) aff(w, w, identity(inputs, -2 * rate * lambda));
        });
      }
      if (target === 'relu') return ownProduct(writer, inputs, examples, w);
      const answer = block('wᵀx', 1);
      mul(answer, w, x, inner(inputs));
      return answer;
    },
  );

/** Adds scale · Σx(wᵀx − y) to w, and what `shrink` adds, both from the w before. */
type Step = (k: number, scale: number, shrink: () => void) => void;

/** Σx(wᵀx − y), example by example. */
function unrolled(
  writer: Writer,
  { inputs, examples, w }: { inputs: number; examples: number; w: string },
): Step {
  const { block, mov, mul } = writer;
  const paired = pairs(writer, inputs);
  const own = Array.from({ length: examples }, (_, i) => {
    const example = block(`(x${i}, y${i})`, inputs + 1);
    mov(example, paired, i);
    return example;
  });
  return (k, scale, shrink) => {
    const errors = own.map((example, i) => {
      const error = block(`error ${i} of step ${k}`, 1);
      mul(error, w, example, inner(inputs + 1));
      return error;
    });
    shrink();
    for (const [i, example] of own.entries()) mul(w, example, errors[i]!, times(inputs, scale));
  };
}

/** Σx(wᵀx − y) in one layer. */
function summing(
  writer: Writer,
  { inputs, w, target }: { inputs: number; w: string; target: 'linear' | 'relu' },
): Step {
  const example = pairs(writer, inputs);
  const all = identity(inputs + 1);
  const value = { block: example, matrix: identity(inputs) };
  const key = [{ block: example, matrix: all }];
  const heads = {
    linear: [['plain', 1]],
    relu: [
      ['positive', 1],
      ['positive', -1],
    ],
  } as const;
  return (_k, scale, shrink) =>
    writer.together(() => {
      for (const [score, sign] of heads[target]) {
        const query = [{ block: w, matrix: identity(inputs + 1, sign) }];
        writer.attend(w, value, { query, key, score }, scale * sign);
      }
      shrink();
    });
}
