import type { Value } from '../tensor.js';

/** From a flat index into `shape` to the flat index into a value that broadcasts to it. */
export function broadcastIndex(value: Value, shape: readonly number[]): (flat: number) => number {
  if (value.data.length === 1) return () => 0;
  const rank = shape.length;
  const steps = new Array<number>(rank).fill(0);
  for (let axis = rank - 1, step = 1; axis >= rank - value.shape.length; axis--) {
    const size = value.shape[axis - rank + value.shape.length]!;
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
