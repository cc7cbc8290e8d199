import type { Value } from '../tensor.js';

/** From a flat index into `shape` to the flat index into a value that broadcasts to it. */
export function broadcastIndex(value: Value, shape: readonly number[]): (flat: number) => number {
  if (value.data.length === 1) return () => 0;
  const rank = shape.length;
  const own = shape.map((_, axis) => value.shape[axis - rank + value.shape.length] ?? 1);
  // Mostly the axes that it has itself lie side by side: a vector along the last axis, a column, the same shape.
  const [first, last] = [own.findIndex((size) => size > 1), own.findLastIndex((size) => size > 1)];
  if (own.every((size, axis) => axis < first || axis > last || size === shape[axis])) {
    const inner = shape.slice(last + 1).reduce((a, b) => a * b, 1);
    const size = value.data.length;
    return inner === 1 ? (flat) => flat % size : (flat) => Math.floor(flat / inner) % size;
  }
  const steps = new Array<number>(rank).fill(0);
  for (let axis = rank - 1, step = 1; axis >= rank - value.shape.length; axis--) {
    const size = own[axis]!;
    steps[axis] = size === 1 ? 0 : step;
    step *= size;
  }
  return (flat) => {
    let index = 0;
    for (let axis = rank - 1, rest = flat; axis >= 0; axis--) {
      const size = shape[axis]!;
      index += (rest % size) * steps[axis]!;
      rest = Math.floor(rest / size);
    }
    return index;
  };
}
