import type { Random } from '../../../core/random.js';

/**
 * A random function of columns: `outputs` new columns from at least one input column, all [R]. Inputs are about standardised
 * and stay as they are; outputs have whatever scale they have.
 */
export type Mechanism = (inputs: readonly Float64Array[], outputs: number, stream: Random) => Float64Array[];
