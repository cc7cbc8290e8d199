import { evaluate } from '../graph/evaluate.js';
import type { Engine } from './engine.js';

/** The slow float64 evaluator as an engine: the oracle for the others, in plain TypeScript, without any library. */
export const slow: Engine = {
  name: 'slow',
  precision: 'float64',
  compile: async (graph) => ({
    run: async (feeds) =>
      evaluate(
        graph,
        Object.fromEntries(
          Object.entries(feeds).map(([name, { shape, data }]) => [
            name,
            { shape, data: Float64Array.from(data) },
          ]),
        ),
      ),
    release: async () => {},
  }),
};
