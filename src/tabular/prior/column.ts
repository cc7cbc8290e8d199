/** A column while a table is made, [R]: numbers where `levels` is 0, else codes 0…levels−1. NaN: missing. */
export interface Column {
  values: Float64Array;
  levels: number;
}

export const numeric = (values: Float64Array): Column => ({ values, levels: 0 });
