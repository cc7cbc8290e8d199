import type { ShapedArray } from '../core/array.js';
import type { Engine } from '../engine/engine.js';
import { keepPrograms } from '../model/programs.js';
import { arrange, type Bank } from './banks.js';
import type { Objective } from './objective.js';
import { objectiveOf } from './objectives.js';
import type { RunSpec } from './run-spec.js';
import { gradientGraph } from './step.js';

/** What one shard of a batch says: its loss and its gradients, a flat or stacked array a bank. */
export interface ShardResult {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, ShapedArray>>;
}

/**
 * Computes the gradients of all shards of a step. Sharding belongs to the spec: how many threads there are changes the
 * speed and not the numbers.
 */
export interface Shards {
  /** @param parameters a bank's array by `parameters/<bank>` */
  gradients(step: number, parameters: Readonly<Record<string, ShapedArray>>): Promise<ShardResult[]>;
  close(): Promise<void>;
}

export const banksOf = (spec: RunSpec): Bank[] => arrange(objectiveOf(spec).shapes);

/**
 * One shard after the other on the calling thread. Nothing is sampled ahead: ONNX Runtime computes on the thread that calls
 * it, so that there would be nothing to do meanwhile.
 * @param sampler gives the feeds in place of the spec's own
 */
export function localShards(spec: RunSpec, engine: Engine, sampler?: Objective['sampler']): Shards {
  const workers = Array.from({ length: spec.shards }, (_, shard) =>
    shardWorker(spec, shard, engine, sampler?.(shard)),
  );
  return {
    gradients: async (step, parameters) => {
      const results: ShardResult[] = [];
      for (const worker of workers) results.push(await worker.gradients(step, parameters));
      return results;
    },
    close: async () => {
      for (const worker of workers) await worker.close();
    },
  };
}

/** Samples one shard and computes its gradients. */
export interface ShardWorker {
  /** @throws IcicleError where the step cannot be sampled, if only `prepare` tried; as the engine does */
  gradients(step: number, parameters: Readonly<Record<string, ShapedArray>>): Promise<ShardResult>;
  /** Begins to sample a step now, while somebody else computes. What goes wrong is thrown when the step is asked for. */
  prepare(step: number): void;
  close(): Promise<void>;
}

export function shardWorker(
  spec: RunSpec,
  shard: number,
  engine: Engine,
  sample: ReturnType<Objective['sampler']> = objectiveOf(spec).sampler(shard),
): ShardWorker {
  const objective = objectiveOf(spec);
  const banks = banksOf(spec);
  let ahead: { step: number; feeds: ReturnType<typeof sample> } | undefined;
  const programs = keepPrograms(objective.layouts, (shapes: string) =>
    engine.compile(gradientGraph(objective, banks, JSON.parse(shapes))),
  );
  return {
    gradients: async (step, parameters) => {
      const feeds = await (ahead?.step === step ? ahead.feeds : sample(step));
      const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
      const { loss, ...gradients } = await programs.use(JSON.stringify(shapes), (program) =>
        program.run({ ...feeds, ...parameters }),
      );
      return { loss: loss!.data[0]!, gradients };
    },
    prepare: (step) => {
      if (step > spec.steps) return;
      const feeds = sample(step);
      feeds.catch(() => undefined); // Whoever asks for the step is told.
      ahead = { step, feeds };
    },
    close: programs.release,
  };
}
