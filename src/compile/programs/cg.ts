import { type Program, program, type Writer } from '../program.js';
import { identity, inner, symmetric, times } from '../sparse.js';
import { moments } from './moments.js';
import type { RidgeOptions } from './ridge.js';

export interface CgOptions extends RidgeOptions {
  readonly steps: number;
}

/** Added to the size of r before it divides. It is part of the unit, so that it costs no exactness. */
const LEAST = 1e-8;

/**
 * Conjugate gradient steps on (XᵀX + λI)w = XᵀY from w = 0 (Hestenes & Stiefel 1952). With as many steps as inputs it is ridge.
 *
 * Residuals fall by orders of magnitude, and a block is as exact as the largest number that it ever holds allows: r and p are
 * held in a unit of their own, u, so that |r|₁ is 1 until it has converged. A step is
 *
 *   v = p/pᵀSp,  q = Sp/pᵀSp,  w ← w + u(rᵀp)v,  r ← r − (rᵀp)q,  p ← r − (rᵀq)p,  then r ← r/s, p ← p/s and u ← us, s = |r|₁ + 10⁻⁸
 *
 * (rᵀp and −rᵀq are r² and r'²/r² of the usual form.) The textbook stops where r is nothing but rounding. Here every step is
 * taken: the next one then moves w by about rounding again. Once a step left less than 10⁻⁸ of r, |r|₁ in its unit is below
 * ½, and pᵀSp has up to λ/D added, so that nothing is divided by zero: there a step is too short, by less than what r could
 * still do. |r|₁ is made of ReLU, to which sharp GELU comes near; how near does not matter, since the same number divides
 * and multiplies.
 */
export const cg = ({ inputs, examples, lambda, steps }: CgOptions): Program =>
  program({ name: 'cg', inputs, examples, learner: `cg:${steps}:${lambda}` }, (writer) => {
    const { x, block, mul, div, aff, relu } = writer;
    const packed = symmetric(inputs);
    const { second, moment } = moments(writer, { inputs, examples, lambda });
    const w = block('w', inputs, new Array<number>(inputs).fill(0));
    let unit = sizeOf(writer, moment, inputs, 'u');
    let r = block('r', inputs);
    div(r, moment, unit);
    let p = r;
    for (let k = 0; k < steps; k++) {
      const named = (name: string, size: number) => block(`${name} of step ${k}`, size);
      const product = named('Sp', inputs);
      mul(product, second, p, packed.timesVector);
      const curvature = named('pᵀSp', 1);
      mul(curvature, p, product, inner(inputs));
      const lost = named('½ − |r|₁', 1);
      aff(lost, undefined, [], [0.5]);
      addSize(writer, lost, r, inputs, -1);
      relu(curvature, lost, identity(1), identity(1, (2 * lambda) / inputs));
      const share = named('rᵀp', 1);
      mul(share, r, p, inner(inputs));
      const far = named('u rᵀp', 1);
      mul(far, unit, share, inner(1));
      const v = named('v', inputs);
      div(v, p, curvature);
      mul(w, v, far, times(inputs));
      if (k === steps - 1) break;
      const q = named('q', inputs);
      div(q, product, curvature);
      const rest = named('r before its unit', inputs);
      aff(rest, r, identity(inputs));
      mul(rest, q, share, times(inputs, -1));
      const size = sizeOf(writer, rest, inputs, `s of step ${k}`);
      const back = named('rᵀq', 1);
      mul(back, rest, q, inner(inputs));
      const turned = named('p before its unit', inputs);
      aff(turned, rest, identity(inputs));
      mul(turned, p, back, times(inputs, -1));
      r = block(`r of step ${k + 1}`, inputs);
      p = block(`p of step ${k + 1}`, inputs);
      div(r, rest, size);
      div(p, turned, size);
      const grown = block(`u of step ${k + 1}`, 1);
      mul(grown, unit, size, inner(1));
      unit = grown;
    }
    const answer = block('wᵀx', 1);
    mul(answer, w, x, inner(inputs));
    return answer;
  });

/** |vector|₁ + LEAST */
function sizeOf(writer: Writer, vector: string, inputs: number, name: string): string {
  const size = writer.block(name, 1);
  addSize(writer, size, vector, inputs, 1);
  writer.aff(size, undefined, [], [LEAST]);
  return size;
}

/** into + scale · |vector|₁ */
function addSize({ relu }: Writer, into: string, vector: string, inputs: number, scale: number): void {
  const both = Array.from({ length: 2 * inputs }, (_, channel) => channel);
  relu(
    into,
    vector,
    both.map((channel) => [channel, channel % inputs, channel < inputs ? 1 : -1]),
    both.map((channel) => [0, channel, scale]),
  );
}
