import { type Program, program } from '../program.js';
import { identity } from '../sparse.js';
import { pairedInputs } from './examples.js';
import type { RidgeOptions } from './ridge.js';

/**
 * Ridge regression as one mesa layer behind the layer that pairs each x with its label: keys x, values y, query x (von Oswald
 * et al., arXiv 2309.05858, §3).
 */
export const mesa = ({ inputs, examples, lambda }: RidgeOptions): Program =>
  program({ name: 'mesa', inputs, examples, learner: `ridge:${lambda}` }, (writer) => {
    const { x, y, block, attend } = writer;
    const paired = pairedInputs(writer, inputs);
    const answer = block('wᵀx', 1);
    const all = identity(inputs);
    attend(
      answer,
      { block: y, matrix: identity(1) },
      {
        query: [{ block: x, matrix: all }],
        key: [{ block: paired, matrix: all }],
        score: { solved: lambda },
      },
    );
    return answer;
  });
