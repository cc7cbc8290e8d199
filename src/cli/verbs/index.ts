import type { Command } from '@commander-js/extra-typings';
import type { World } from '../world.js';
import { registerAttach } from './attach.js';
import { registerBench } from './bench.js';
import { registerCompare } from './compare.js';
import { registerCompile } from './compile.js';
import { registerDemo } from './demo.js';
import { registerDiversity } from './diversity.js';
import { registerEvaluate } from './evaluate.js';
import { registerExport } from './export.js';
import { registerIdentify } from './identify.js';
import { registerInspect } from './inspect.js';
import { registerMorph } from './morph.js';
import { registerPhase } from './phase.js';
import { registerPredict } from './predict.js';
import { registerPrior } from './prior.js';
import { registerReport } from './report.js';
import { registerReproduce } from './reproduce.js';
import { registerServe } from './serve.js';
import { registerTheory } from './theory.js';
import { registerTrain } from './train.js';

/** Adds a verb to the program. */
export type Register = (program: Command, world: World) => void;

/** All verbs, in the order of the help. */
export const verbs: readonly Register[] = [
  registerDemo,
  registerPredict,
  registerServe,
  registerEvaluate,
  registerTrain,
  registerCompile,
  registerCompare,
  registerIdentify,
  registerMorph,
  registerPhase,
  registerDiversity,
  registerTheory,
  registerReproduce,
  registerReport,
  registerPrior,
  registerInspect,
  registerExport,
  registerAttach,
  registerBench,
];
