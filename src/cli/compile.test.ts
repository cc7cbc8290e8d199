import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../compile/index.js';
import { random } from '../core/random.js';
import { parseLearner } from '../learners/index.js';
import { parseFamily } from '../tasks/index.js';
import { captured } from './captured.test.helper.js';
import { openFrozen } from './frozen.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-compile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const compile = (...words: string[]) =>
  captured(['compile', ...words, '--dims', '2', '--examples', '2', '--verify', '4']);

describe('icicle compile', () => {
  it('tells layers, rows and errors in both precisions', async () => {
    const { code, out } = await compile('ridge');
    expect(code).toBe(0);
    expect(out).toContain('ridge:0.5 as a transformer for the target "faithful"');
    expect(out).toMatch(/10 layers, width 24, 2 heads of \d+, 72 hidden units; 2 inputs, up to 2 examples/);
    expect(out).toMatch(/1–2 +x\n/);
    expect(out).toContain('N, −N and 0, which lead LayerNorm');
    for (const precision of ['float32', 'float64']) expect(out).toMatch(new RegExp(`\\n${precision} +\\d`));
  });

  it('says the same as one JSON document', async () => {
    const { out } = await compile('sgd', '--json');
    const { learner, target, layers, precisions } = JSON.parse(out);
    expect({ learner, target, layers }).toEqual({ learner: 'sgd:0.03', target: 'faithful', layers: 6 });
    const [single, double] = precisions;
    expect(single.measured.largest).toBeLessThan(1e-4);
    expect(double.measured.largest).toBeLessThan(1e-11);
  });

  it('makes scales for the numbers of a family, and holds it against the textbook on them', async () => {
    const far = [
      '--family',
      '{"family": "scaled-inputs", "by": 30, "of": "linear"}',
      '--precision',
      'float64',
    ];
    const { out } = await compile('ridge', ...far, '--json');
    const { spec, precisions } = JSON.parse(out);
    expect(spec.family).toEqual({
      family: 'scaled-inputs',
      by: 30,
      of: expect.objectContaining({ inputs: 2 }),
    });
    const [{ measured, expected }] = precisions;
    expect(measured.largest).toBeLessThan(expected);
    // What was made for N(0, I) is not for these.
    const model = join(folder, 'near');
    expect((await compile('ridge', '--precision', 'float64', '-o', model)).code).toBe(0);
    const { learner, close } = await openFrozen(model);
    const episodes = parseFamily(spec.family).sample({
      ...{ episodes: 4, points: 3, seed: 9 },
      stream: random(9),
    });
    const { largest } = await verify(learner, parseLearner('ridge:0.5'), episodes);
    await close();
    expect(largest).toBeGreaterThan(10 * measured.largest);
  });

  it('options alone are those of the program’s own family', async () => {
    const { spec } = JSON.parse((await compile('logistic', '--set', 'labels=logistic', '--json')).out);
    expect(spec.family).toMatchObject({ family: 'linear-classification', labels: 'logistic', inputs: 2 });
    const named = JSON.parse((await compile('ridge', '--scale', '2', '--json')).out).spec.family;
    expect(named).toMatchObject({ family: 'linear', scale: 2 });
  });

  it('Newton’s iteration begins by the eigenvalues of the family’s prompts', async () => {
    const far = ['--family', '{"family": "scaled-inputs", "by": 3, "of": "linear"}', '--tolerance', '1'];
    const [{ measured }] = JSON.parse((await compile('newton', ...far, '--json')).out).precisions;
    expect(measured.largest).toBeLessThan(0.05);
  });

  it.each([
    [['ridge', '--set', 'inputs=3'], 'the program has 2; leave them out'],
    [['ridge', '--family', 'quadratic', '--noise', '1'], 'unknown key "noise"'],
    [['ridge', '--family', '{"noise": 1}'], 'name one in the spec'],
    [['ridge', '--family', '{"family": "scaled-inputs", "by": 1e200, "of": "linear"}'], 'beyond 1e'],
    [['logistic', '--family', 'linear'], 'takes labels −1 and 1'],
  ])('refuses a family that does not fit: %j', async (words, said) => {
    expect((await compile(...words)).err).toContain(said);
  });

  it('writes an ONNX file that a runtime opens and that predicts', async () => {
    const path = join(folder, 'mesa.onnx');
    expect((await compile('mesa', '-o', path)).code).toBe(0);
    const session = await InferenceSession.create(path);
    // Twice the example (1, 0) → 1: ridge with λ = 0.5 has w = (2/2.5, 0).
    const x = new Tensor('float32', [1, 0, 1, 0, 1, 5], [1, 3, 2]);
    const { predictions } = await session.run({ x, y: new Tensor('float32', [1, 1, 0], [1, 3]) });
    expect((predictions!.data as Float32Array)[2]).toBeCloseTo(0.8, 5);
    await session.release();
  });

  it('is identified as what it was compiled from, with that among the candidates', async () => {
    const model = join(folder, 'identified');
    expect((await compile('ridge', '--lambda', '0.3', '-o', model)).code).toBe(0);
    const asked = ['identify', model, '--dims', '2', '--episodes', '32', '--examples', '2'];
    const { out } = await captured(asked, { openModel: openFrozen });
    expect(out).toMatch(
      /^Over 1…2 examples ridge-faithful predicts most like ridge:0\.3: SPD ÷ d is \d\.\d+e-/,
    );
    expect(out).toMatch(/\nridge:0\.1 /);
    // What takes other labels than numbers is no candidate for a model that is asked about numbers.
    const classes = join(folder, 'classes');
    expect((await compile('logistic', '-o', classes)).code).toBe(0);
    const numbers = ['identify', classes, '--dims', '2', '--episodes', '16', '--examples', '2'];
    const asNumbers = await captured(numbers, { openModel: openFrozen });
    expect([asNumbers.code, asNumbers.err]).toEqual([0, expect.not.stringContaining('unsupported label')]);
  });

  it('writes weights of float64 as a model without an ONNX file, from which training does not begin', async () => {
    const model = join(folder, 'double');
    expect((await compile('gd', '--precision', 'float64', '-o', model)).code).toBe(0);
    expect((await readdir(model)).sort()).toEqual(['model.json', 'model.safetensors']);
    const exported = await captured(['export', model, '-o', join(folder, 'double.onnx')]);
    expect(exported.code).toBe(2);
    expect(exported.err).toContain('its weights are float64; compile it again with --precision float32');
    const spec = ['paper-5', '--set', 'steps=1', '--set', 'family.inputs=2', '--runs', join(folder, 'runs')];
    const trained = await captured(['train', ...spec, '--from', model, '--one-thread']);
    expect(trained.code).toBe(2);
    expect(trained.err).toContain('its weights are float64, and training is in float32');
  });

  it('explains the program and every pass, or a weight by the names of its rows', async () => {
    const { out } = await compile('ridge', '--explain');
    expect(out).toMatch(/MLP +mul +A⁻¹x0 +A⁻¹ · x0 \(4 products\)/);
    expect(out).toMatch(/MLP +div +k0 +A⁻¹x0 \/ \|x0ᵀA⁻¹x0 \+ 1\|/);
    expect(out).toContain('State in each layer');
    const head = await compile('ridge', '--explain', 'head.weight');
    expect(head.out).toMatch(/\nwᵀx +0 +\d/);
    const embedding = await compile('ridge', '--explain', 'embed.weight');
    expect(embedding.out).toMatch(/\n0 +y +\d/);
    expect(embedding.out).toMatch(/\n1 +x\[0\] +\d/);
  });

  it.each([
    [['rigde'], 'unknown program "rigde": did you mean "ridge"?'],
    [['ridge', '--target', 'linear'], 'divides, which needs LayerNorm: the target "faithful" has it'],
    [['gd', '--rate', '0'], 'rate: must be greater than 0'],
    [['mesa', '--rate', '1'], 'invalid rate: 1: the program mesa has none; it takes lambda'],
    [['ridge', '--explain', 'haed.weight'], 'unknown weight "haed.weight": did you mean "head.weight"?'],
    [['ridge', '--explain', 'head.weight', '--json'], 'leave -o and --json away'],
    [['ridge', '--precision', 'float64', '-o', 'x.onnx'], 'ONNX Runtime computes in float32: name a folder'],
    [
      ['ridge', '--lambda', '1e-5'],
      'cannot be compiled for the target "faithful" in float32 to within 1.0e-2',
    ],
  ])('%j is wrong usage', async (words, said) => {
    const { code, err, out } = await compile(...words);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(out).toBe('');
  });

  it('leaves what is there where it cannot write', async () => {
    const { code, err } = await compile('gd', '-o', join(folder, 'no', 'such', 'gd.onnx'));
    expect(code).toBe(1);
    expect(err).toContain('cannot write');
    await expect(readFile(join(folder, 'no'))).rejects.toThrow('ENOENT');
  });
});
