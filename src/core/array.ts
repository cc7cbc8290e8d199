/** Numbers with a shape, row-major: what goes into and comes out of engines and files. */
export interface ShapedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
