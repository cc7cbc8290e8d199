import type { Learner } from '../../core/episodes.js';
import type { Cell, Column } from '../../report/table.js';
import { parseTrainSpec, type TrainSpec } from '../../train/spec.js';

/** How far what was found bears a claim out. */
export type Support = 'supported' | 'supported in part' | 'not supported';

/** A table of a finding. */
export interface FindingTable {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a claim's runs came to. */
export interface Finding {
  readonly support: Support;
  /** What this run got, in a sentence or two with its numbers. */
  readonly got: string;
  /** Sizes of the models and of what they were trained on. */
  readonly size: string;
  readonly tables: readonly FindingTable[];
  /** What a reader should know besides, such as where the paper disagrees with itself. */
  readonly notes: readonly string[];
}

/**
 * A claim of a paper, held against models that are trained here: which ones, what is measured of each, and what the
 * measurements come to. `M` is what is measured of one model.
 */
export interface Claim<M = unknown> {
  readonly id: string;
  readonly title: string;
  /** Paper and place. */
  readonly source: string;
  readonly says: string;
  /** What this run must find to support the claim; part of it, to support that. */
  readonly criterion: string;
  readonly plans: readonly TrainSpec[];
  measure(learner: Learner, spec: TrainSpec): Promise<M>;
  /** @param measured in the order of the plans */
  conclude(measured: readonly M[]): Finding;
  /** What was found, as an SVG. */
  figure?(measured: readonly M[], options: FigureOptions): string;
}

export interface FigureOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly version: string;
}

/** Seed of every measurement of the ledger. */
export const SEED = 11;

export interface RegressionOptions {
  /** d */
  readonly inputs: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly steps: number;
  /** σ */
  readonly noise?: number;
  /** τ */
  readonly scale?: number;
}

/** Linear regression over 2d + 1 points in the paper's tokens, on one thread, so that a core is one run. */
export const regression = ({ inputs, steps, noise = 0, scale = 1, ...size }: RegressionOptions): TrainSpec =>
  parseTrainSpec({
    name: `reproduce-${inputs}`,
    family: { family: 'linear', inputs, noise, scale },
    model: { inputs, points: 2 * inputs + 1, ...size },
    rates: { adam: 3e-3 },
    weighting: 0.3,
    shards: 1,
    steps,
    evaluation: { every: Math.ceil(steps / 4) },
  });

/** `8 layers, width 48, 4 heads` */
export const sizeOf = ({ model: { layers, width, heads } }: TrainSpec): string =>
  `${layers} ${layers === 1 ? 'layer' : 'layers'}, width ${width}, ${heads} ${heads === 1 ? 'head' : 'heads'}`;

/** `8,000 steps of 64 prompts` */
export const trainingOf = ({ steps, episodes }: TrainSpec): string =>
  `${steps.toLocaleString('en')} steps of ${episodes} prompts`;
