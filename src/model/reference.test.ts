import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ShapedArray } from '../core/array.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { gradients } from '../graph/gradients.js';
import { reduceMean, square, sub } from '../graph/ops/index.js';
import { graph, input } from '../graph/tensor.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA, SINGLE_PRECISION } from '../testing/tolerances.js';
import { transformerConfig } from './config.js';
import { parameterShapes } from './parameters.js';
import { fromSafetensors } from './safetensors.js';
import { forward } from './transformer.js';

// PyTorch's float64 predictions, loss, activations and gradients of small models: scripts/reference_models.py.
const folder = new URL('../../src/model/testdata/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.startsWith('model-'));

describe.each(files)('%s', (file) => {
  const { tensors, metadata } = fromSafetensors(readFileSync(new URL(file, folder)));
  const config = transformerConfig.parse(JSON.parse(metadata.config!));
  const shapes = parameterShapes(config);

  it('has the same parameters as PyTorch’s model', () => {
    const theirs = Object.keys(tensors).filter((name) => name.startsWith('parameters/'));
    expect(theirs.map((name) => name.slice('parameters/'.length)).sort()).toEqual(Object.keys(shapes).sort());
  });

  const names = Object.keys(shapes);
  const parameters = Object.fromEntries(names.map((name) => [name, input(name, shapes[name]!)]));
  const x = input('x', tensors.x!.shape);
  const y = input('y', tensors.y!.shape);
  const { predictions, activations } = forward(config, parameters, x, y);
  const loss = reduceMean(square(sub(predictions, y)));
  const slopes = gradients(
    loss,
    names.map((name) => parameters[name]!),
  );
  const kept = Object.keys(tensors).filter((name) => name.startsWith('activations/'));
  const computed = graph({
    predictions,
    loss,
    ...Object.fromEntries(names.map((name, i) => [`gradients/${name}`, slopes[i]!])),
    ...Object.fromEntries(kept.map((name) => [name, activations[name.slice('activations/'.length)]!])),
  });
  const feeds: Record<string, ShapedArray> = { x: tensors.x!, y: tensors.y! };
  for (const name of names) feeds[name] = tensors[`parameters/${name}`]!;

  it.each([
    [slow, SAME_FORMULA],
    [nodeEngine({ threads: 1 }), SINGLE_PRECISION],
  ])('gives PyTorch’s numbers on $name', async (engine, tolerance) => {
    const program = await engine.compile(computed);
    const results = await program.run(feeds);
    await program.release();
    for (const [name, result] of Object.entries(results)) {
      expect(result.shape, name).toEqual(tensors[name]!.shape);
      expect(relativeError(result.data, tensors[name]!.data), name).toBeLessThan(tolerance);
    }
  });
});
