import { type ShapedArray, sizeOf } from '../core/array.js';
import { IcicleError } from '../core/errors.js';
import type { Engine } from '../engine/engine.js';
import { adam } from '../graph/optimise/adam.js';
import { muon } from '../graph/optimise/muon.js';
import { rateAt } from '../graph/optimise/schedule.js';
import type { Graph } from '../graph/tensor.js';
import type { Parameters } from '../model/parameters.js';
import { empty, fill } from './banks.js';
import { objectiveOf } from './objectives.js';
import type { RunSpec } from './run-spec.js';
import { banksOf, type Shards } from './shards.js';
import { type Group, next, shardOf, stateShapes, stepScalars, updateGraph } from './step.js';

/** Everything that training carries from one step to the next: with it, a run goes on as if it had never stopped. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly arrays: Readonly<Record<string, ShapedArray>>;
}

export interface StepEvent {
  readonly step: number;
  /** Mean squared error on the step's batch (weighted as the spec says), before its update. */
  readonly loss: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
  /** The state after the step. Nobody writes to it: it may be kept as it is. */
  readonly state: TrainingState;
}

export interface TrainOptions {
  /** Computes gradients; closed by the caller. */
  readonly shards: Shards;
  /** Updates parameters. */
  readonly engine: Engine;
  /** Where to go on; from fresh parameters where absent. */
  readonly from?: TrainingState;
}

/**
 * Trains, one event a step. The caller decides what to do in between: evaluate, write a checkpoint, stop.
 * @throws IcicleError when the loss, the gradients or the new parameters stop being finite; the state of the event before
 * is still good
 */
export async function* train(
  spec: RunSpec,
  { shards, engine, from }: TrainOptions,
): AsyncGenerator<StepEvent> {
  const groups = groupsOf(spec);
  let state = from ?? freshState(spec);
  const names = Object.keys(state.arrays);
  const update = await engine.compile(stepUpdate(spec));
  try {
    for (let step = state.step + 1; step <= spec.steps; step++) {
      const { arrays } = state;
      const parameters = Object.fromEntries(
        names.filter((name) => name.startsWith('parameters/')).map((name) => [name, arrays[name]!]),
      );
      const results = await shards.gradients(step, parameters);
      const share = rateAt(spec.schedule, step, spec.steps);
      const updated = await update.run({
        ...Object.fromEntries(
          results.flatMap(({ gradients }, shard) =>
            groups.map(({ bank }) => [shardOf(shard, bank), gradients[`gradients/${bank.name}`]!]),
          ),
        ),
        ...arrays,
        ...stepScalars(groups, share, step),
      });
      const loss = results.reduce((sum, result) => sum + result.loss, 0) / results.length;
      const gradientNorm = updated.gradientNorm!.data[0]!;
      const checked = {
        loss,
        'norm of the gradients': gradientNorm,
        'norm of the new parameters': updated.parameterNorm!.data[0]!,
      };
      for (const [what, value] of Object.entries(checked))
        if (!Number.isFinite(value)) throw diverged(what, value, step);
      state = { step, arrays: Object.fromEntries(names.map((name) => [name, updated[next(name)]!])) };
      yield { step, loss, gradientNorm, state };
    }
  } finally {
    await update.release();
  }
}

function diverged(what: string, value: number, step: number): IcicleError {
  return new IcicleError(
    `the ${what} became ${value} at step ${step}: try lower rates (--set rates.adam=…, rates.muon=…), a longer warm-up or a smaller clip (--set clip=…)`,
  );
}

/** The graph that updates the parameters of a run. */
export function stepUpdate(spec: RunSpec): Graph {
  const { shards, clip, average } = spec;
  return updateGraph(groupsOf(spec), {
    shards,
    ...(clip === null ? {} : { clip }),
    ...(average === null ? {} : { average }),
  });
}

export function groupsOf(spec: RunSpec): Group[] {
  return banksOf(spec).map((bank) =>
    spec.optimiser === 'muon' && bank.kind === 'stacked'
      ? { bank, optimiser: muon(spec.muon), rate: spec.rates.muon }
      : { bank, optimiser: adam(spec.adam), rate: spec.rates.adam },
  );
}

/** The shapes of a run's state, by array. */
export const arrayShapes = (spec: RunSpec): Record<string, readonly number[]> =>
  stateShapes(groupsOf(spec), spec.average !== null);

/** The state before the first step: with fresh parameters, or with those of a model. */
export function freshState(spec: RunSpec, parameters: Parameters = objectiveOf(spec).fresh()): TrainingState {
  const groups = groupsOf(spec);
  const arrays: Record<string, ShapedArray> = {};
  for (const [name, shape] of Object.entries(arrayShapes(spec)))
    arrays[name] = { shape, data: new Float32Array(sizeOf(shape)) };
  for (const { bank } of groups)
    for (const slot of spec.average === null ? ['parameters'] : ['parameters', 'average'])
      arrays[`${slot}/${bank.name}`] = fill(bank, parameters);
  return { step: 0, arrays };
}

/** The parameters that a state stands for: the running average where one is kept. */
export function parametersOf(spec: RunSpec, { arrays }: TrainingState): Parameters {
  const slot = spec.average === null ? 'parameters' : 'average';
  return Object.assign({}, ...groupsOf(spec).map(({ bank }) => empty(bank, arrays[`${slot}/${bank.name}`]!)));
}
