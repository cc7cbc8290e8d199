import * as ort from 'onnxruntime-web';
import { invalid } from '../core/errors.js';
import type { Engine } from './engine.js';
import { type OnnxRuntime, onnxRuntime } from './onnxruntime.js';

export interface WebEngineOptions {
  /** `wasm` unless asked for: another device is never chosen silently. */
  readonly device?: 'wasm' | 'webgpu';
}

/**
 * ONNX Runtime in the browser (and, for WASM, in Node). Its .wasm files must be served from the page's own folder.
 * @throws IcicleError (exit code 2) where the device is unknown
 */
export function webEngine({ device = 'wasm' }: WebEngineOptions = {}): Engine {
  if (device !== 'wasm' && device !== 'webgpu') throw invalid('device', device, 'use wasm or webgpu');
  return onnxRuntime(`onnxruntime-web (${device})`, ort as unknown as OnnxRuntime, {
    session: { executionProviders: [device] },
  });
}
