import { invalid } from '../core/errors.js';
import { specHash } from '../core/spec.js';
import { emptyDocument } from '../report/document.js';
import { phaseMap } from '../report/phase-map.js';
import { type Column, formatCount, formatTable } from '../report/table.js';
import { writeFileAtomic } from '../runs/files.js';
import { type Phase, parsePhase, phaseOf, phaseRuns } from '../runs/phase.js';
import { packageVersion } from './package.js';
import { trainAndJudge } from './train-pool.js';
import { settingsOf } from './train-spec.js';
import type { World } from './world.js';

export interface PhaseRequest {
  readonly dims: number;
  readonly layers: readonly number[];
  readonly width: readonly number[];
  readonly noise: readonly number[];
  readonly steps: readonly number[];
  readonly set?: readonly string[];
  readonly runs: string;
  readonly jobs: number;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/** Trains what is missing of a map, identifies all models and shows which algorithm is where. */
export async function showPhases(request: PhaseRequest, world: World): Promise<void> {
  const { dims, layers, width, noise, steps, runs, jobs, seed, output, json } = request;
  if (output !== undefined && !output.toLowerCase().endsWith('.svg'))
    throw invalid('--output', output, 'it must end in .svg');
  const spec = parsePhase({
    inputs: dims,
    layers: [...layers],
    width: [...width],
    noise: [...noise],
    steps: [...steps],
    train: settingsOf(request.set ?? []),
    seed,
  });
  const phases = await trainAndJudge(
    phaseRuns(spec),
    { runs, jobs },
    ({ place, train }, learner) => phaseOf(place, train, learner, spec),
    world,
  );
  if (output !== undefined) {
    const about = { version: packageVersion(), seed, spec: specHash(spec), inputs: dims };
    await writeFileAtomic(output, phaseMap(phases, { document: emptyDocument(), ...about }));
    world.say(`wrote ${output}\n`);
  }
  await world.out(
    json ? `${JSON.stringify(phases)}\n` : `${table(phases)}\nSeed ${seed}, spec ${specHash(spec)}.\n`,
  );
}

function table(phases: readonly Phase[]): string {
  const columns: Column[] = [
    { header: 'layers', kind: 'count' },
    { header: 'width', kind: 'count' },
    { header: 'noise', kind: 'number' },
    { header: 'steps' },
    { header: 'nearest' },
    { header: 'SPD ÷ d', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'not told from' },
    { header: 'best λ', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'run' },
  ];
  const rows = phases.map(({ layers, width, noise, steps, verdict, lambda, run }) => [
    layers,
    width,
    noise,
    formatCount(steps),
    verdict.nearest,
    verdict.distance.value,
    verdict.distance,
    verdict.indistinguishable.join(', '),
    lambda.value,
    lambda,
    run,
  ]);
  return formatTable(columns, rows);
}
