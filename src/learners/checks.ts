import { invalid } from '../core/errors.js';

/** @throws IcicleError where the number of steps is not whole or below `least`. */
export function checkSteps(what: string, steps: number, least = 1): void {
  if (!Number.isInteger(steps) || steps < least)
    throw invalid(what, steps, `it must be a whole number from ${least}`);
}

/** @throws IcicleError where the value is not finite or not greater than 0. */
export function checkPositive(what: string, value: number, example: string): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw invalid(what, value, `it must be a number greater than 0, such as ${example}`);
}

/** @throws IcicleError where the value is not finite or below 0. */
export function checkFromZero(what: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
    throw invalid(what, value, 'it must be a number from 0');
}
