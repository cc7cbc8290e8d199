import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { build } from 'vite';
import { inRoot } from './repository.js';

/** Where this machine has Chromium, if it has. */
export const chromiumAt: string | undefined = ['chromium', 'chromium-browser', 'google-chrome'].flatMap(
  (name) => {
    try {
      return [execFileSync('which', [name], { encoding: 'utf8', stdio: 'pipe' }).trim()];
    } catch {
      return [];
    }
  },
)[0];

/** A page on which `icicle/web`, bundled as a page of today is, is `window.icicle`. */
export interface IciclePage {
  readonly browser: Browser;
  readonly origin: string;
  close(): Promise<void>;
}

const PAGE = `
<script type="importmap">{ "imports": { "onnxruntime-web": "/ort.wasm.bundle.min.mjs" } }</script>
<script type="module">import * as icicle from '/web.js'; window.icicle = icicle;</script>`;

/** Serves the page, with a model's files in `/model`, and starts the browser. */
export async function openPage(model: Readonly<Record<string, Uint8Array>>): Promise<IciclePage> {
  const bundle = await bundled();
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://x').pathname;
    const file = path.startsWith('/model/') ? model[path.slice(7)] : undefined;
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
  const browser = await chromium.launch({ executablePath: chromiumAt!, args: ['--no-sandbox'] });
  return {
    browser,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

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
