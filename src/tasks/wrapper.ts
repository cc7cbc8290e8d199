import { z } from 'zod';
import { invalid, missing } from '../core/errors.js';
import { parseSpec } from '../core/spec.js';
import type { Episode, Family, FamilySpec, ParseFamily } from './family.js';
import { makeFamily, type Parts } from './family.js';

/**
 * The options of a family that wraps another one, `of`, and the family that it wraps. `inputs` may stand outside too: it
 * is handed on to the innermost family.
 * @throws IcicleError (exit code 2) where an option is wrong, `of` is missing, or two numbers of inputs disagree.
 */
export function parseWrapper<S extends z.ZodRawShape>(
  name: string,
  shape: S,
  options: FamilySpec,
  parse: ParseFamily,
): { own: z.output<z.ZodObject<S>>; of: Family } {
  const { inputs, of: inner, family: _, ...rest } = options;
  const { of: __, ...own } = parseSpec(`family ${name}`, z.strictObject({ ...shape, of: z.unknown() }), {
    ...rest,
    of: inner,
  }) as Record<string, unknown>;
  if (inner === undefined)
    throw missing(
      `of of family ${name}`,
      `give the family that it wraps, such as {"family": "${name}", "of": {"family": "linear"}}`,
    );
  const spec = typeof inner === 'string' ? { family: inner } : inner;
  const of = parse(
    inputs === undefined || spec === null || typeof spec !== 'object' || Array.isArray(spec)
      ? spec
      : { inputs, ...spec },
  );
  if (inputs !== undefined && of.inputs !== inputs)
    throw invalid(
      `inputs of family ${name}`,
      inputs,
      `the family that it wraps has ${of.inputs}; say it once, inside`,
    );
  return { own: own as z.output<z.ZodObject<S>>, of };
}

/** The parts of a decorated family that are not those of the family it wraps. */
export type Changes = Omit<Partial<Parts>, 'name' | 'inputs' | 'spec'>;

function wrap(name: string, own: object, of: Family, kept: Changes): Family {
  return makeFamily({
    name: `${name}(${of.name})`,
    spec: { family: name, ...own, of: of.spec },
    inputs: of.inputs,
    episode: of.episode,
    classes: of.classes,
    entangled: of.entangled,
    asked: of.asked,
    pool: of.pool,
    ...kept,
  });
}

/**
 * A family with other inputs for the same tasks. Its Bayes predictor is that of the wrapped one, since what the labels
 * tell about the task depends on the inputs that were drawn, not on how: unless the wrapped family draws inputs for the
 * task, or the change `mixes` inputs and so does not leave zeros where they were. The risk is no longer known.
 */
export function withInputs(
  name: string,
  own: object,
  of: Family,
  change: (x: Float64Array, points: number, stream: Parameters<Family['episode']>[1]) => Float64Array,
  { asked, mixes = false }: { asked?: (points: number) => readonly number[]; mixes?: boolean } = {},
): Family {
  const keeps = of.entangled === undefined || (of.entangled === 'zeros' && !mixes);
  return wrap(name, own, of, {
    episode: (points, stream) => {
      const drawn = of.episode(points, stream);
      return { ...drawn, x: change(drawn.x, points, stream) };
    },
    sigma: of.sigma,
    bayesUnder: keeps ? of.bayesUnder : undefined,
    bayes: keeps ? of.bayes : undefined,
    ...(asked === undefined ? {} : { asked }),
  });
}

/** A family with other labels for the same inputs; what is known about it is what `changes` says. */
export function withLabels(
  name: string,
  own: object,
  of: Family,
  change: (drawn: Episode, points: number, stream: Parameters<Family['episode']>[1]) => Episode,
  changes: Changes = {},
): Family {
  return wrap(name, own, of, {
    episode: (points, stream) => change(of.episode(points, stream), points, stream),
    ...changes,
  });
}

/** The label that the learner sees of point k. */
export function labelOf(drawn: Episode, k: number, truth: number): number {
  return drawn.label === undefined ? truth : drawn.label(k, truth);
}

/** The last point alone is a query. */
export function lastPoint(points: number): readonly number[] {
  return points < 1 ? [] : [points - 1];
}
