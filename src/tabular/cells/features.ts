import type { EncodedCells } from './encode.js';

/**
 * Cells with their neighbours, [R,C,F]: for each offset of the group the value, whether it is missing and whether its column
 * is a category, of the column so far to the right, around the end. More than one offset tell columns apart.
 */
export function cellFeatures(
  { values, missing, categories }: EncodedCells,
  columns: number,
  group: readonly number[],
): Float32Array<ArrayBuffer> {
  const channels = [values, missing, categories];
  const width = channels.length * group.length;
  const features = new Float32Array(values.length * width);
  let to = 0;
  for (let row = 0; row < values.length; row += columns)
    for (let c = 0; c < columns; c++)
      for (const offset of group) {
        const from = row + ((c + offset) % columns);
        for (const channel of channels) features[to++] = channel[from]!;
      }
  return features;
}
