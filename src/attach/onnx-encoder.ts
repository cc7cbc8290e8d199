import { sizeOf } from '../core/array.js';
import { invalid, unsupported } from '../core/errors.js';
import type { Program } from '../engine/engine.js';
import type { OnnxEncoder } from './encoder.js';
import { encoderAlone } from './merge.js';
import { dimsOf, type EncoderFileOptions, readEncoder, typeOf } from './onnx-file.js';

/** Inputs that the encoder reads at once, so that memory does not grow with their number. */
const BATCH = 256;
/** ONNX's number for float32. */
const FLOAT = 1;

/**
 * An ONNX file as an encoder of arrays of numbers, one array an input, row-major.
 * @param open makes the bytes of a file ready to run, such as `openOnnx` of `icicle/node`
 * @throws IcicleError where it is no encoder, or one of other inputs than one array of float32 of a fixed size
 */
export async function onnxEncoder(
  onnx: Uint8Array,
  open: (onnx: Uint8Array) => Promise<Program>,
  options: EncoderFileOptions = {},
): Promise<OnnxEncoder<ArrayLike<number>>> {
  const file = readEncoder(onnx, options);
  const [value, ...others] = file.inputs;
  const shape = value === undefined ? undefined : dimsOf(value)?.slice(1);
  if (
    value === undefined ||
    others.length > 0 ||
    typeOf(value) !== FLOAT ||
    !shape?.every((dim): dim is number => typeof dim === 'number')
  )
    throw unsupported(
      'encoder',
      file.inputs.map((input) => `${input.name} [${dimsOf(input)?.map((dim) => dim ?? '?')}]`).join(', '),
      'only one input of float32 whose axes but the first are fixed is run from an array; for others run the file yourself and give attach() a function',
    );
  const program = await open(encoderAlone(file));
  const size = sizeOf(shape);
  const run = async (inputs: readonly ArrayLike<number>[]) => {
    const data = new Float32Array(inputs.length * size);
    for (const [row, input] of inputs.entries()) {
      if (input.length !== size)
        throw invalid(
          `input ${row}`,
          `${input.length} numbers`,
          `the encoder takes [${shape}], ${size} numbers`,
        );
      data.set(input, row * size);
    }
    const { vectors } = await program.run({
      [`encoder/${value.name}`]: { shape: [inputs.length, ...shape], data },
    });
    const width = vectors!.shape[1]!;
    return inputs.map((_, i) => vectors!.data.subarray(i * width, (i + 1) * width));
  };
  return {
    onnx,
    shape,
    encode: async (inputs) => {
      const vectors = [];
      for (let from = 0; from < inputs.length; from += BATCH)
        vectors.push(...(await run(inputs.slice(from, from + BATCH))));
      return vectors;
    },
    release: () => program.release(),
  };
}
