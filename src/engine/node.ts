import * as ort from 'onnxruntime-node';
import { invalid } from '../core/errors.js';
import type { Engine, Program } from './engine.js';
import { type OnnxRuntime, onnxRuntime, openProgram } from './onnxruntime.js';

export interface NodeEngineOptions {
  /** `cpu` unless asked for: another device is never chosen silently. */
  readonly device?: 'cpu' | 'webgpu';
  readonly precision?: 'float32' | 'float64';
  /** Threads within an operation; all cores by default. */
  readonly threads?: number;
  /** Whether a program keeps the memory of its largest moment: faster, unless the process itself keeps it. Default true. */
  readonly arena?: boolean;
}

/** ONNX Runtime in Node. @throws IcicleError where the device is unknown. */
export function nodeEngine({
  device = 'cpu',
  precision = 'float32',
  threads,
  arena = true,
}: NodeEngineOptions = {}): Engine {
  if (device !== 'cpu' && device !== 'webgpu') throw invalid('device', device, 'use cpu or webgpu');
  return onnxRuntime(`onnxruntime-node (${device})`, ort as unknown as OnnxRuntime, {
    precision,
    session: {
      executionProviders: [device],
      enableCpuMemArena: arena,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    },
  });
}

/**
 * Opens the bytes of an ONNX file of any origin whose inputs and outputs are float32, on this machine's CPU.
 * @throws IcicleError where ONNX Runtime cannot open it
 */
export const openOnnx = (
  onnx: Uint8Array,
  { threads }: Pick<NodeEngineOptions, 'threads'> = {},
): Promise<Program> =>
  openProgram(ort as unknown as OnnxRuntime, onnx, {
    session: {
      executionProviders: ['cpu'],
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    },
  });
