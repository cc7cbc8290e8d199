// Trains the encoder of examples/06-attach-digits.mjs on the digits 0–4 and writes it as an ONNX file. It never sees another
// digit. So that it has more to tell apart than five shapes, each image also stands rotated and mirrored: 5 digits in 8 positions
// are 40 classes. Takes about a minute; the same seed gives the same weights.
//
//   node examples/digits/train-encoder.mjs [file.onnx] [steps] [digits, such as 01234]

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { random } from 'icicle';
import { adam, constant, gelu, gradients, graph, input, muon, ops, rateAt, toOnnx } from 'icicle/graph';
import { nodeEngine } from 'icicle/node';
import { readDigits } from './digits.mjs';

const [file = fileURLToPath(new URL('encoder.onnx', import.meta.url)), steps = '1500', shown = '01234'] =
  process.argv.slice(2);
const [STEPS, BATCH, SEED] = [Number(steps), 128, 1];
const DIGITS = shown.split('').map(Number);
const [NARROW, WIDE, WIDTH, POSITIONS] = [16, 32, 128, 8];
const CLASSES = DIGITS.length * POSITIONS;

const images = (await readDigits()).filter(({ digit }) => DIGITS.includes(digit));

// The weights are matrices [1,inputs,outputs], as Muon takes them, and rows of biases for Adam.
const shapes = {
  'first.weight': [1, 9, NARROW],
  'first.bias': [1, NARROW],
  'second.weight': [1, 9 * NARROW, WIDE],
  'second.bias': [1, WIDE],
  'out.weight': [1, 16 * WIDE, WIDTH],
  'out.bias': [1, WIDTH],
  'head.weight': [1, WIDTH, CLASSES],
};
const draw = random(SEED, 'weights');
const arrays = {};
for (const [name, shape] of Object.entries(shapes)) {
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = name.endsWith('weight') ? 1 / Math.sqrt(shape[1]) : 0;
  arrays[name] = { shape, data: Float32Array.from({ length: size }, () => scale * draw.normal()) };
}

/** Two layers of 3×3 windows, means over 2×2, a linear layer: pixels [rows,64] to vectors [rows,WIDTH] of mean 0 and deviation 1. */
function encoder(pixels, weights) {
  const [rows] = pixels.shape;
  const linear = (x, layer) => {
    const matrix = weights[`${layer}.weight`];
    return ops.add(ops.matmul(x, ops.reshape(matrix, matrix.shape.slice(1))), weights[`${layer}.bias`]);
  };
  const image = ops.reshape(pixels, [rows, 8, 8, 1]);
  const first = gelu(linear(windows(image), 'first')); // [rows,8,8,NARROW]
  const second = gelu(linear(windows(first), 'second')); // [rows,8,8,WIDE]
  const pooled = ops.reduceMean(ops.reshape(second, [rows, 4, 2, 4, 2, WIDE]), [2, 4]); // [rows,4,4,WIDE]
  const [vectors] = ops.standardise(linear(ops.reshape(pooled, [rows, 16 * WIDE]), 'out'), 1e-5);
  return vectors;
}

/** The 3×3 windows around each pixel, zeros beyond the edge: [rows,8,8,C] to [rows,8,8,9C]. */
function windows(x) {
  const wide = ops.pad(ops.pad(x, 1, 1, 1), 2, 1, 1);
  const places = [0, 1, 2].flatMap((down) => [0, 1, 2].map((right) => [down, right]));
  return ops.concat(
    places.map(([down, right]) => ops.slice(ops.slice(wide, 1, down, 8), 2, right, 8)),
    3,
  );
}

// One step as one graph: forward, loss, gradients, Muon for matrices and Adam for the rest.
const weights = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, input(name, shape)]));
const pixels = input('pixels', [BATCH, 64]);
const classes = input('classes', [BATCH, CLASSES]);
const head = weights['head.weight'];
const logits = ops.matmul(encoder(pixels, weights), ops.reshape(head, head.shape.slice(1)));
const likelihood = ops.reduceSum(ops.mul(ops.softmax(logits), classes), [1]);
const loss = ops.mul(ops.reduceMean(ops.log(ops.add(likelihood, 1e-9))), -1);
const names = Object.keys(shapes);
const slopes = gradients(
  loss,
  names.map((name) => weights[name]),
);
const rules = { weight: [muon({ decay: 0.1 }), 0.02], bias: [adam(), 0.002] };
const outputs = { loss };
const scalars = {};
const state = {};
for (const [i, name] of names.entries()) {
  const [rule, peak] = rules[name.split('.')[1]];
  const slots = Object.fromEntries(rule.slots.map((slot) => [slot, input(`${name}.${slot}`, shapes[name])]));
  const given = Object.fromEntries(
    Object.keys(rule.scalars(1)).map((key) => [key, input(`${name}.${key}`, [])]),
  );
  const rate = input(`${name}.rate`, []);
  const next = rule.update({
    parameter: weights[name],
    gradient: slopes[i],
    state: slots,
    rate,
    scalars: given,
  });
  outputs[`next ${name}`] = next.parameter;
  for (const slot of rule.slots) {
    outputs[`next ${name}.${slot}`] = next.state[slot];
    state[`${name}.${slot}`] = { shape: shapes[name], data: new Float32Array(arrays[name].data.length) };
  }
  scalars[name] = (step) => ({
    [`${name}.rate`]: peak * rateAt({ shape: 'cosine', warmup: 0.05 }, step, STEPS),
    ...Object.fromEntries(
      Object.entries(rule.scalars(step)).map(([key, value]) => [`${name}.${key}`, value]),
    ),
  });
}
const program = await nodeEngine({ threads: 1 }).compile(graph(outputs));

let feeds = { ...arrays, ...state };
for (let step = 1; step <= STEPS; step++) {
  const stream = random(SEED, 'batch', step);
  const batch = { pixels: new Float32Array(BATCH * 64), classes: new Float32Array(BATCH * CLASSES) };
  for (let row = 0; row < BATCH; row++) {
    const { pixels: image, digit } = images[stream.integer(images.length)];
    const position = stream.integer(POSITIONS);
    batch.pixels.set(shifted(turned(image, position), stream), row * 64);
    batch.classes[row * CLASSES + DIGITS.indexOf(digit) * POSITIONS + position] = 1;
  }
  const numbers = Object.assign({}, ...names.map((name) => scalars[name](step)));
  const results = await program.run({
    ...feeds,
    pixels: { shape: [BATCH, 64], data: batch.pixels },
    classes: { shape: [BATCH, CLASSES], data: batch.classes },
    ...Object.fromEntries(
      Object.entries(numbers).map(([name, value]) => [name, { shape: [], data: Float32Array.of(value) }]),
    ),
  });
  feeds = Object.fromEntries(Object.keys(feeds).map((name) => [name, results[`next ${name}`]]));
  if (step % 250 === 0 || step === STEPS)
    console.log(`step ${step}: loss ${results.loss.data[0].toFixed(3)}`);
}
await program.release();

// What is kept is the encoder alone, its weights as constants and any number of images at once.
const frozen = Object.fromEntries(names.map((name) => [name, constant(feeds[name].data, shapes[name])]));
const vectors = encoder(input('pixels', ['images', 64]), frozen);
await writeFile(file, toOnnx(graph({ vectors }), { metadata: { trained: `digits ${shown}, seed ${SEED}` } }));
console.log(`wrote ${file}`);

/** One of the eight symmetries of the square. */
function turned(image, position) {
  const out = new Float32Array(64);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      let [u, v] = [x, y];
      for (let quarter = 0; quarter < position % 4; quarter++) [u, v] = [v, 7 - u];
      if (position >= 4) u = 7 - u;
      out[y * 8 + x] = image[v * 8 + u];
    }
  return out;
}

/** Moved by at most one pixel. */
function shifted(image, stream) {
  const [right, down] = [stream.integer(3) - 1, stream.integer(3) - 1];
  const out = new Float32Array(64);
  for (let y = 0; y < 8; y++)
    for (let x = 0; x < 8; x++) {
      const [u, v] = [x - right, y - down];
      if (u >= 0 && u < 8 && v >= 0 && v < 8) out[y * 8 + x] = image[v * 8 + u];
    }
  return out;
}
