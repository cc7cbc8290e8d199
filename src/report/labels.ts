/**
 * Moves positions as little as possible (least squares) so that neighbours are at least `gap` apart, in the same order,
 * all between `low` and `high` where they fit: for labels at the ends of lines. Isotonic regression of the positions
 * less their share of gaps, by pooling adjacent violators.
 */
export function spreadApart(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]! || a - b);
  const blocks: { sum: number; members: number[] }[] = [];
  order.forEach((i, rank) => {
    blocks.push({ sum: positions[i]! - rank * gap, members: [i] });
    for (let b = blocks.length - 1; b > 0 && average(blocks[b - 1]!) >= average(blocks[b]!); b--) {
      const pooled = blocks.pop()!;
      blocks[b - 1]!.sum += pooled.sum;
      blocks[b - 1]!.members.push(...pooled.members);
    }
  });
  const room = Math.max(low, high - (positions.length - 1) * gap);
  const result = new Array<number>(positions.length);
  let rank = 0;
  for (const block of blocks)
    for (const i of block.members) result[i] = Math.min(Math.max(average(block), low), room) + rank++ * gap;
  return result;
}

function average({ sum, members }: { sum: number; members: readonly number[] }): number {
  return sum / members.length;
}

/** Breaks text at spaces into lines of at most `longest` characters; a longer word has a line of its own. */
export function wrapText(text: string, longest: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= longest)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
