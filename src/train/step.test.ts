import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ShapedArray, sizeOf } from '../core/array.js';
import { slow } from '../engine/slow.js';
import { adam } from '../graph/optimise/adam.js';
import { muon } from '../graph/optimise/muon.js';
import { transformerConfig } from '../model/config.js';
import { parameterShapes } from '../model/parameters.js';
import { fromSafetensors } from '../model/safetensors.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { arrange, empty } from './banks.js';
import { objectiveOf } from './objectives.js';
import { parseTrainSpec } from './spec.js';
import { gradientGraph, next, shardOf, stateShapes, stepScalars, updateGraph } from './step.js';

// PyTorch's float64 parameters after each of five steps: scripts/reference_models.py.
const folder = new URL('../../src/model/testdata/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.startsWith('optimiser-'));

describe.each(files)('%s', (file) => {
  const { tensors, metadata } = fromSafetensors(readFileSync(new URL(file, folder)));
  const { model, optimiser } = JSON.parse(metadata.config!);
  const config = transformerConfig.parse(model);
  const [beta1, beta2] = optimiser.betas;
  const banks = arrange(parameterShapes(config));
  const groups = banks.map((bank) =>
    bank.kind === 'stacked' && optimiser.muon !== undefined
      ? {
          bank,
          optimiser: muon({ momentum: optimiser.muon.momentum, iterations: optimiser.muon.iterations }),
          rate: optimiser.muon.rate,
        }
      : {
          bank,
          optimiser: adam({ beta1, beta2, epsilon: optimiser.epsilon, decay: optimiser.decay ?? 0 }),
          rate: optimiser.rate,
        },
  );
  const [episodes, points] = tensors['x/1']!.shape as [number, number];

  const family = { family: 'linear', inputs: config.inputs };
  const objective = objectiveOf(parseTrainSpec({ name: 'reference', family, model: config, steps: 1 }));
  const each = [episodes, points];
  const shapes = { x: [...each, config.inputs], y: each, target: each, weights: each };

  it('gives PyTorch’s parameters after every step', async () => {
    const clip = optimiser.clip?.norm;
    const gradient = await slow.compile(gradientGraph(objective, banks, shapes));
    const update = await slow.compile(
      updateGraph(groups, { shards: 1, ...(clip === undefined ? {} : { clip }) }),
    );
    let state: Record<string, ShapedArray> = Object.fromEntries(
      Object.entries(stateShapes(groups, false)).map(([name, shape]) => [
        name,
        { shape, data: new Float64Array(sizeOf(shape)) },
      ]),
    );
    for (const { bank } of groups) {
      const data = bank.members.flatMap(({ name }) => Array.from(tensors[`parameters/0/${name}`]!.data));
      state[`parameters/${bank.name}`] = { shape: bank.shape, data: Float64Array.from(data) };
    }
    for (let i = 1; tensors[`x/${i}`] !== undefined; i++) {
      const y = tensors[`y/${i}`]!;
      const weights = { shape: y.shape, data: new Float64Array(y.data.length).fill(1) };
      const parameters = Object.fromEntries(
        Object.entries(state).filter(([name]) => name.startsWith('parameters/')),
      );
      const { loss, ...slopes } = await gradient.run({
        x: tensors[`x/${i}`]!,
        y,
        target: y,
        weights,
        ...parameters,
      });
      const results = await update.run({
        ...Object.fromEntries(banks.map((bank) => [shardOf(0, bank), slopes[`gradients/${bank.name}`]!])),
        ...state,
        ...stepScalars(groups, 1, i),
      });
      state = Object.fromEntries(Object.keys(state).map((name) => [name, results[next(name)]!]));
      expect(relativeError(loss!.data, tensors[`loss/${i}`]!.data)).toBeLessThan(SAME_FORMULA);
      expect(relativeError(results.gradientNorm!.data, tensors[`norm/${i}`]!.data)).toBeLessThan(
        SAME_FORMULA,
      );
      for (const { bank } of groups)
        for (const [name, { data }] of Object.entries(empty(bank, state[`parameters/${bank.name}`]!))) {
          // A softmax does not change with the keys' bias: its gradient is rounding, which Adam blows up to full steps.
          if (name.endsWith('key.bias')) continue;
          expect(
            relativeError(data, tensors[`parameters/${i}/${name}`]!.data),
            `step ${i}, ${name}`,
          ).toBeLessThan(SAME_FORMULA);
        }
    }
  });
});
