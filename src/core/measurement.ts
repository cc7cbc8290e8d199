/** One tidy row. Everything that can be said about learners is a table of these. */
export interface Measurement {
  readonly family: string;
  readonly learner: string;
  /** The learner that this one is compared with, for distances. */
  readonly reference?: string;
  /** Number of labelled examples in the context. */
  readonly examples: number;
  readonly metric: string;
  readonly value: number;
  /** 90 % interval, bootstrap over episodes. */
  readonly low: number;
  readonly high: number;
  readonly episodes: number;
  readonly seed: number;
  /** Hash of the spec that produced the row. */
  readonly spec: string;
}
