/** In-context layers on any frozen encoder. */
export { type Attached, attach } from './attach.js';
export type { Audit } from './audit.js';
export type { Encode, Encoder, OnnxEncoder, Vectors } from './encoder.js';
export type { Influence } from './influence.js';
export { type AttachOnnxOptions, attachOnnx } from './merge.js';
export { type NgramOptions, ngramEncoder } from './ngrams.js';
export { onnxEncoder } from './onnx-encoder.js';
export type { EncoderFileOptions } from './onnx-file.js';
export type { AttachedClass, AttachedNumber } from './prediction.js';
export { promptLearner } from './prompt-learner.js';
export type { Quality } from './quality.js';
export type { AttachOptions } from './settings.js';
export type { Label } from './targets.js';
export type { AttachedTask } from './task.js';
