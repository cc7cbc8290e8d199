import type { ShapedArray } from '../core/array.js';
import type { Graph } from '../graph/tensor.js';

/** Runs graphs on some device. The narrow interface that everything above the engine sees. */
export interface Engine {
  readonly name: string;
  /** Float type of what goes in and comes out. */
  readonly precision: 'float32' | 'float64';
  /**
   * Makes a graph ready to run.
   * @throws IcicleError where the device is not there or cannot run the graph
   */
  compile(graph: Graph): Promise<Program>;
}

/** A graph made ready to run. Holds memory until it is released. */
export interface Program {
  /**
   * Runs the graph once: arrays by input name in, arrays by output name out. What comes out belongs to the caller and may
   * be fed back as it is.
   * @throws IcicleError where an input is missing or does not fit the graph
   */
  run(feeds: Readonly<Record<string, ShapedArray>>): Promise<Record<string, ShapedArray>>;
  release(): Promise<void>;
}
