import type { Compiled, TargetName, Verified } from '../compile/index.js';

export interface CompileRequest {
  readonly program: string;
  readonly inputs: number;
  readonly examples: number;
  readonly lambda?: number | undefined;
  readonly rate?: number | undefined;
  readonly steps?: number | undefined;
  readonly gamma?: number | undefined;
  /** The tasks whose numbers it is made for, where they are not the program's own. */
  readonly family?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly noise?: number | undefined;
  readonly scale?: number | undefined;
  readonly target?: TargetName | undefined;
  readonly precision: 'float32' | 'float64';
  readonly tolerance?: number | undefined;
  /** Episodes. */
  readonly verify: number;
  readonly seed: number;
  /** A weight's name, or true for everything else. */
  readonly explain?: string | true | undefined;
  readonly output?: string | undefined;
  readonly json: boolean;
}

/** A compiled model in one precision, and what came out of checking it. */
export interface Checked {
  readonly compiled: Compiled;
  readonly verified: Verified;
  /** The largest error against the program itself, run in float64, where that only comes near to the textbook. */
  readonly compiling?: number;
}
