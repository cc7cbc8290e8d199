// Builds a tensor graph, derives its gradients, runs it on two engines and writes it as an ONNX file.
//
//   node examples/04-graph.mjs

import { writeFile } from 'node:fs/promises';
import { slow } from 'icicle';
import { gradients, graph, input, ops, toOnnx } from 'icicle/graph';
import { nodeEngine } from 'icicle/node';

// Building computes nothing: it checks shapes, and an op whose inputs do not fit names itself and their shapes.
const x = input('x', [4, 2]);
const y = input('y', [4, 1]);
const w = input('w', [2, 1]);
const loss = ops.reduceMean(ops.square(ops.sub(ops.matmul(x, w), y)));

// Gradients are tensors of the same graph, so that one step of gradient descent is part of it.
const [slope] = gradients(loss, [w]);
const step = graph({ loss, next: ops.sub(w, ops.mul(slope, 0.4)) });

// The slow engine computes in float64 with plain loops: every other engine is tested against it.
for (const engine of [slow, nodeEngine()]) {
  const program = await engine.compile(step);
  let weights = { shape: [2, 1], data: Float64Array.of(0, 0) };
  const data = {
    x: { shape: [4, 2], data: Float64Array.of(1, 0, 0, 1, 1, 1, 1, -1) },
    y: { shape: [4, 1], data: Float64Array.of(2, -1, 1, 3) },
  };
  for (let i = 0; i < 20; i++) ({ next: weights } = await program.run({ ...data, w: weights }));
  console.log(`${engine.name}: w = ${Array.from(weights.data, (value) => value.toFixed(3)).join(', ')}`);
  await program.release();
}

// The file opens wherever ONNX Runtime runs: Python, C#, Java, Rust, Swift, the browser.
await writeFile('step.onnx', toOnnx(step));
console.log('wrote step.onnx');
