/** What a column of a table holds: numbers, or one of `levels` categories with codes 0…levels−1. */
export type ColumnKind = { readonly kind: 'number' } | { readonly kind: 'category'; readonly levels: number };

/** What is asked: classes with codes 0…classes−1, each of which a labelled row has, or a number. One value a row, [R]. */
export type Target =
  | { readonly kind: 'classes'; readonly classes: number; readonly values: Int32Array }
  | { readonly kind: 'number'; readonly values: Float64Array };

export type TargetKind = Target['kind'];

/** Rows R, of which the first N are labelled, and columns C of a table. */
export interface TableSizes {
  readonly rows: number;
  readonly labelled: number;
  readonly columns: number;
}

/** A table that was drawn from the prior. Its rows are exchangeable but for the labels of the first N being known. */
export interface SyntheticTable extends TableSizes {
  /** Cells, [R,C], row-major: NaN where one is missing, a code in columns of categories. */
  readonly x: Float64Array;
  /** [C] */
  readonly kinds: readonly ColumnKind[];
  readonly target: Target;
  readonly provenance: Provenance;
}

/** Where a table comes from, to debug the prior with. */
export interface Provenance {
  readonly generator: string;
  /** Hyper-parameters that were drawn for this table, by name. */
  readonly drawn: Drawn;
  /** Whether the target was shuffled over the rows, so that nothing can be learned. */
  readonly unlearnable: boolean;
  /** 1 − squared error of the quick learner ÷ that of the constant, on rows that are not in the table. */
  readonly score: number;
  /** Tables drawn until this one: those before it could not be used, or not be learned by the quick learner. */
  readonly tries: number;
}

export type Drawn = Readonly<Record<string, number | string>>;
