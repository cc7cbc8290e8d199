// How far numbers may be apart, each with its reason. Relative to the largest number of the array unless said.

/** Two float64 computations of the same formula in another order. */
export const SAME_FORMULA = 1e-10;
/** Central differences with step 1e-5 in float64: the step's error is ~1e-10, rounding ~1e-11. */
export const FINITE_DIFFERENCES = 1e-7;
/** float32 against float64 through a few small layers. */
export const SINGLE_PRECISION = 2e-5;
