import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-common';
import { IcicleError } from '../core/errors.js';
import { toOnnx } from '../graph/onnx.js';
import type { Engine, Program } from './engine.js';

/** What onnxruntime-node and onnxruntime-web have in common. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: 'float32' | 'float64',
    data: Float32Array | Float64Array,
    dims: readonly number[],
  ) => Tensor;
}

export interface OnnxRuntimeOptions {
  readonly precision?: 'float32' | 'float64';
  readonly session?: InferenceSession.SessionOptions;
}

/** An engine over either package of ONNX Runtime. */
export function onnxRuntime(name: string, ort: OnnxRuntime, options: OnnxRuntimeOptions = {}): Engine {
  const precision = options.precision ?? 'float32';
  return {
    name,
    precision,
    compile: async (graph) => openProgram(ort, toOnnx(graph, { precision }), options),
  };
}

/**
 * Opens the bytes of an ONNX file whose inputs and outputs are all real.
 * @throws IcicleError where the device is not there or cannot run the graph
 */
export async function openProgram(
  ort: OnnxRuntime,
  onnx: Uint8Array,
  options: OnnxRuntimeOptions = {},
): Promise<Program> {
  const precision = options.precision ?? 'float32';
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(onnx, { ...sessionDefaults, ...options.session });
  } catch (cause) {
    if (/WebGPU adapter|navigator.gpu/.test((cause as Error).message))
      throw new IcicleError(
        'missing GPU: WebGPU found no adapter on this machine; use the device cpu (in a browser: wasm)',
        {
          cause,
        },
      );
    throw new IcicleError(`ONNX Runtime cannot open the graph: ${(cause as Error).message}`, { cause });
  }
  return {
    run: async (feeds) => {
      const results = await running(() =>
        session.run(
          Object.fromEntries(
            Object.entries(feeds).map(([name, { shape, data }]) => [
              name,
              new ort.Tensor(precision, cast(data, precision), shape),
            ]),
          ),
        ),
      );
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [
          name,
          { shape: tensor.dims, data: (tensor as TypedTensor<'float32'>).data },
        ]),
      );
    },
    release: () => session.release(),
  };
}

/** What ONNX Runtime says against a run as an error of ours, on one line. */
async function running<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const [reason] = (cause as Error).message.trim().split('\n');
    throw new IcicleError(
      `ONNX Runtime cannot run the graph: ${reason}; check the names and shapes of what is fed, and the memory that is free`,
      { cause },
    );
  }
}

const cast = (data: Float32Array | Float64Array, precision: 'float32' | 'float64') =>
  precision === 'float32'
    ? data instanceof Float32Array
      ? data
      : Float32Array.from(data)
    : data instanceof Float64Array
      ? data
      : Float64Array.from(data);

/**
 * Memory patterns off: much less memory at the same speed. Graph optimisations all on: they fuse Transpose and scale into
 * matrix products.
 */
const sessionDefaults: InferenceSession.SessionOptions = {
  graphOptimizationLevel: 'all',
  enableMemPattern: false,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};
