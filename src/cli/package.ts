import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean, IcicleError } from '../core/errors.js';

/** The folder of the package that this program is part of. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** The version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string }).version;
}

/** A file that ships with the package. */
export function packageFile(...path: string[]): string {
  return join(PACKAGE, ...path);
}

/**
 * The folder of a model: the path as it is, else under the package (`models/linear-8`), else among the package's models
 * by its bare name (`linear-8`).
 * @throws IcicleError (exit code 2) where none of these exists
 */
export function modelFolder(path: string): string {
  const found = [resolve(path), packageFile(path), packageFile('models', path)].find((place) =>
    existsSync(place),
  );
  if (found !== undefined) return found;
  const shipped = existsSync(packageFile('models'))
    ? readdirSync(packageFile('models'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
  const near = didYouMean(basename(path), shipped);
  throw new IcicleError(
    `missing model: ${path}:${near === undefined ? '' : ` did you mean "models/${near}"?`} ` +
      (shipped.length > 0
        ? `Models here: ${shipped.map((name) => `models/${name}`).join(', ')}`
        : 'train one with "icicle train linear-8"'),
    { exitCode: 2 },
  );
}
