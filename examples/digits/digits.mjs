// The 8×8 digits, read: 1797 images of 64 pixels from 0 to 1, each with its digit.
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

export async function readDigits() {
  const text = gunzipSync(await readFile(new URL('digits.csv.gz', import.meta.url))).toString();
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const numbers = line.split(',').map(Number);
      return { pixels: Float32Array.from(numbers.slice(0, 64), (value) => value / 16), digit: numbers[64] };
    });
}
