import { gradients } from '../graph/gradients.js';
import { add, mul, sub } from '../graph/ops/index.js';
import { clipByGlobalNorm, globalNorm } from '../graph/optimise/clip.js';
import type { Optimiser } from '../graph/optimise/optimiser.js';
import { type Graph, graph, input, type Tensor } from '../graph/tensor.js';
import { type Bank, bankOf, membersOf } from './banks.js';
import type { Objective } from './objective.js';

// A training step is two graphs: gradients, run for each shard of the batch and on each core at once, and their update.

/** A bank of parameters with the rule that updates it. */
export interface Group {
  readonly bank: Bank;
  readonly optimiser: Optimiser;
  /** Peak learning rate. */
  readonly rate: number;
}

/**
 * The loss of one shard of a batch and its gradients.
 * Inputs: the feeds by name, `parameters/<bank>`. Outputs: loss, `gradients/<bank>`.
 * @param feeds the shapes of the objective's feeds
 */
export function gradientGraph(
  objective: Objective,
  banks: readonly Bank[],
  feeds: Readonly<Record<string, readonly number[]>>,
): Graph {
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, shape]) => [name, input(name, shape)]));
  const parameters: Record<string, Tensor> = Object.assign(
    {},
    ...banks.map((bank) => membersOf(bank, input(`parameters/${bank.name}`, bank.shape))),
  );
  const loss = objective.loss(inputs, parameters);
  const names = Object.keys(parameters);
  const slopes = gradients(
    loss,
    names.map((name) => parameters[name]!),
  );
  const byName = Object.fromEntries(names.map((name, i) => [name, slopes[i]!]));
  return graph({
    loss,
    ...Object.fromEntries(banks.map((bank) => [`gradients/${bank.name}`, bankOf(bank, byName)])),
  });
}

export interface UpdateOptions {
  readonly shards: number;
  /** Largest global norm of the gradients; absent: not clipped. */
  readonly clip?: number;
  /** Decay of the running average of the parameters; absent: none is kept. */
  readonly average?: number;
}

/** The arrays that live from step to step, by name: `parameters/…`, `average/…`, `<slot>/…` for each bank. */
export function stateShapes(groups: readonly Group[], average: boolean): Record<string, readonly number[]> {
  return Object.fromEntries(
    groups.flatMap(({ bank, optimiser }) =>
      ['parameters', ...(average ? ['average'] : []), ...optimiser.slots].map((slot) => [
        `${slot}/${bank.name}`,
        bank.shape,
      ]),
    ),
  );
}

/** The output that holds what a state array becomes. */
export const next = (name: string): string => `next/${name}`;
/** The input that holds a shard's gradients. */
export const shardOf = (shard: number, bank: Bank): string => `gradients/${shard}/${bank.name}`;

/**
 * From the shards' gradients to new parameters: mean, clipping, the optimisers, the running average.
 * Inputs: `gradients/<shard>/<bank>`, the state, `rate/<bank>` and each optimiser's scalars `<scalar>/<bank>`.
 * Outputs: the new state as `next/…`, `gradientNorm` before clipping, and `parameterNorm` of the new parameters.
 */
export function updateGraph(groups: readonly Group[], { shards, clip, average }: UpdateOptions): Graph {
  const means = groups.map(({ bank }) => {
    const each = Array.from({ length: shards }, (_, shard) => input(shardOf(shard, bank), bank.shape));
    return mul(
      each.reduce((a, b) => add(a, b)),
      1 / shards,
    );
  });
  const { gradients: clipped, norm } = clipByGlobalNorm(means, clip ?? Number.POSITIVE_INFINITY);
  const outputs: Record<string, Tensor> = { gradientNorm: norm };
  groups.forEach(({ bank, optimiser }, i) => {
    const named = (name: string, shape: readonly number[]) => input(`${name}/${bank.name}`, shape);
    const before = named('parameters', bank.shape);
    const { parameter, state } = optimiser.update({
      parameter: before,
      gradient: clip === undefined ? means[i]! : clipped[i]!,
      state: Object.fromEntries(optimiser.slots.map((slot) => [slot, named(slot, bank.shape)])),
      rate: named('rate', []),
      scalars: Object.fromEntries(
        Object.keys(optimiser.scalars(1)).map((scalar) => [scalar, named(scalar, [])]),
      ),
    });
    outputs[next(`parameters/${bank.name}`)] = parameter;
    for (const slot of optimiser.slots) outputs[next(`${slot}/${bank.name}`)] = state[slot]!;
    if (average !== undefined) {
      const mean = named('average', bank.shape);
      outputs[next(`average/${bank.name}`)] = add(mean, mul(sub(parameter, mean), 1 - average));
    }
  });
  outputs.parameterNorm = globalNorm(groups.map(({ bank }) => outputs[next(`parameters/${bank.name}`)]!));
  return graph(outputs);
}

/** What changes in every step besides the gradients: rates, as a share of their peaks, and the optimisers' scalars, as inputs of the update. */
export function stepScalars(groups: readonly Group[], share: number, step: number) {
  const scalar = (value: number) => ({ shape: [], data: Float64Array.of(value) });
  return Object.fromEntries(
    groups.flatMap(({ bank, optimiser, rate }) => [
      [`rate/${bank.name}`, scalar(share * rate)],
      ...Object.entries(optimiser.scalars(step)).map(([name, value]) => [
        `${name}/${bank.name}`,
        scalar(value),
      ]),
    ]),
  );
}
