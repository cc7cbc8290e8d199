import { readFile } from 'node:fs/promises';
import { missing, usageError } from '../core/errors.js';
import type { AnyModel } from '../model/model.js';
import { preset, presets } from '../train/presets.js';
import { parseRunSpec, type RunSpec } from '../train/run-spec.js';

/**
 * The spec that a preset's name or a JSON file stands for, with the model that training begins with, if any, and
 * `--set path=value` put in.
 * @throws IcicleError (exit code 2) where preset, file, path or value is wrong
 */
export async function trainSpecFrom(
  source: string,
  settings: readonly string[],
  from?: AnyModel,
): Promise<RunSpec> {
  const spec = (
    source.endsWith('.json') ? await readJson(source) : structuredClone(preset(source))
  ) as Record<string, unknown>;
  if (from !== undefined) Object.assign(spec, { from: from.hash, model: structuredClone(from.config) });
  for (const setting of settings) put(spec, setting);
  return parseRunSpec(spec);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw missing(
      `spec file ${path}`,
      `give a JSON file or a preset. Presets: ${Object.keys(presets).join(', ')}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw usageError(`invalid spec file ${path}: ${(cause as Error).message}`);
  }
}

/** What `--set key=value` flags say, as an object. @throws IcicleError (exit code 2) where one is no setting */
export function settingsOf(settings: readonly string[]): Record<string, unknown> {
  const spec: Record<string, unknown> = {};
  for (const setting of settings) put(spec, setting);
  return spec;
}

/** `model.layers=4` into a spec; a value that is no JSON is taken as text. */
export function put(spec: Record<string, unknown>, setting: string): void {
  const [path, text] = [setting.slice(0, setting.indexOf('=')), setting.slice(setting.indexOf('=') + 1)];
  if (path === '' || !setting.includes('='))
    throw usageError(`invalid --set: "${setting}": write key=value, such as model.layers=4`);
  const keys = path.split('.');
  const last = keys.pop()!;
  let place = spec;
  for (const key of keys) {
    const inner = place[key] ?? {};
    if (typeof inner !== 'object' || Array.isArray(inner))
      throw usageError(`invalid --set: "${setting}": ${key} has no keys`);
    place = place[key] = inner as Record<string, unknown>;
  }
  try {
    place[last] = JSON.parse(text);
  } catch {
    place[last] = text;
  }
}
