import { nearestCodes } from './codes.js';
import { fourier } from './fourier.js';
import type { Mechanism } from './mechanism.js';
import { linear, product, quadratic } from './mix.js';
import { network } from './network.js';
import { obliviousTrees } from './trees.js';

/** The functions by which a node of a causal graph may follow from its parents. */
export const mechanisms = {
  network,
  trees: obliviousTrees,
  linear,
  quadratic,
  fourier,
  product,
  codes: nearestCodes,
} satisfies Record<string, Mechanism>;

export type MechanismName = keyof typeof mechanisms;
