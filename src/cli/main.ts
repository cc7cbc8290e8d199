#!/usr/bin/env node
import { run } from './run.js';
import { terminalWorld } from './terminal.js';

const { env } = process;
process.exitCode = await run(
  process.argv.slice(2),
  terminalWorld(process),
  env.ICICLE_DEBUG !== undefined && env.ICICLE_DEBUG !== '' && env.ICICLE_DEBUG !== '0',
);
