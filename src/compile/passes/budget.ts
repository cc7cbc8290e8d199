import type { Episodes } from '../../core/episodes.js';
import { random } from '../../core/random.js';
import { answers, copyOf, interpret, type State } from '../interpret.js';
import type { Program } from '../program.js';
import type { Ranges } from './ranges.js';
import { channelRanges, type Scales } from './scales.js';
import type { Layer } from './schedule.js';

/** What every instruction is to be expected to add to the error of the predictions. */
export interface Budget {
  /** The largest change of a prediction, for each instruction. */
  readonly parts: readonly number[];
  /** The root of the sum of their squares: they are independent, more or less. */
  readonly expected: number;
}

/**
 * Runs the program with each instruction disturbed in turn, at every token by its own expected error with random signs, and
 * looks how far the predictions move.
 */
export function errorBudget(
  program: Program,
  layers: readonly Layer[],
  ranges: Ranges,
  { errors }: Scales,
  episodes: Episodes,
  progress: (share: number) => void = () => undefined,
): Budget {
  const before: State[] = [];
  const after = (slot: number, state: State) => {
    if (slot % 2 === 1) before[(slot + 1) / 2] = copyOf(state);
  };
  const exact = answers(program, interpret(program, layers, episodes, { after }));
  const reach = channelRanges(program, ranges);
  const parts = program.instructions.map((_, instruction) => {
    const stream = random(0, 'error budget', instruction);
    const disturb = (i: number, channel: number, value: number): number => {
      if (i !== instruction) return value;
      const size = errors[i]! * (reach[i]![channel] ?? 0);
      return value + (stream.uniform() < 0.5 ? -size : size);
    };
    const layer = layers.findIndex(
      ({ attention, mlp }) => attention.includes(instruction) || mlp.includes(instruction),
    );
    const from = layer === 0 ? {} : { from: { layer, state: before[layer]! } };
    const moved = answers(program, interpret(program, layers, episodes, { disturb, ...from }));
    // The earlier an instruction, the more of the program runs behind it.
    progress(1 - (1 - (instruction + 1) / program.instructions.length) ** 2);
    return moved.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
  });
  return { parts, expected: Math.hypot(...parts) };
}
