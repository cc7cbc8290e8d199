import { z } from 'zod';

/** A weight in a mixture. */
const weight = z.number({ error: 'must be a number' }).min(0, 'a weight must not be below 0');

/** Weights of the parts of a mixture, by name; those that are left out keep their defaults. */
export const weights = <K extends string>(defaults: Readonly<Record<K, number>>) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries<number>(defaults).map(([name, value]) => [name, weight.default(value)]),
      ) as { [name in K]: z.ZodDefault<typeof weight> },
    )
    .refine((all) => Object.values<number>(all as Record<string, number>).some((value) => value > 0), {
      error: 'at least one weight must be above 0',
    })
    .prefault({} as never);

const ordered = ([low, high]: readonly [number, number]) => low <= high;
const error = 'must be [low, high] with low ≤ high';

/** A range of real numbers to draw from. */
export const range = (low: number, high: number, least = Number.NEGATIVE_INFINITY) => {
  const end = z.number({ error: 'must be a number' }).min(least, `must not be below ${least}`);
  return z.tuple([end, end], { error }).refine(ordered, { error }).default([low, high]);
};

/** A range of positive numbers to draw from, log-uniform. */
export const logRange = (low: number, high: number) => range(low, high, 1e-6);

/** A range of whole numbers to draw from. */
export const wholeRange = (low: number, high: number, least: number, most = 1_000_000) => {
  const end = z
    .int({ error: 'must be a whole number' })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);
  return z.tuple([end, end], { error }).refine(ordered, { error }).default([low, high]);
};

/** A share of all. */
export const share = (value: number) =>
  z
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be from 0 to 1')
    .max(1, 'must be from 0 to 1')
    .default(value);
