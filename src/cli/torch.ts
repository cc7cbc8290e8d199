import { spawnSync } from 'node:child_process';

/** Debian's Python, where `apt-get install python3-torch libopenblas0-openmp` puts PyTorch. */
export const PYTHON = '/usr/bin/python3';

/** Whether PyTorch is there to be timed beside. */
export function hasTorch(): boolean {
  return spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
}
