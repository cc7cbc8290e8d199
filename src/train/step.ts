import { clipByGlobalNorm } from '../graph/optimise/clip.js';
import type { Optimiser } from '../graph/optimise/optimiser.js';
import { gradients } from '../graph/gradients.js';
import { add, mul, reduceMean, square, sub } from '../graph/ops/index.js';
import { type Graph, graph, input, type Tensor } from '../graph/tensor.js';
import type { TransformerConfig } from '../model/config.js';
import { forward } from '../model/transformer.js';
import { type Bank, bankOf, membersOf } from './banks.js';

/** A bank of parameters with the rule that updates it. */
export interface Group {
  readonly bank: Bank;
  readonly optimiser: Optimiser;
}

export interface StepOptions {
  readonly config: TransformerConfig;
  readonly groups: readonly Group[];
  readonly episodes: number;
  readonly points: number;
  /** Largest global norm of the gradients; absent: not clipped. */
  readonly clip?: number;
  /** Decay of the running average of the parameters; absent: none is kept. */
  readonly average?: number;
}

/** The arrays that live from step to step, by name: `parameters/…`, `average/…`, `<slot>/…` for each bank. */
export function stateShapes(groups: readonly Group[], average: boolean): Record<string, readonly number[]> {
  return Object.fromEntries(
    groups.flatMap(({ bank, optimiser }) =>
      ['parameters', ...(average ? ['average'] : []), ...optimiser.slots].map((slot) => [`${slot}/${bank.name}`, bank.shape]),
    ),
  );
}

/** The output that holds what a state array becomes. */
export const next = (name: string): string => `next/${name}`;

/**
 * One training step as one graph: forward, squared error, gradients, clipping, update.
 * Inputs: x [E,K,D], y [E,K], target [E,K], the state, `rate/<bank>` and each optimiser's scalars `<scalar>/<bank>`.
 * Outputs: the new state as `next/…`, `loss` and `gradientNorm`.
 */
export function trainingStep({ config, groups, episodes, points, clip, average }: StepOptions): Graph {
  const x = input('x', [episodes, points, config.inputs]);
  const y = input('y', [episodes, points]);
  const target = input('target', [episodes, points]);
  const banks = groups.map(({ bank }) => input(`parameters/${bank.name}`, bank.shape));
  const parameters: Record<string, Tensor> = Object.assign({}, ...groups.map(({ bank }, i) => membersOf(bank, banks[i]!)));

  const { predictions } = forward(config, parameters, x, y);
  const loss = reduceMean(square(sub(predictions, target)));

  const names = Object.keys(parameters);
  const slopes = gradients(
    loss,
    names.map((name) => parameters[name]!),
  );
  const byName = Object.fromEntries(names.map((name, i) => [name, slopes[i]!]));
  const { gradients: clipped, norm } = clipByGlobalNorm(
    groups.map(({ bank }) => bankOf(bank, byName)),
    clip ?? Number.POSITIVE_INFINITY,
  );

  const outputs: Record<string, Tensor> = { loss, gradientNorm: norm };
  groups.forEach(({ bank, optimiser }, i) => {
    const named = (name: string, shape: readonly number[]) => input(`${name}/${bank.name}`, shape);
    const { parameter, state } = optimiser.update({
      parameter: banks[i]!,
      gradient: clipped[i]!,
      state: Object.fromEntries(optimiser.slots.map((slot) => [slot, named(slot, bank.shape)])),
      rate: named('rate', []),
      scalars: Object.fromEntries(Object.keys(optimiser.scalars(1)).map((scalar) => [scalar, named(scalar, [])])),
    });
    outputs[next(`parameters/${bank.name}`)] = parameter;
    for (const slot of optimiser.slots) outputs[next(`${slot}/${bank.name}`)] = state[slot]!;
    if (average !== undefined) {
      const before = named('average', bank.shape);
      outputs[next(`average/${bank.name}`)] = add(before, mul(sub(parameter, before), 1 - average));
    }
  });
  return graph(outputs);
}

/** What changes in every step besides the batch: rates and the optimisers' scalars, as inputs of the graph. */
export function stepScalars(groups: readonly Group[], rate: (group: Group) => number, step: number) {
  const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  return Object.fromEntries(
    groups.flatMap((group) => [
      [`rate/${group.bank.name}`, scalar(rate(group))],
      ...Object.entries(group.optimiser.scalars(step)).map(([name, value]) => [`${name}/${group.bank.name}`, scalar(value)]),
    ]),
  );
}
