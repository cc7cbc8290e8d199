import { unsupported } from '../core/errors.js';
import { parseTrainSpec, type TrainSpec } from './spec.js';
import { parseTableTrainSpec, type TableTrainSpec } from './table-spec.js';

/** What a run trains: in-context regression, or tables. */
export type RunSpec = TrainSpec | TableTrainSpec;

export const isTables = (spec: { readonly family: { readonly family: string } }): spec is TableTrainSpec =>
  spec.family.family === 'tables';

/**
 * The complete spec of a run: every default filled in.
 * @throws IcicleError (exit code 2) that names every wrong key
 */
export function parseRunSpec(value: unknown): RunSpec {
  const family = (value as { family?: { family?: unknown } } | null)?.family?.family;
  return family === 'tables' ? parseTableTrainSpec(value) : parseTrainSpec(value);
}

/** @throws IcicleError (exit code 2) where the spec is one of tables, which `what` cannot take */
export function ofRegression(spec: RunSpec, what: string): TrainSpec {
  if (isTables(spec))
    throw unsupported(
      'run',
      spec.name,
      `${what} takes runs of in-context regression, and this one is of tables`,
    );
  return spec;
}
