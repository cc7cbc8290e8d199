import { usageError } from '../../core/errors.js';
import { given, type Program } from '../program.js';
import { inAttention, isGated, isScored, type Raw, type Read, readsOf } from '../raw.js';
import { height } from '../sparse.js';
import { can, type Target } from '../targets.js';

/**
 * Checks that a program can be compiled for a target.
 * @throws IcicleError (exit code 2) with all the reasons why it cannot
 */
export function validate(program: Program, target: Target): void {
  const reasons = [
    ...ofProgram(program),
    ...program.instructions.flatMap((raw, i) => ofInstruction(raw, i, program, target)),
  ];
  if (reasons.length > 0)
    throw usageError(
      `program "${program.name}" cannot be compiled for the target "${target.name}" (${target.about}): ${reasons.join('; ')}`,
    );
}

function ofProgram({ inputs, examples, blocks, instructions, output }: Program): string[] {
  const reasons: string[] = [];
  const whole = { 'number of inputs': inputs, 'number of examples': examples };
  for (const [what, value] of Object.entries(whole))
    if (!Number.isInteger(value) || value < 1)
      reasons.push(`its ${what} is ${value}: it must be a whole number from 1`);
  for (const [name, { size, initial }] of Object.entries(blocks)) {
    if (!Number.isInteger(size) || size < 1) reasons.push(`block "${name}" has size ${size}`);
    if (initial === undefined) {
      if (!given.includes(name) && !instructions.some(({ w }) => w === name))
        reasons.push(`nothing is ever in block "${name}"`);
      continue;
    }
    if (initial.length !== size)
      reasons.push(`block "${name}" of size ${size} begins with ${initial.length} numbers`);
    if (!initial.every(Number.isFinite))
      reasons.push(`block "${name}" begins with numbers that are not finite`);
  }
  if (blocks[output] === undefined) reasons.push(`there is no block "${output}" to predict from`);
  else if (blocks[output].size !== 1)
    reasons.push(`the prediction "${output}" has ${blocks[output].size} numbers, not 1`);
  return reasons;
}

function ofInstruction(raw: Raw, index: number, program: Program, target: Target): string[] {
  const { blocks, instructions } = program;
  const reasons: string[] = [];
  const say = (why: string) =>
    reasons.push(`instruction ${index + 1} (${raw.primitive} into "${raw.w}") ${why}`);
  const sizeOf = (block: string) => blocks[block]?.size;
  const written = (block: string) =>
    given.includes(block) ||
    blocks[block]?.initial !== undefined ||
    instructions.slice(0, index).some(({ w }) => w === block);

  for (const block of new Set([...readsOf(raw), raw.w]))
    if (sizeOf(block) === undefined) say(`names a block "${block}" that is not there`);
  for (const block of new Set(readsOf(raw)))
    if (sizeOf(block) !== undefined && !written(block)) say(`reads "${block}" before anything is in it`);
  if (given.includes(raw.w)) say('writes to the prompt itself');
  const scored = isScored(raw.tokens) ? raw.tokens : undefined;
  const gate = isGated(raw.tokens) ? raw.tokens.gate : undefined;
  const reads = [raw.r, raw.s, gate, ...(scored?.query ?? []), ...(scored?.key ?? [])].filter(
    (read): read is Read => read !== undefined,
  );
  for (const { block, matrix } of reads)
    if (matrix.some(([, column]) => column >= (sizeOf(block) ?? Number.POSITIVE_INFINITY)))
      say(`reads beyond the ${sizeOf(block)} numbers of "${block}"`);
  if (height(raw.out) > (sizeOf(raw.w) ?? Number.POSITIVE_INFINITY))
    say(`writes beyond the ${sizeOf(raw.w)} numbers of "${raw.w}"`);
  if (raw.bias !== undefined && raw.bias.length > (sizeOf(raw.w) ?? Number.POSITIVE_INFINITY))
    say(`adds ${raw.bias.length} constants to the ${sizeOf(raw.w)} numbers of "${raw.w}"`);
  if (
    raw.primitive === 'aff' &&
    raw.r !== undefined &&
    height(raw.r.matrix) > (sizeOf(raw.w) ?? Number.POSITIVE_INFINITY)
  )
    say(`has a matrix of ${height(raw.r.matrix)} rows for the ${sizeOf(raw.w)} numbers of "${raw.w}"`);
  const isPlace = (place: number) => Number.isInteger(place) && place >= 0;
  const entries = [...raw.out, ...reads.flatMap(({ matrix }) => matrix)];
  if (!entries.every(([to, from]) => isPlace(to) && isPlace(from)))
    say('has a place that is no whole number from 0');
  const numbers = entries.map(([, , value]) => value);
  if (![...numbers, ...(raw.bias ?? []), raw.plus ?? 0].every(Number.isFinite))
    say('has a number that is not finite');

  if (typeof raw.tokens === 'number') {
    if (!(raw.tokens >= 0 && raw.tokens < program.examples))
      say(`reads example ${raw.tokens + 1} of ${program.examples}`);
    if (raw.r !== undefined && !zeroAtQuestions(raw.r.block, program))
      say(`reads "${raw.r.block}" of an example, which is not zero at the questions’ tokens`);
  }
  if (
    raw.tokens === 'question' &&
    raw.r !== undefined &&
    target.layers.attention === 'softmax' &&
    !zeroAtLabels(raw.r.block, program)
  )
    say(
      `reads "${raw.r.block}" of the question before, which with softmax must be zero at the labels’ tokens, as "x" is`,
    );
  if (raw.together === true && !(inAttention(raw) && inAttention(instructions[index - 1]!)))
    say('is to happen at once with the instruction before it, which attention alone can do');
  if (raw.star === '⊙' && !can.multiply(target)) say('multiplies, which needs GELU');
  if (raw.star === '÷' && !can.divide(target))
    say('divides, which needs LayerNorm: the target "faithful" has it');
  if (gate !== undefined && target.layers.attention !== 'softmax')
    say('weighs by the logistic function, which needs softmax');
  if (scored !== undefined) {
    const needs = typeof scored.score === 'object' ? 'mesa' : scored.score === 'plain' ? 'linear' : 'relu';
    if (target.layers.attention !== needs) say(`sums over the examples with ${needs} attention`);
  }
  return reasons;
}

/** Whether only questions' tokens hold anything in a block: the inputs, and linear maps of them. */
function zeroAtLabels(block: string, { blocks, instructions }: Program): boolean {
  if (block === 'x') return true;
  if (given.includes(block) || blocks[block]?.initial?.some((value) => value !== 0)) return false;
  return instructions
    .filter(({ w }) => w === block)
    .every(
      ({ tokens, r, bias, star }) =>
        star === '+' && tokens === 'self' && bias === undefined && r?.block === 'x',
    );
}

/**
 * Whether only labels' tokens hold anything in a block: the label itself, what was copied to it from its question, and products
 * with such.
 */
function zeroAtQuestions(block: string, program: Program): boolean {
  const { blocks, instructions } = program;
  if (block === 'y') return true;
  if (given.includes(block) || blocks[block]?.initial?.some((value) => value !== 0)) return false;
  return instructions
    .filter(({ w }) => w === block)
    .every(
      ({ tokens, star, r, s, bias }) =>
        bias === undefined &&
        (tokens === 'question' ||
          (tokens === 'self' && r?.block === 'y') ||
          (star === '⊙' &&
            [r, s].some((read) => read!.block !== block && zeroAtQuestions(read!.block, program)))),
    );
}
