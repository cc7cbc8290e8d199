import { IcicleError, invalid, missing } from '../core/errors.js';

/** Vectors as encoders give them: an array for each input, or all of them row after row with their shape [n,width]. */
export type Vectors =
  | readonly ArrayLike<number>[]
  | { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** A frozen network as a function: the vectors of these inputs, in their order, all of one length. */
export type Encode<Input> = (inputs: readonly Input[]) => Vectors | Promise<Vectors>;

/** A frozen network in an ONNX file, which `attachOnnx` can put into one file with the layers. */
export interface OnnxEncoder<Input> {
  readonly encode: Encode<Input>;
  /** The bytes of its file. */
  readonly onnx: Uint8Array;
  /** Shape of one input. */
  readonly shape: readonly number[];
  release(): Promise<void>;
}

export type Encoder<Input> = Encode<Input> | OnnxEncoder<Input>;

/** Vectors in one array, [rows,width]. */
export interface Encoded {
  readonly rows: number;
  readonly width: number;
  readonly data: Float64Array;
}

/** The most numbers of one array: 2 GiB of float64. */
const LIMIT = 2 ** 28;

/** @throws IcicleError where an array of this size does not fit into memory */
export function checkSize(what: string, rows: number, columns: number): void {
  if (rows * columns > LIMIT)
    throw invalid(
      what,
      `${rows} × ${columns}`,
      `at most ${LIMIT} numbers (2 GiB) are held; give fewer examples, or an encoder of fewer dimensions`,
    );
}

/** @throws IcicleError where this is neither a function nor an encoder of a file */
export function checkEncoder(encoder: unknown): void {
  const encodes = (encoder as { encode?: unknown } | null | undefined)?.encode;
  if (typeof encoder !== 'function' && typeof encodes !== 'function')
    throw invalid(
      'encoder',
      encoder === null ? 'null' : `a ${typeof encoder}`,
      'give a function from inputs to vectors, or what openEncoder() gives',
    );
}

/** @throws IcicleError where this is no list, such as one text in place of several */
export function checkList(what: string, given: unknown): void {
  const list = Array.isArray(given) || (ArrayBuffer.isView(given) && 'length' in given);
  const shown = typeof given === 'object' && given !== null ? 'an object' : given;
  if (!list) throw invalid(what, shown, 'give a list, even of one');
}

/**
 * The encoder's vectors of inputs, checked.
 * @param width how long vectors must be, where that is known
 * @throws IcicleError where a number is missing, not finite, or a vector has another length than the others
 */
export async function encode<Input>(
  encoder: Encoder<Input>,
  inputs: readonly Input[],
  width?: number,
): Promise<Encoded> {
  if (inputs.length === 0) return { rows: 0, width: width ?? 0, data: new Float64Array(0) };
  const run = typeof encoder === 'function' ? encoder : encoder.encode;
  const vectors: unknown = await run(inputs);
  if (!isVectors(vectors))
    throw new IcicleError(
      `the encoder gave ${nameOf(vectors)}; it must give an array of vectors, one for each input, or { shape, data }`,
    );
  const found = 'shape' in vectors ? fromShape(vectors, inputs.length) : fromRows(vectors, inputs.length);
  if (width !== undefined && found.width !== width)
    throw new IcicleError(
      `the encoder changed the size of its output: ${found.width} numbers an input now, ${width} before; a frozen encoder gives vectors of one size`,
    );
  if (found.width === 0) throw missing('numbers of the encoder', 'it gave vectors of no numbers');
  const wrong = found.data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new IcicleError(
      `the encoder's output is not finite: number ${wrong % found.width} of input ${Math.floor(wrong / found.width)} is ${found.data[wrong]}; check the input and the encoder`,
    );
  return found;
}

/** Inner products of vectors of smaller or larger numbers have squares that are not in float64. */
const [TINY, HUGE] = [1e-70, 1e70];

/** @throws IcicleError where the largest number of all examples is too small to compute with, unless it is 0 */
export function checkNotTiny(data: Float64Array): void {
  const largest = largestOf(data);
  if (largest === 0 || largest >= TINY) return;
  throw new IcicleError(
    `the encoder's output is too small: at most ${largest}, and the fourth power of ${TINY.toExponential(0)} is about where float64 ends; scale the vectors, or bring them to length 1 with the option unit`,
  );
}

const largestOf = (data: Float64Array): number =>
  data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @throws IcicleError where numbers are too large to compute with */
export function checkMagnitude(data: Float64Array): Float64Array {
  const largest = largestOf(data);
  if (largest <= HUGE) return data;
  throw new IcicleError(
    `the encoder's output is too large: up to ${largest}, and float64 ends at the fourth power of ${HUGE.toExponential(0)}; scale the vectors, or bring them to length 1 with the option unit`,
  );
}

function isVectors(given: unknown): given is Vectors {
  if (Array.isArray(given)) return true;
  const { shape, data } = (given ?? {}) as { shape?: unknown; data?: { length?: unknown } | null };
  return Array.isArray(shape) && typeof data?.length === 'number';
}

/** What something is, in a message. */
function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (typeof (value as { then?: unknown }).then === 'function') return 'a promise';
  return ArrayBuffer.isView(value) ? 'one flat array of numbers' : 'an object';
}

function fromShape(
  { shape, data }: { readonly shape: readonly number[]; readonly data: ArrayLike<number> },
  rows: number,
): Encoded {
  const [first, width] = shape;
  if (shape.length !== 2 || first !== rows || data.length !== rows * width!)
    throw new IcicleError(
      `the encoder gave an array [${shape}] of ${data.length} numbers for ${rows} inputs; it must be [${rows},width]`,
    );
  checkSize("the encoder's output", rows, width!);
  return { rows, width: width!, data: Float64Array.from(data) };
}

function fromRows(vectors: readonly ArrayLike<number>[], rows: number): Encoded {
  if (vectors.length !== rows)
    throw new IcicleError(`the encoder gave ${vectors.length} vectors for ${rows} inputs; give one for each`);
  for (const [row, vector] of (vectors as readonly unknown[]).entries())
    if (typeof vector !== 'object' || typeof (vector as { length?: unknown } | null)?.length !== 'number') {
      const hint = nameOf(vector) === 'a promise' ? '; wait for all of them with Promise.all' : '';
      throw new IcicleError(
        `the encoder gave ${nameOf(vector)} for input ${row} where a vector must be; give an array of numbers for each input${hint}`,
      );
    }
  const width = vectors[0]!.length;
  checkSize("the encoder's output", rows, width);
  const data = new Float64Array(rows * width);
  for (const [row, vector] of vectors.entries()) {
    if (vector.length !== width)
      throw new IcicleError(
        `the encoder changed the size of its output: ${vector.length} numbers for input ${row}, ${width} for the first; a frozen encoder gives vectors of one size`,
      );
    data.set(vector, row * width);
  }
  return { rows, width, data };
}
