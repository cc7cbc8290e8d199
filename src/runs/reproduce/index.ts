import { unknown } from '../../core/errors.js';
import type { Claim } from './claim.js';
import { diversity } from './diversity.js';
import { match } from './match.js';
import { noise } from './noise.js';
import { oneStep } from './one-step.js';
import { depth, width } from './size.js';
import { smallest } from './smallest.js';

export type { Claim, Finding, FindingTable, Support } from './claim.js';
export { SEED } from './claim.js';

/** What others have published, in the order of the ledger. */
export const claims: readonly Claim[] = [match, noise, depth, width, smallest, oneStep, diversity] as Claim[];

/** All claims are `outside`: published by others. */
const ALL = 'outside';

/**
 * The claims of some names, each once, in the order of the ledger.
 * @throws IcicleError (exit code 2) where a name is unknown
 */
export function claimsNamed(names: readonly string[]): Claim[] {
  const known = [ALL, ...claims.map(({ id }) => id)];
  for (const name of names) if (!known.includes(name)) throw unknown('claim', name, known);
  return claims.filter(({ id }) => names.includes(ALL) || names.includes(id));
}
