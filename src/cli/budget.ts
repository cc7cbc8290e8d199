import type { Engine } from '../engine/engine.js';
import { nodeEngine } from '../engine/node.js';
import { countParameters } from '../model/parameters.js';
import { train } from '../train/loop.js';
import { localShards } from '../train/shards.js';
import type { TrainSpec } from '../train/spec.js';
import type { World } from './world.js';

/** Products in a step: what a step costs beside others. */
export const stepWork = (spec: TrainSpec): number =>
  countParameters(spec.model) * spec.model.points * spec.episodes;

/** Steps that are timed, after one that is not. */
const TIMED = 3;

/**
 * How long runs of one thread would take, from timed steps of the cheapest and the dearest: a step costs something for
 * itself and something for each product.
 * @returns milliseconds on one core
 */
export async function estimateTime(specs: readonly TrainSpec[], world: World): Promise<number> {
  const [cheapest, ...others] = [...specs].sort((a, b) => stepWork(a) - stepWork(b));
  if (cheapest === undefined) return 0;
  const dearest = others.at(-1) ?? cheapest;
  const engine = nodeEngine({ threads: 1 });
  const [least, most] = [await stepTime(cheapest, engine, world), await stepTime(dearest, engine, world)];
  const span = stepWork(dearest) - stepWork(cheapest);
  return specs.reduce((sum, spec) => {
    const along = span === 0 ? 0 : (stepWork(spec) - stepWork(cheapest)) / span;
    return sum + spec.steps * (least + along * (most - least));
  }, 0);
}

async function stepTime(spec: TrainSpec, engine: Engine, world: World): Promise<number> {
  const shards = localShards(spec, engine);
  let begin = 0;
  try {
    for await (const { step } of train({ ...spec, steps: TIMED + 1 }, { shards, engine }))
      if (step === 1) begin = world.now();
    return (world.now() - begin) / TIMED;
  } finally {
    await shards.close();
  }
}
