import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IcicleError } from '../core/errors.js';
import { fromSafetensors, toSafetensors } from './safetensors.js';

describe('safetensors', () => {
  it('come back as they were', () => {
    const numbers = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
          numbers,
          { minKeys: 1 },
        ),
        fc.boolean(),
        (record, double) => {
          const tensors = Object.fromEntries(
            Object.entries(record).map(([name, list]) => [
              name,
              { shape: [list.length], data: double ? Float64Array.from(list) : Float32Array.from(list) },
            ]),
          );
          const again = fromSafetensors(toSafetensors({ tensors, metadata: { a: 'b' } }));
          expect(again.metadata).toEqual({ a: 'b' });
          for (const [name, tensor] of Object.entries(tensors)) expect(again.tensors[name]).toEqual(tensor);
        },
      ),
    );
  });

  const fileOf = (header: unknown, numbers = 8): Uint8Array => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + numbers);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };

  it.each<[string, unknown, string]>([
    ['that is null', null, 'its header is no object'],
    ['with an entry that is null', { w: null }, 'its header at "w"'],
    ['without a shape', { w: { dtype: 'F32', data_offsets: [0, 4] } }, 'its header at "w.shape"'],
    [
      'that points before the numbers',
      { w: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } },
      'its header at "w.data_offsets.0"',
    ],
    [
      'of a negative length',
      { w: { dtype: 'F32', shape: [-1], data_offsets: [4, 0] } },
      'its header at "w.shape.0"',
    ],
    [
      'that points behind the numbers',
      { w: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } },
      'it ends within "w"',
    ],
    [
      'whose sizes disagree',
      { w: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } },
      '"w" has 4 bytes for shape [2]',
    ],
    [
      'of other numbers',
      { w: { dtype: 'I8', shape: [8], data_offsets: [0, 8] } },
      '"w" is I8, only F32 and F64 can be read',
    ],
    ['with metadata that is no text', { __metadata__: { a: 1 } }, 'its header at "__metadata__.a"'],
  ])('with a header %s are refused', (_what, header, message) => {
    const read = () => fromSafetensors(fileOf(header), 'model.safetensors');
    expect(read).toThrow(IcicleError);
    expect(read).toThrow(message);
  });
});
