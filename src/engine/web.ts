import * as ort from 'onnxruntime-web';
import type { Engine } from './engine.js';
import { type OnnxRuntime, onnxRuntime } from './onnxruntime.js';

export interface WebEngineOptions {
  /** `wasm` unless asked for: another device is never chosen silently. */
  readonly device?: 'wasm' | 'webgpu';
}

/** ONNX Runtime in the browser (and, for WASM, in Node). Its .wasm files must be served from the page's own folder. */
export function webEngine({ device = 'wasm' }: WebEngineOptions = {}): Engine {
  return onnxRuntime(`onnxruntime-web (${device})`, ort as unknown as OnnxRuntime, {
    session: { executionProviders: [device] },
  });
}
