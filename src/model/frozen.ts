import { constant, type Graph, graph, input } from '../graph/tensor.js';
import type { TransformerConfig } from './config.js';
import { type Parameters, parameterShapes } from './parameters.js';
import { type Forward, forward } from './transformer.js';

/** The forward pass with the weights inside and the number of episodes open: x [E,K,D], y [E,K]. */
export function frozenForward(config: TransformerConfig, points: number, parameters: Parameters): Forward {
  const weights = Object.fromEntries(
    Object.keys(parameterShapes(config)).map((name) => {
      const { data, shape } = parameters[name]!;
      return [name, constant(data, shape)];
    }),
  );
  const x = input('x', ['episodes', points, config.inputs]);
  const y = input('y', ['episodes', points]);
  return forward(config, weights, x, y);
}

/** What a model predicts, as a graph: x [E,K,D], y [E,K] → predictions [E,K]. */
export function inferenceGraph(config: TransformerConfig, points: number, parameters: Parameters): Graph {
  return graph({ predictions: frozenForward(config, points, parameters).predictions });
}
