import type { Episodes } from '../../core/episodes.js';
import { random } from '../../core/random.js';
import { slow } from '../../engine/slow.js';
import { parseLearner } from '../../learners/registry.js';
import { modelLearner } from '../../model/learner.js';
import { compile, familyOf } from '../compile.js';
import { answers, interpret } from '../interpret.js';
import { schedule } from '../passes/schedule.js';
import type { Program } from '../program.js';
import { type CompileSpec, programOf } from './index.js';

/** Fresh episodes of the family that a program is for. */
function fresh(program: Program): Episodes {
  const request = { episodes: 20, points: program.examples + 1, seed: 5 };
  return familyOf(program).sample({ ...request, stream: random(5, 'programs') });
}

/** What a program predicts on 20 fresh episodes: as written, and by the textbook. */
export async function asWritten(spec: CompileSpec, textbook?: string) {
  const { program } = programOf(spec);
  const episodes = fresh(program);
  const expected = (await parseLearner(textbook ?? program.learner).predict(episodes)).values;
  return { episodes, written: answers(program, interpret(program, schedule(program), episodes)), expected };
}

/** The same, and compiled for float64. */
export async function threeWays(spec: CompileSpec, tolerance = 1e-6) {
  const { model } = compile({ precision: 'float64', ...spec }, { tolerance });
  const ways = await asWritten(spec);
  const learner = modelLearner(model.name, model.config, model.parameters, slow);
  const compiled = (await learner.predict(ways.episodes)).values;
  await learner.release();
  return { ...ways, compiled };
}

export const largest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
