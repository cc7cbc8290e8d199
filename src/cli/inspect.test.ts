import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel } from '../model/model.js';
import { openModel, writeModel } from '../runs/model-folder.js';
import { captured } from './captured.test.helper.js';

const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
const place = (name: string) => join(folder, name);
const inspect = (...argv: string[]) => captured(['inspect', ...argv]);
beforeAll(async () => {
  const sizes = ['--dims', '2', '--examples', '2', '--verify', '1'];
  await captured(['compile', 'ridge', ...sizes, '-o', place('ridge')]);
  const { name, config, parameters, provenance, hash } = await openModel(place('ridge'));
  const { shape, data } = parameters['head.weight']!;
  const other = { ...parameters, 'head.weight': { shape, data: data.map((value) => 2 * value) } };
  await writeModel(place('other'), makeModel(name, config, other, provenance).files);
  await writeModel(
    place('trained'),
    makeModel(name, config, other, { ...provenance, kind: 'trained', spec: {} }).files,
  );
  const tuned = { ...provenance, kind: 'trained', spec: { from: hash } } as const;
  await writeModel(place('tuned'), makeModel(name, config, other, tuned).files);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('icicle inspect of a compiled model', () => {
  it('shows what its rows hold, layer by layer', async () => {
    const { code, out } = await inspect(place('ridge'));
    expect(code).toBe(0);
    expect(out).toMatch(/\nState at token 4, the question of point 2, in an episode .* with seed 1 /);
    expect(out).toMatch(/^– +prompt +– +1–2 +x\[0–1\] /m);
    expect(out).toMatch(/^4 +MLP +mul +\d+–\d+ +w\[0–1\] /m);
    expect(out).toMatch(
      /Asked for point 2, after 2 examples: -?\d.*; ridge:0\.5 in float64 says .*label is .*\.\n$/,
    );
  });

  it('says the same as one JSON document, at any token', async () => {
    const { out } = await inspect(place('ridge'), '--json', '--token', '3', '--seed', '2');
    const { state } = JSON.parse(out) as { state: Record<string, unknown> & { written: object[] } };
    expect(state).toMatchObject({ seed: 2, token: 3, holds: 'label', point: 1, learner: 'ridge:0.5' });
    expect(state.prediction).toBeCloseTo(state.textbook as number, 3);
    expect(state.written).toContainEqual(expect.objectContaining({ layer: 4, half: 'MLP', block: 'w' }));
  });

  it('names nothing where this version compiles other weights', async () => {
    const { code, out } = await inspect(place('other'));
    expect(code).toBe(0);
    expect(out).toMatch(/Its state has no names here: this version compiles other weights .*SHA-256/);
    expect(out).not.toMatch(/State at token/);
    const { state, why } = JSON.parse((await inspect(place('other'), '--json')).out);
    expect([state, why]).toEqual([null, expect.stringMatching(/^this version compiles other weights/)]);
  });

  it('shows of other models what they are', async () => {
    const { code, out } = await inspect(place('trained'));
    expect(code).toBe(0);
    expect(out).not.toMatch(/State/);
  });

  it('shows one that was trained from it by its names, beside what it was to hold', async () => {
    const { code, out } = await inspect(place('tuned'), '--compiled', place('ridge'), '--json');
    expect(code).toBe(0);
    const { state } = JSON.parse(out) as { state: { prediction: number; textbook: number } };
    // The head's weights are twice the compiled ones.
    expect(state.prediction).toBeCloseTo(2 * state.textbook, 3);
    const { out: text } = await inspect(place('tuned'), '--compiled', place('ridge'));
    expect(text).toMatch(/^4 +MLP +mul +\d+–\d+ +w\[0–1\] /m);
  });

  it.each([
    [['ridge', '--compiled', place('ridge')], /ridge-faithful began with its own program/],
    [['trained', '--compiled', place('ridge')], /ridge-faithful began with random weights/],
    [['tuned', '--compiled', place('other')], /began with a model of SHA-256/],
    [['tuned', '--compiled', place('trained')], /it is trained, not compiled/],
    [['ridge', '--token', '5'], /invalid --token: 5: a prompt of 2 examples has tokens 0 to 4/],
    [['trained', '--token', '1'], /--token is for compiled models/],
  ])('refuses %j', async ([model, ...flags], cause) => {
    const { code, out, err } = await inspect(place(model!), ...flags);
    expect(err).toMatch(cause);
    expect([code, out]).toEqual([2, '']);
  });
});
