import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openOnnx } from '../engine/node.js';
import { constant, graph, input, ops, toOnnx } from '../graph/index.js';
import { temporaryFolder } from '../testing/repository.js';
import { captured } from './captured.test.helper.js';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const pixels = input('pixels', ['images', 2]);
writeFileSync(
  at('encoder.onnx'),
  toOnnx(graph({ vector: ops.tanh(ops.matmul(pixels, constant([1, 2, -1, 3], [2, 2]))) })),
);

writeFileSync(
  at('huge.onnx'),
  toOnnx(graph({ vector: ops.mul(ops.matmul(pixels, constant([1, 2, -1, 3], [2, 2])), 1e25) })),
);

const attach = (...more: string[]) =>
  captured(['attach', at('encoder.onnx'), '-o', at('learner.onnx'), ...more]);

it('writes one file that learns, and says how near it is to the textbook', async () => {
  const { out, code } = await attach();
  expect(code).toBe(0);
  expect(out).toMatch(
    / bytes, classes by logistic regression, λ leave-one-out; on 40 random examples it is within \d\.\de-\d/,
  );
  const program = await openOnnx(readFileSync(at('learner.onnx')));
  const { predictions } = await program.run({
    context: { shape: [4, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1, 0, 0.9) },
    labels: { shape: [4, 2], data: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1) },
    queries: { shape: [1, 2], data: Float32Array.of(0.95, 0.05) },
  });
  await program.release();
  expect(predictions!.data[0]).toBeGreaterThan(0.9);
});

it('--json is one document', async () => {
  const { out } = await attach('--task', 'numbers', '--lambda', '0.5', '--no-intercept', '--unit', '--json');
  const { bytes, lambda, deviation, intercept } = JSON.parse(out);
  expect(bytes).toBe(readFileSync(at('learner.onnx')).length);
  expect([lambda, intercept]).toEqual([0.5, false]);
  expect(deviation).toBeLessThan(1e-4);
});

it('says where the file is not what the library is', async () => {
  const { err, code } = await attach('--task', 'numbers', '--lambda', '1e-9', '--precision', 'float32');
  expect(code).toBe(0);
  expect((await attach('--task', 'numbers')).err).not.toContain('warning');
  expect(err).toContain('warning');
  const huge = ['attach', at('huge.onnx'), '-o', at('none.onnx')];
  const broken = await captured([...huge, '--precision', 'float32']);
  expect(broken.code).toBe(1);
  expect(broken.err).toContain('the file would predict no numbers (NaN)');
  expect(existsSync(at('none.onnx'))).toBe(false);
});

it('refuses what cannot be, and then writes nothing', async () => {
  for (const [argv, message] of [
    [[at('missing.onnx')], 'give the ONNX file of an encoder'],
    [[at('encoder.onnx'), '--lambda', 'small'], 'invalid --lambda: "small"'],
    [[at('encoder.onnx'), '--lambda', '0'], 'invalid --lambda: "0"'],
    [[at('encoder.onnx'), '--vector', 'vectors'], 'did you mean "vector"?'],
  ] as const) {
    const { code, err } = await captured(['attach', ...argv, '-o', at('none.onnx')]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  }
  const { err } = await captured(['attach', at('encoder.onnx'), '-o', at('learner')]);
  expect(err).toContain('it must end in .onnx');
  const over = await captured(['attach', at('encoder.onnx'), '-o', at('encoder.onnx')]);
  expect(over.err).toContain('it is the encoder itself');
  symlinkSync(at('encoder.onnx'), at('link.onnx'));
  const linked = await captured(['attach', at('link.onnx'), '-o', at('encoder.onnx')]);
  expect(linked.err).toContain('it is the encoder itself');
  expect(existsSync(at('none.onnx'))).toBe(false);
});
