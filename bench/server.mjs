// How many predictions a second `icicle serve` answers for a table that it has learned (100 labelled rows, 10 columns), and how
// long a request takes: clients that keep their connection and ask again as soon as they have their answer, with one row a
// request and with 50. Memory of the server's process at the begin and the end says whether it grows.
//
//   npm run build && node bench/server.mjs [--model models/tabular] [--seconds 20] [--clients 8] [--rows 1,50] [--threads n]
//
// With --rate 20, as many requests a second come whatever the answers take, and once a minute a table is learned anew and the
// one before forgotten. Memory, latency and CPU time are told minute by minute, and how memory grows in the second half.
//
//   npm run build && node bench/server.mjs --rate 20 --seconds 3600 --rows 1 --threads 1
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
    rate: { type: 'string' },
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
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
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
let context = await learn();
const learning = performance.now() - begin;
console.log(
  `${model.name} (${model.hash.slice(0, 12)}): ${LABELLED} labelled rows with ${COLUMNS} columns learned in ` +
    `${Math.round(learning)} ms, accuracy held out ${context.quality.score.own}; then for ${seconds} s:\n`,
);
const sizes = flags.rows.split(',').map(Number);
if (flags.rate === undefined) await hurried(sizes);
else await steady(Number(flags.rate), sizes);
agent.destroy();
server.kill('SIGTERM');

/** As fast as the server answers, for each number of rows a request. */
async function hurried(sizes) {
  const results = [];
  for (const rows of sizes) {
    const bodies = bodiesOf(rows);
    await load(bodies, Math.min(2, seconds));
    const before = rss();
    const { took, elapsed } = await load(bodies, seconds);
    const perSecond = (took.length * rows * 1000) / elapsed;
    results.push([
      rows,
      clients,
      took.length,
      perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond),
      ...[at(0.5, took), at(0.99, took), before, rss()].map(String),
    ]);
  }
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
}

/** So many requests a second, of as many rows each in turn. */
async function steady(rate, sizes) {
  const bodies = sizes.flatMap(bodiesOf);
  const minutes = [];
  const waiting = new Set();
  let [took, refused, cpu, sent] = [[], 0, cpuSeconds(), 0];
  const first = performance.now();
  console.log('minute  answered  refused  p50 ms  p99 ms  CPU s    MiB');
  const tell = () => {
    const now = cpuSeconds();
    minutes.push(rss());
    const cells = [
      ...[minutes.length, took.length, refused, at(0.5, took), at(0.99, took)],
      ...[(now - cpu).toFixed(1), minutes.at(-1)],
    ];
    console.log(cells.map((cell, i) => String(cell).padStart([6, 8, 7, 6, 6, 5, 5][i])).join('  '));
    [took, refused, cpu] = [[], 0, now];
  };
  /** Learns another table while requests go on; whoever asked the one before is answered before it is forgotten. */
  const renew = async () => {
    const before = context;
    context = await learn();
    await Promise.all(waiting);
    await call('DELETE', `/v1/contexts/${before.id}`);
  };
  let renewed = Promise.resolve();
  for (let due = first; due < first + 1000 * seconds; due += 1000 / rate) {
    await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    const from = performance.now();
    const answered = post(predictionsOf(context), bodies[sent++ % bodies.length])
      .then(
        () => took.push(performance.now() - from),
        () => refused++,
      )
      .finally(() => waiting.delete(answered));
    waiting.add(answered);
    if (due - first < 60_000 * (minutes.length + 1)) continue;
    tell();
    renewed = renewed.then(renew);
  }
  await renewed;
  await Promise.all(waiting);
  const half = minutes.slice(minutes.length >> 1);
  if (half.length > 1)
    console.log(
      `\n${sent} requests; memory of the last ${half.length} minutes: ${Math.min(...half)} to ${Math.max(...half)} MiB, ` +
        `trend ${(60 * slope(half)).toFixed(1)} MiB an hour`,
    );
}

/** Least squares over equally spaced values. */
function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b) / values.length;
  const moment = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  return moment / values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
}

function at(level, took) {
  const sorted = Float64Array.from(took).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(level * sorted.length))]?.toFixed(1);
}

function learn() {
  return post('/v1/contexts', { rows: table(LABELLED, true), target: 'y' });
}

function predictionsOf({ id }) {
  return `/v1/contexts/${id}/predict`;
}

function bodiesOf(rows) {
  return Array.from({ length: 16 }, () => JSON.stringify({ rows: table(rows, false) }));
}

/** Every client asks again as soon as it has its answer. */
async function load(bodies, seconds) {
  const took = [];
  const first = performance.now();
  const end = first + 1000 * seconds;
  const client = async (which) => {
    for (let i = which; performance.now() < end; i++) {
      const from = performance.now();
      await post(predictionsOf(context), bodies[i % bodies.length]);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, which) => client(which)));
  return { took, elapsed: performance.now() - first };
}

function post(path, body) {
  return call('POST', path, body);
}

/** @throws Error where the answer is none of success */
function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { method, agent, headers }, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      for await (const chunk of response) text += chunk;
      if (response.statusCode < 300) resolve(text && JSON.parse(text));
      else reject(new Error(`${response.statusCode}: ${text}`));
    });
    sent.on('error', reject);
    sent.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
}

/** CPU time of the server's process, where the system tells it in hundredths of seconds. */
function cpuSeconds() {
  try {
    const [user, system] = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
      .split(') ')[1]
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return Number.NaN;
  }
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
