import type { Program } from '../program.js';
import { inAttention, type Raw, readsOf } from '../raw.js';

/** What one layer does: attention first, then the MLP, which sees what attention wrote. Indices into the instructions. */
export interface Layer {
  readonly attention: readonly number[];
  readonly mlp: readonly number[];
}

/**
 * Puts every instruction into the first layer that can do it, where MLPs keep the order in which a program is written: what
 * is done far too early would only fill the state. Time is counted in slots, 2l for the attention of layer l and
 * 2l + 1 for its MLP: what is done in a slot sees what slots before wrote. Additions to the same block may come in any
 * order. A division takes an MLP for itself, since the LayerNorm that divides does so to everything that the MLP reads.
 *
 * Copies, which attention makes, are put off until just before they are needed.
 */
export function schedule({ instructions }: Program): Layer[] {
  const slots: number[] = [];
  while (slots.length < instructions.length) {
    const first = slots.length;
    let end = first + 1;
    while (instructions[end]?.together === true) end++;
    const slot = earliest(instructions, first, end, slots);
    for (let i = first; i < end; i++) slots.push(slot);
  }
  const last = Math.max(-1, ...slots);
  for (let i = instructions.length - 1; i >= 0; i--) {
    const raw = instructions[i]!;
    if (raw.primitive !== 'mov' || raw.together === true || instructions[i + 1]?.together === true) continue;
    let latest = last;
    for (let j = i + 1; j < instructions.length; j++) {
      const later = instructions[j]!;
      if (readsOf(later).includes(raw.w))
        latest = Math.min(latest, slots[j]! - 1 - (later.star === '÷' && later.s!.block === raw.w ? 1 : 0));
      if (readsOf(raw).includes(later.w)) latest = Math.min(latest, slots[j]!);
    }
    slots[i] = Math.max(slots[i]!, latest - (latest % 2));
  }
  const at = (slot: number) => instructions.flatMap((_, i) => (slots[i] === slot ? [i] : []));
  return Array.from({ length: Math.floor(last / 2) + 1 }, (_, l) => ({
    attention: at(2 * l),
    mlp: at(2 * l + 1),
  }));
}

/** The first slot that can do instructions first … end − 1 at once, given the slots of all before. */
function earliest(
  instructions: readonly Raw[],
  first: number,
  end: number,
  slots: readonly number[],
): number {
  const group = instructions.slice(first, end);
  const attends = inAttention(group[0]!);
  let slot = attends ? 0 : 1;
  for (const [j, at] of slots.entries()) {
    const other = instructions[j]!;
    for (const raw of group) {
      // What LayerNorm is to divide by is read by attention, a slot before the MLP.
      const lead = (block: string) => (raw.star === '÷' && block === raw.s!.block ? 1 : 0);
      for (const block of readsOf(raw)) if (other.w === block) slot = Math.max(slot, at + 1 + lead(block));
      if (readsOf(other).includes(raw.w)) slot = Math.max(slot, at);
    }
    if (!attends && !inAttention(other)) slot = Math.max(slot, at);
  }
  if (slot % 2 !== (attends ? 0 : 1)) slot++;
  const clashes = () =>
    slots.some((at, j) => at === slot && group.some((raw) => !mayShare(raw, instructions[j]!)));
  while (!attends && clashes()) slot += 2;
  return slot;
}

/** Whether two instructions may share an MLP. */
function mayShare(a: Raw, b: Raw): boolean {
  if (a.star !== '÷' && b.star !== '÷') return true;
  return (
    a.star === b.star &&
    a.plus === b.plus &&
    a.s!.block === b.s!.block &&
    JSON.stringify(a.s!.matrix) === JSON.stringify(b.s!.matrix)
  );
}
