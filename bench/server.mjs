// How many predictions a second `icicle serve` answers for a table that it has learned (100 labelled rows, 10 columns), and how
// long a request takes: clients that keep their connection and ask again as soon as they have their answer, with one row a
// request and with 50. Memory of the server's process at the begin and the end says whether it grows: an hour of each with
// --seconds 3600.
//
//   npm run build && node bench/server.mjs [--model models/tabular] [--seconds 20] [--clients 8] [--rows 1,50] [--threads n]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { random } from '../dist/core/random.js';
import { formatTable } from '../dist/report/table.js';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/tabular' },
    seconds: { type: 'string', default: '20' },
    clients: { type: 'string', default: '8' },
    rows: { type: 'string', default: '1,50' },
    threads: { type: 'string' },
  },
});
const [LABELLED, COLUMNS] = [100, 10];
const [seconds, clients] = [flags.seconds, flags.clients].map(Number);

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const threads = flags.threads === undefined ? [] : ['--threads', flags.threads];
const server = spawn(
  process.execPath,
  [main, 'serve', '--model', flags.model, '--port', '0', '--json', '--seconds', '300', ...threads],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
server.on('exit', (code) => {
  if (code !== 0) process.exit(1);
});
process.on('exit', () => server.kill());
const { url, model } = JSON.parse((await once(server.stdout, 'data'))[0]);
const agent = new Agent({ keepAlive: true, maxSockets: clients });

const stream = random(1, 'bench', 'server');
const table = (count, labelled) =>
  Array.from({ length: count }, () => {
    const x = Array.from({ length: COLUMNS }, () => stream.normal());
    const row = Object.fromEntries(x.map((value, i) => [`x${i}`, value]));
    return labelled ? { ...row, y: x[0] - x[1] + stream.normal() > 0 ? 'yes' : 'no' } : row;
  });

const begin = performance.now();
const { id, quality } = await post('/v1/contexts', { rows: table(LABELLED, true), target: 'y' });
const learning = performance.now() - begin;
const path = `/v1/contexts/${id}/predict`;

const results = [];
for (const rows of flags.rows.split(',').map(Number)) {
  const bodies = Array.from({ length: 16 }, () => JSON.stringify({ rows: table(rows, false) }));
  await load(bodies, Math.min(2, seconds));
  const before = rss();
  const { took, elapsed } = await load(bodies, seconds);
  const sorted = Float64Array.from(took).sort();
  const at = (level) => sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))].toFixed(1);
  const perSecond = (sorted.length * rows * 1000) / elapsed;
  results.push([
    rows,
    clients,
    sorted.length,
    perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond),
    ...[at(0.5), at(0.99), before, rss()].map(String),
  ]);
}
console.log(
  `${model.name} (${model.hash.slice(0, 12)}): ${LABELLED} labelled rows with ${COLUMNS} columns learned in ` +
    `${Math.round(learning)} ms, accuracy held out ${quality.score.own}; then for ${seconds} s each:\n`,
);
console.log(
  formatTable(
    [
      { header: 'rows a request', kind: 'count' },
      { header: 'clients', kind: 'count' },
      { header: 'requests', kind: 'count' },
      { header: 'predictions/s', kind: 'count' },
      { header: 'p50 ms' },
      { header: 'p99 ms' },
      { header: 'MiB before' },
      { header: 'MiB after' },
    ],
    results,
  ),
);
agent.destroy();
server.kill('SIGTERM');

/** Every client asks again as soon as it has its answer. */
async function load(bodies, seconds) {
  const took = [];
  const first = performance.now();
  const end = first + 1000 * seconds;
  let told = first;
  const client = async (which) => {
    for (let i = which; performance.now() < end; i++) {
      const from = performance.now();
      await post(path, bodies[i % bodies.length]);
      const now = performance.now();
      took.push(now - from);
      if (now - told < 60_000) continue;
      told = now;
      process.stderr.write(`${Math.round((now - first) / 1000)} s: ${took.length} requests, ${rss()} MiB\n`);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, which) => client(which)));
  return { took, elapsed: performance.now() - first };
}

/** @throws Error where the answer is none of success */
function post(path, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { method: 'POST', agent, headers }, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      for await (const chunk of response) text += chunk;
      if (response.statusCode < 300) resolve(JSON.parse(text));
      else reject(new Error(`${response.statusCode}: ${text}`));
    });
    sent.on('error', reject);
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** Memory of the server's process, in MiB. */
function rss() {
  try {
    return Math.round(
      Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024,
    );
  } catch {
    return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', `${server.pid}`])) / 1024);
  }
}
