import type { Random } from '../../../core/random.js';
import { integers } from '../arrays.js';
import { chance } from '../draws.js';

/**
 * An order of the rows, [R], in which the first N have every class that there is, or undefined where there are fewer than two
 * classes or more than N, or one has nearly all rows. Rows stay where they are but for those that must change places; of a `stratified` order the first N have
 * the classes in the proportions of all rows, as near as whole numbers get.
 * @param codes classes, [R]
 */
export function arrange(
  codes: Int32Array,
  labelled: number,
  spec: { readonly stratified: number; readonly largest: number },
  stream: Random,
): Int32Array | undefined {
  const counts = new Map<number, number>();
  for (let i = 0; i < codes.length; i++) counts.set(codes[i]!, (counts.get(codes[i]!) ?? 0) + 1);
  if (counts.size < 2 || counts.size > labelled) return undefined;
  if (Math.max(...counts.values()) > spec.largest * codes.length) return undefined;
  const order = integers(codes.length, (i) => i);
  if (chance(spec.stratified, stream)) return stratify(codes, counts, labelled);
  const seen = new Map<number, number>();
  for (let i = 0; i < labelled; i++) seen.set(codes[i]!, (seen.get(codes[i]!) ?? 0) + 1);
  for (let i = labelled; i < codes.length; i++) {
    if (seen.has(codes[i]!)) continue;
    for (;;) {
      const j = stream.integer(labelled);
      const left = seen.get(codes[order[j]!]!)!;
      if (left < 2) continue;
      seen.set(codes[order[j]!]!, left - 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
      break;
    }
    seen.set(codes[i]!, 1);
  }
  return order;
}

function stratify(codes: Int32Array, counts: ReadonlyMap<number, number>, labelled: number): Int32Array {
  const quotas = new Map<number, number>();
  let left = labelled;
  for (const [code, count] of counts) {
    const quota = Math.max(1, Math.floor((labelled * count) / codes.length));
    quotas.set(code, quota);
    left -= quota;
  }
  // What is lacking goes to the classes that are farthest below their share, what is too much comes from those above it.
  for (; left !== 0; left -= Math.sign(left)) {
    const sign = Math.sign(left);
    const lacking = (code: number) =>
      sign * ((labelled * counts.get(code)!) / codes.length - quotas.get(code)!);
    const able = [...counts.keys()].filter((code) =>
      sign > 0 ? quotas.get(code)! < counts.get(code)! : quotas.get(code)! > 1,
    );
    const code = able.reduce((a, b) => (lacking(b) > lacking(a) ? b : a));
    quotas.set(code, quotas.get(code)! + sign);
  }
  const order = new Int32Array(codes.length);
  let [first, other] = [0, labelled];
  for (let i = 0; i < codes.length; i++) {
    const quota = quotas.get(codes[i]!)!;
    if (quota > 0) order[first++] = i;
    else order[other++] = i;
    quotas.set(codes[i]!, quota - 1);
  }
  return order;
}
