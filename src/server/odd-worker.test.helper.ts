import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, type LearnerData, NATIVE, type Posted, STOP } from './protocol.js';

// A learner's thread that does what the model's folder and the target say: what a real one does only where it is broken.

const port = parentPort!;
const { model, shared } = workerData as LearnerData;
const flags = new Int32Array(shared);
const say = (answer: Answer) => port.postMessage(answer);
if (model === 'ends') process.exit(3);
if (model === 'throws') throw new Error('broken at /secret/path');
if (model === 'unready')
  say({ type: 'unready', failure: { kind: 'table', message: 'missing model.json' }, exitCode: 2 });
else say({ type: 'ready', model: { name: 'odd', hash: 'a'.repeat(64) } });

port.on('message', async (posted: Posted) => {
  if (posted.type === 'forget') return;
  const { number, question } = posted;
  const word = question.type === 'learn' ? question.options.target : 'none';
  if (word === 'end') process.exit(4);
  if (word === 'throw')
    setImmediate(() => {
      throw new Error('broken at /secret/path');
    });
  else if (word === 'bug')
    say({
      type: 'failed',
      number,
      failure: { kind: 'bug', message: 'a bug at /secret/path', stack: 'its stack' },
    });
  else if (word === 'stuck') for (;;);
  else if (word === 'dies in native') {
    Atomics.add(flags, NATIVE, 1);
    process.exit(5);
  } else if (word === 'native') {
    // As long as ONNX Runtime computes, nothing else runs here, and the thread must not be ended.
    Atomics.add(flags, NATIVE, 1);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    Atomics.add(flags, NATIVE, -1);
    for (;;);
  } else if (word === 'stoppable') {
    while (Atomics.load(flags, STOP) !== number) await new Promise(setImmediate);
    say({ type: 'failed', number, failure: { kind: 'stopped', message: 'told to stop' } });
  } else if (question.type === 'learn')
    say({
      ...{ type: 'learned', number },
      context: {
        ...{
          target: word,
          kind: 'number',
          labelled: 3,
          columns: [],
          quality: null,
          share: 1,
          warnings: [],
          bytes: 1,
        },
      },
    });
  else say({ type: 'predicted', number, parts: question.parts.map(() => ({ predictions: [] })) });
});
