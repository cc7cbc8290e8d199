import type { Episodes } from '../../core/episodes.js';
import { random } from '../../core/random.js';
import { slow } from '../../engine/slow.js';
import { parseLearner } from '../../learners/registry.js';
import { modelLearner } from '../../model/learner.js';
import { compile, familyOf } from '../compile.js';
import { answers, interpret } from '../interpret.js';
import type { CompileSpec } from './index.js';

/** What a program predicts on 20 fresh episodes: as written, compiled for float64, and by the textbook. */
export async function threeWays(spec: CompileSpec, textbook?: string) {
  const { program, layers, model, budget } = compile({ precision: 'float64', ...spec });
  const request = { episodes: 20, points: program.examples + 1, seed: 5 };
  const episodes: Episodes = familyOf(program).sample({ ...request, stream: random(5, 'programs') });
  const learner = modelLearner(model.name, model.config, model.parameters, slow);
  const compiled = (await learner.predict(episodes)).values;
  await learner.release();
  const expected = (await parseLearner(textbook ?? program.learner).predict(episodes)).values;
  return {
    episodes,
    written: answers(program, interpret(program, layers, episodes)),
    compiled,
    expected,
    budget,
  };
}

export const largest = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
