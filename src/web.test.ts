import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from './engine/node.js';
import { makeTableModel } from './model/model.js';
import { tableConfig } from './model/table/config.js';
import { initialiseTable } from './model/table/parameters.js';
import { tabularLearner } from './tabular/tabular.js';
import { inRoot } from './testing/repository.js';

// The same API in a real browser, bundled as a page of today is; a model with weights of its own.

const browserAt = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => {
  try {
    return [execFileSync('which', [name], { encoding: 'utf8' }).trim()];
  } catch {
    return [];
  }
})[0];

const rows = Array.from({ length: 40 }, (_, i) => ({
  length: Math.sin(i) * 10,
  width: i % 9 === 0 ? null : i % 7,
  colour: ['red', 'green', 'blue'][(i * 5) % 3]!,
  sort: Math.sin(i) + (i % 7) / 7 > 0.4 ? 'long' : 'short',
  mass: Math.sin(i) * 5 + (i % 7),
}));
const asked = rows.slice(0, 5).map((row) => ({ ...row, length: row.length + 0.3 }));

const config = tableConfig.parse({ width: 16, layers: 2, heads: 2, thinking: 2, codes: 4, quantiles: 9 });
const provenance = { kind: 'trained', specHash: 'none', spec: {}, steps: 0 } as const;
const { model, files } = makeTableModel('small', config, initialiseTable(config, 1), provenance);

const PAGE = `
<script type="importmap">{ "imports": { "onnxruntime-web": "/ort.wasm.bundle.min.mjs" } }</script>
<script type="module">import * as icicle from '/web.js'; window.icicle = icicle;</script>`;

/** `icicle/web` with all that it imports but ONNX Runtime, as one module. */
async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      rollupOptions: { external: ['onnxruntime-web'] }, // whose parts are 26 MB, and served as they are
      lib: { entry: inRoot('dist', 'web.js'), formats: ['es'], fileName: 'web' },
    },
  });
  const [{ output }] = (Array.isArray(built) ? built : [built]) as [{ output: { code?: string }[] }];
  return output.find(({ code }) => code !== undefined)!.code!;
}

describe.skipIf(browserAt === undefined)('in Chromium', () => {
  let server: Server;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    const bundle = await bundled();
    server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://x').pathname;
      const file = path.startsWith('/model/') ? files[path.slice(7) as keyof typeof files] : undefined;
      // ONNX Runtime looks for its parts beside the page's script.
      const part = inRoot('node_modules', 'onnxruntime-web', 'dist', basename(path));
      const type = path === '/' ? 'text/html' : /js$/.test(path) ? 'text/javascript' : 'application/wasm';
      response.setHeader('content-type', type);
      if (path === '/') response.end(PAGE);
      else if (path === '/web.js') response.end(bundle);
      else if (file !== undefined) response.end(file);
      else if (existsSync(part)) response.end(readFileSync(part));
      else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: browserAt!, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(['sort', 'mass'])(
    'gives the numbers of Node: %s',
    async (target) => {
      const learner = tabularLearner(model, nodeEngine({ threads: 1 }));
      const task = await learner.context(rows, { target: target as 'sort' });
      const inNode: unknown[] = [];
      for await (const prediction of task.predict(asked as never)) inNode.push(prediction);
      await learner.release();

      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(origin);
      await page.waitForFunction('window.icicle !== undefined');
      const inBrowser = await page.evaluate(
        async ({ rows, asked, target }) => {
          const { open } = (globalThis as unknown as { icicle: typeof import('./web.js') }).icicle;
          const learner = await open('/model');
          const task = await learner.context(rows, { target: target as 'sort' });
          const all: unknown[] = [];
          for await (const prediction of task.predict(asked as never)) all.push(prediction);
          await learner.release();
          return all;
        },
        { rows, asked, target },
      );
      await page.close();
      expect(problems).toEqual([]);
      expect(inBrowser).toHaveLength(5);
      compareNumbers(inBrowser, inNode);
    },
    120_000,
  );
});

/** The same words, and numbers to 1e-5 of the greatest. */
function compareNumbers(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number')
    expect(Math.abs((actual as number) - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
  else if (typeof expected === 'object' && expected !== null)
    for (const [key, value] of Object.entries(expected)) compareNumbers((actual as never)[key], value);
  else expect(actual).toEqual(expected);
}
