import { z } from 'zod';
import { type ShapedArray, sizeOf } from '../core/array.js';
import { IcicleError } from '../core/errors.js';

// The safetensors format: eight bytes with the header's length, a JSON header, then the numbers, little-endian.

const count = z.int().min(0);
const header = z
  .object({ __metadata__: z.record(z.string(), z.string()).default({}) })
  .catchall(z.object({ dtype: z.string(), shape: z.array(count), data_offsets: z.tuple([count, count]) }));

export interface SafetensorsFile {
  readonly tensors: Readonly<Record<string, ShapedArray>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Named arrays as the bytes of a safetensors file, names sorted. */
export function toSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    const dtype = data instanceof Float32Array ? 'F32' : 'F64';
    header[name] = { dtype, shape, data_offsets: [offset, (offset += data.byteLength)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padding = (8 - (text.length % 8)) % 8; // numbers start on a multiple of eight
  const start = 8 + text.length + padding;
  const bytes = new Uint8Array(start + offset).fill(0x20, 0, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length + padding), true);
  bytes.set(text, 8);
  let at = start;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * The named arrays of a safetensors file (F32 and F64).
 * @throws IcicleError if the bytes are cut short or are no such file
 */
export function fromSafetensors(bytes: Uint8Array, what = 'safetensors file'): SafetensorsFile {
  const damaged = (why: string) =>
    new IcicleError(`${what} is damaged: ${why}; get it again or train it again`);
  if (bytes.length < 8) throw damaged(`it holds ${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = 8 + length;
  if (start > bytes.length) throw damaged('it ends within its header');
  const { __metadata__: metadata, ...entries } = readHeader(bytes.subarray(8, start), damaged);
  const tensors: Record<string, ShapedArray> = {};
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    const width = dtype === 'F32' ? 4 : dtype === 'F64' ? 8 : undefined;
    if (width === undefined)
      throw new IcicleError(`${what}: "${name}" is ${dtype}, only F32 and F64 can be read; convert it`);
    const [from, to] = data_offsets;
    if (to - from !== sizeOf(shape) * width)
      throw damaged(`"${name}" has ${to - from} bytes for shape [${shape}]`);
    if (start + to > bytes.length) throw damaged(`it ends within "${name}"`);
    // Not bytes.slice: a Buffer would share its memory.
    const copy = Uint8Array.from(bytes.subarray(start + from, start + to)).buffer;
    tensors[name] = { shape, data: width === 4 ? new Float32Array(copy) : new Float64Array(copy) };
  }
  return { tensors, metadata };
}

/** The header's text, whose entries must be what the format says. */
function readHeader(text: Uint8Array, damaged: (why: string) => IcicleError): z.output<typeof header> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw damaged('its header is no JSON');
  }
  const checked = header.safeParse(parsed);
  if (checked.success) return checked.data;
  const { path, message } = checked.error.issues[0]!;
  throw damaged(
    path.length === 0 ? 'its header is no object' : `its header at "${path.join('.')}": ${message}`,
  );
}
