import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as ops from '../graph/ops/index.js';
import { presets } from '../train/presets.js';
import { trainSpec } from '../train/spec.js';
import { hasShippedModel, inRoot, proseOf, ROOT, readText } from './repository.js';

const FOLDERS = [
  '',
  'docs',
  'examples',
  'examples/tables',
  'models',
  'models/linear-8',
  'models/tabular',
  'bench',
  'scripts',
];
const pages = FOLDERS.flatMap((folder) =>
  existsSync(inRoot(folder))
    ? readdirSync(inRoot(folder))
        .filter((file) => file.endsWith('.md'))
        .map((file) => join(folder, file))
    : [],
);

/** Headings as GitHub turns them into anchors. */
function anchorsOf(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(markdown).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading!
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replace(/ /g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/** Whether a path may be missing: the shipped model, until it is there. */
const awaited = (path: string): boolean => !hasShippedModel && /(^|\/)models(\/|$)/.test(path);

describe('links in the documentation', () => {
  it('finds the pages', () => {
    for (const page of ['README.md', 'CHANGELOG.md', join('docs', 'architecture.md')])
      expect(pages).toContain(page);
  });

  it.each(pages)('%s leads to files and headings that are there', (page) => {
    const text = proseOf(readText(page));
    const wrong = [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^(https?|mailto):/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? inRoot(page) : inRoot(dirname(page), decodeURIComponent(path));
        if (relative(ROOT, file).startsWith('..')) return true;
        if (!existsSync(file)) return !awaited(normalize(join(dirname(page), path)));
        if (anchor === undefined) return false;
        return statSync(file).isDirectory() || !anchorsOf(readFileSync(file, 'utf8')).has(anchor);
      });
    expect(wrong).toEqual([]);
  });

  it.each(pages)('%s names files that are there', (page) => {
    const wrong = [...readText(page).matchAll(/`((?:src|docs|bench|examples|scripts|models)\/[\w./-]+)`/g)]
      .map(([, path]) => path!)
      .filter((path) => !existsSync(inRoot(path)) && !awaited(path));
    expect(wrong).toEqual([]);
  });
});

describe('what the documentation lists is all there is', () => {
  const architecture = readText('docs', 'architecture.md');

  it('rooms and what they import, as the test of imports has them', () => {
    const rules = [
      ...readText('src', 'testing', 'imports.test.ts').matchAll(/^ {2}(\w+): \[([^\]]*)\],$/gm),
    ].map(([, room, list]) => `${room}: ${[...list!.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort()}`);
    const rows = [...architecture.matchAll(/^\| `([a-z]+)` *\|[^|]*\|([^|]*)\|$/gm)].map(
      ([, room, list]) => `${room}: ${[...list!.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()}`,
    );
    expect(rules.length).toBeGreaterThan(8);
    expect(rows.sort()).toEqual(rules.sort());
  });

  it('every op', () => {
    expect(Object.keys(ops).filter((name) => !architecture.includes(`\`${name}\``))).toEqual([]);
  });

  it('every key of a training spec, and every preset', () => {
    const training = readText('docs', 'training.md');
    const words = [...Object.keys(trainSpec.shape), ...Object.keys(presets)];
    expect(words.filter((word) => !training.includes(`\`${word}\``))).toEqual([]);
  });
});
