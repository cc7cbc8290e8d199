import { describe, expect, it } from 'vitest';
import { IcicleError, usageError } from '../core/errors.js';
import { nodeEngine } from '../engine/node.js';
import { freshState } from './loop.js';
import { receivedError, replicas, sentError } from './replicas.js';
import { localShards, type Shards } from './shards.js';
import { parseTrainSpec, type TrainSpec } from './spec.js';

const spec = parseTrainSpec({
  name: 'tiny',
  family: { family: 'linear', inputs: 2 },
  model: { inputs: 2, points: 5, layers: 1, width: 4, heads: 2 },
  episodes: 4,
  steps: 40,
});
const parameters = Object.fromEntries(
  Object.entries(freshState(spec).arrays).filter(([name]) => name.startsWith('parameters/')),
);

async function using(changed: TrainSpec, work: (shards: Shards) => Promise<void>) {
  const shards = replicas(changed);
  try {
    await work(shards);
  } finally {
    await shards.close();
  }
}

describe('threads', () => {
  it('compute what one thread computes', () =>
    using(spec, async (shards) => {
      const local = localShards(spec, nodeEngine({ threads: 1 }));
      expect(await shards.gradients(1, parameters)).toEqual(await local.gradients(1, parameters));
      await local.close();
    }));

  it('send errors that a user can act on as such', () =>
    using({ ...spec, curriculum: { inputs: { from: 0, by: 1, every: 1 } } }, async (shards) => {
      const failed = shards.gradients(1, parameters);
      await expect(failed).rejects.toBeInstanceOf(IcicleError);
      await expect(failed).rejects.toMatchObject({ exitCode: 2 });
    }));

  it('tell what went wrong between two steps when the next one is asked for', () =>
    using({ ...spec, curriculum: { inputs: { from: 1, by: -1, every: 1 } } }, async (shards) => {
      await shards.gradients(1, parameters);
      await expect(shards.gradients(2, parameters)).rejects.toMatchObject({
        name: 'IcicleError',
        exitCode: 2,
        message: expect.stringContaining('active'),
      });
    }));

  it('that end in the middle of a step, or before it, fail the step', async () => {
    const shards = replicas(spec);
    const asked = shards.gradients(1, parameters);
    const ended = expect(asked).rejects.toThrow('the thread of shard 0 has ended');
    await shards.close();
    await ended;
    await expect(shards.gradients(2, parameters)).rejects.toThrow('has ended');
  });
});

it.each([new IcicleError('failed'), usageError('wrong'), new TypeError('a bug')])(
  'an error outlives its way between threads: %s',
  (error) => {
    const { message, stack } = error;
    const exitCode = error instanceof IcicleError ? error.exitCode : undefined;
    const received = receivedError(structuredClone(sentError(error)));
    expect(received).toMatchObject({ message, stack });
    expect(received instanceof IcicleError ? received.exitCode : undefined).toBe(exitCode);
  },
);
