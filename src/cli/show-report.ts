import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { invalid } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import { curves } from '../report/curves.js';
import { emptyDocument } from '../report/document.js';
import { type Part, page, type Section } from '../report/page.js';
import { formatCount, formatInterval, formatNumber } from '../report/table.js';
import { trainingCurve } from '../report/training-curve.js';
import { writeFileAtomic } from '../runs/files.js';
import { type Identification, identify } from '../runs/identify.js';
import { readMetrics } from '../runs/metrics.js';
import { readRunSpec } from '../runs/training.js';
import { ofRegression } from '../train/run-spec.js';
import type { TrainSpec } from '../train/spec.js';
import { confidence } from './identify-text.js';
import { packageVersion } from './package.js';
import { duration, progress } from './progress.js';
import type { World } from './world.js';

export interface ReportRequest {
  readonly runs: readonly string[];
  readonly output: string;
  readonly episodes: number;
  readonly seed: number;
}

/**
 * One HTML page about any runs: how training went, what each finished model turned out to be, specs and hashes.
 * @throws IcicleError where a folder is no run, or the page cannot be written
 */
export async function showReport(request: ReportRequest, world: World): Promise<void> {
  const { runs, output } = request;
  if (!/\.html?$/i.test(output)) throw invalid('--output', output, 'it must end in .html');
  const specs: TrainSpec[] = [];
  for (const run of runs) specs.push(ofRegression(await readRunSpec(run), 'report'));
  const bar = progress(world, 'report');
  const sections: Section[] = [];
  const overview: string[][] = [];
  try {
    for (const [i, run] of runs.entries()) {
      const { section, row } = await aboutRun(run, specs[i]!, request, world);
      sections.push(section);
      overview.push(row);
      bar.update(i + 1, runs.length);
    }
  } finally {
    bar.end();
  }
  const header = [
    'run',
    'spec',
    'steps',
    'time',
    'parameters',
    'nearest learner',
    'SPD ÷ d',
    '90 % interval',
  ];
  const parts: Part[] = [{ kind: 'table', header, rows: overview }];
  const title = runs.length === 1 ? specs[0]!.name : `${runs.length} runs`;
  const foot = `icicle ${packageVersion()} · seed ${request.seed} · ${request.episodes} episodes · intervals hold 90 %, by bootstrap over episodes`;
  await writeFileAtomic(output, page(title, [{ title: 'Overview', parts }, ...sections], foot));
  world.say(`wrote ${output}\n`);
}

async function aboutRun(run: string, spec: TrainSpec, request: ReportRequest, world: World) {
  const metrics = (await readMetrics(join(run, 'metrics.jsonl'))) ?? [];
  const last = metrics.at(-1);
  const parts: Part[] = [];
  const document = emptyDocument();
  if (metrics.length > 0)
    parts.push({
      kind: 'figure',
      svg: trainingCurve(metrics, { document, title: `${spec.name}: training` }),
    });
  const finished = existsSync(join(run, 'model', 'model.json'));
  const time = last === undefined ? '–' : duration(1000 * last.seconds);
  let row = [spec.name, specHash(spec), `${last?.step ?? 0}/${spec.steps}`, time, '–', '–', '–', '–'];
  if (finished) {
    const model = await world.openModel(join(run, 'model'));
    try {
      const family = spec.family as { family: string };
      const options = {
        family,
        learner: model.learner.name,
        model: model.hash,
        episodes: request.episodes,
        seed: request.seed,
      };
      const found = await identify(options, { learners: [model.learner] });
      const overall = found.verdicts.find((verdict) => verdict.overall)!;
      row = [
        ...row.slice(0, 4),
        formatCount(model.parameters),
        overall.nearest,
        formatNumber(overall.distance.value),
        formatInterval(overall.distance),
      ];
      parts.push(...aboutModel(found, document));
    } finally {
      await model.close();
    }
  } else parts.push({ kind: 'text', text: `Not finished: go on with icicle train --resume ${run}` });
  parts.push({ kind: 'details', summary: `Spec ${specHash(spec)}`, text: JSON.stringify(spec, null, 2) });
  return { section: { title: `${spec.name} (${specHash(spec)})`, parts }, row };
}

/** What a model turned out to be. */
function aboutModel({ rows, verdicts, hash }: Identification, document: Document): Part[] {
  const overall = verdicts.find(({ overall: range }) => range)!;
  const { nearest, distance, examples } = overall;
  const fits = rows.filter(({ metric }) => metric.startsWith('best-'));
  return [
    {
      kind: 'text',
      text: `Over 1…${examples} examples it predicts most like ${nearest}: SPD ÷ d ${formatNumber(distance.value)} (${formatInterval(distance)}). ${confidence(overall)} Spec ${hash}.`,
    },
    { kind: 'figure', svg: curves(rows, { document, version: packageVersion(), metric: 'spd/d' }) },
    {
      kind: 'table',
      header: ['candidate', 'SPD ÷ d', '90 % interval', 'median'],
      rows: ofRange(rows, 'spd/d').map((row) => [
        row.reference!,
        formatNumber(row.value),
        formatInterval(row),
        formatNumber(
          ofRange(rows, 'median-spd/d').find(({ reference }) => reference === row.reference)!.value,
        ),
      ]),
    },
    {
      kind: 'table',
      header: ['best match', 'value', '90 % interval'],
      rows: fits.map((row) => [
        row.metric.split('@')[0]!.replace('best-', ''),
        formatNumber(row.value),
        formatInterval(row),
      ]),
    },
  ];
}

const ofRange = (rows: readonly Measurement[], metric: string) =>
  rows.filter((row) => row.metric.startsWith(`${metric}@`)).sort((a, b) => a.value - b.value);
