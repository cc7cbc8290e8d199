import { type ShapedArray, sizeOf } from '../core/array.js';
import { IcicleError } from '../core/errors.js';
import type { Engine, Program } from '../engine/engine.js';
import { adam } from '../graph/optimise/adam.js';
import { muon } from '../graph/optimise/muon.js';
import { rateAt } from '../graph/optimise/schedule.js';
import type { Graph } from '../graph/tensor.js';
import { initialise, type Parameters, parameterShapes } from '../model/parameters.js';
import { arrange, empty, fill } from './banks.js';
import type { BatchSource } from './batches.js';
import { curriculumAt, type TrainSpec } from './spec.js';
import { type Group, next, stateShapes, stepScalars, trainingStep } from './step.js';

/** Everything that training carries from one step to the next: with it, a run goes on as if it had never stopped. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly arrays: Readonly<Record<string, ShapedArray>>;
}

export interface StepEvent {
  readonly step: number;
  /** Mean squared error on the step's batch, before its update. */
  readonly loss: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
  /** The state after the step. Nobody writes to it: it may be kept as it is. */
  readonly state: TrainingState;
}

export interface TrainOptions {
  readonly engine: Engine;
  readonly batches: BatchSource;
  /** Where to go on; from fresh parameters where absent. */
  readonly from?: TrainingState;
}

/**
 * Trains, one event a step. The caller decides what to do in between: evaluate, write a checkpoint, stop.
 * @throws IcicleError when the loss or the gradients stop being finite; the state of the event before is still good
 */
export async function* train(spec: TrainSpec, { engine, batches, from }: TrainOptions): AsyncGenerator<StepEvent> {
  const groups = groupsOf(spec);
  let state = from ?? freshState(spec);
  const names = Object.keys(state.arrays);
  let program: { points: number; program: Program } | undefined;
  try {
    for (let step = state.step + 1; step <= spec.steps; step++) {
      const { points } = curriculumAt(spec, step);
      if (program?.points !== points) {
        await program?.program.release();
        program = { points, program: await engine.compile(stepGraph(spec, points)) };
      }
      const { episodes, inputs, x, y, target } = await batches(step);
      const share = rateAt(spec.schedule, step, spec.steps);
      const results = await program.program.run({
        x: { shape: [episodes, points, inputs], data: x },
        y: { shape: [episodes, points], data: y },
        target: { shape: [episodes, points], data: target },
        ...state.arrays,
        ...stepScalars(groups, ({ bank }) => share * (bank.kind === 'stacked' ? spec.rates.muon : spec.rates.adam), step),
      });
      const loss = results.loss!.data[0]!;
      const gradientNorm = results.gradientNorm!.data[0]!;
      if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
        throw new IcicleError(
          `the ${Number.isFinite(loss) ? 'gradient norm' : 'loss'} became ${Number.isFinite(loss) ? gradientNorm : loss} at step ${step}: ` +
            'try lower rates (--set rates.adam=…, rates.muon=…), a longer warm-up or a smaller clip',
        );
      state = { step, arrays: Object.fromEntries(names.map((name) => [name, results[next(name)]!])) };
      yield { step, loss, gradientNorm, state };
    }
  } finally {
    await program?.program.release();
  }
}

/** The graph of one step of a run. */
export function stepGraph(spec: TrainSpec, points = spec.model.points): Graph {
  const { model: config, episodes, clip, average } = spec;
  return trainingStep({
    config,
    groups: groupsOf(spec),
    episodes,
    points,
    ...(clip === null ? {} : { clip }),
    ...(average === null ? {} : { average }),
  });
}

function groupsOf(spec: TrainSpec): Group[] {
  const banks = arrange(parameterShapes(spec.model), spec.optimiser === 'muon');
  return banks.map((bank) => ({ bank, optimiser: bank.kind === 'stacked' ? muon(spec.muon) : adam(spec.adam) }));
}

/** The state before the first step. */
export function freshState(spec: TrainSpec): TrainingState {
  const groups = groupsOf(spec);
  const parameters = initialise(spec.model, spec.seed, spec.initialisation);
  const arrays: Record<string, ShapedArray> = {};
  for (const [name, shape] of Object.entries(stateShapes(groups, spec.average !== null)))
    arrays[name] = { shape, data: new Float32Array(sizeOf(shape)) };
  for (const { bank } of groups)
    for (const slot of spec.average === null ? ['parameters'] : ['parameters', 'average'])
      arrays[`${slot}/${bank.name}`] = fill(bank, parameters);
  return { step: 0, arrays };
}

/** The parameters that a state stands for: the running average where one is kept. */
export function parametersOf(spec: TrainSpec, { arrays }: TrainingState): Parameters {
  const slot = spec.average === null ? 'parameters' : 'average';
  return Object.assign({}, ...groupsOf(spec).map(({ bank }) => empty(bank, arrays[`${slot}/${bank.name}`]!)));
}
