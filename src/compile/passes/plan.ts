import type { Program } from '../program.js';
import type { Target } from '../targets.js';
import type { Layout } from './allocate.js';
import type { Ranges } from './ranges.js';
import type { Scales } from './scales.js';
import type { Layer } from './schedule.js';

/** All that is known of a program when its weights are written down. */
export interface Plan {
  readonly program: Program;
  readonly target: Target;
  readonly layers: readonly Layer[];
  readonly layout: Layout;
  readonly ranges: Ranges;
  readonly scales: Scales;
}

/** Entries of a weight [inputs, outputs]. */
export type Weight = [from: number, to: number, value: number][];
