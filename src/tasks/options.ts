import { z } from 'zod';

/** D, inputs of a point. */
export const inputsOption = (fallback: number) =>
  z.int().min(1, 'must be at least 1').max(512, 'must be at most 512').default(fallback);
/** A standard deviation or factor. */
export const positive = z.number({ error: 'must be a number' }).positive('must be greater than 0');
/** A share of all. */
export const share = z
  .number({ error: 'must be a number from 0 to 1' })
  .min(0, 'must be from 0 to 1')
  .max(1, 'must be from 0 to 1');
/** Seed of what is drawn once for the whole family. */
export const seedOption = z.int().min(0).default(0);
