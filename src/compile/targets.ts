import { unknown } from '../core/errors.js';
import type { TransformerConfig } from '../model/config.js';

/** What the layers of a compiled transformer are made of. */
export interface Target {
  readonly name: TargetName;
  readonly about: string;
  readonly layers: Pick<TransformerConfig, 'attention' | 'activation' | 'norm' | 'averaged'>;
}

const listed = {
  faithful: {
    about: 'softmax heads, GELU and LayerNorm, as in the paper',
    layers: { attention: 'softmax', activation: 'gelu', norm: 'mlp' },
  },
  'no-norm': {
    about: 'softmax heads and GELU without LayerNorm: no division',
    layers: { attention: 'softmax', activation: 'gelu', norm: 'none' },
  },
  linear: {
    about: 'linear attention and GELU: sums over examples in one layer, no division',
    layers: { attention: 'linear', activation: 'gelu', norm: 'none', averaged: false },
  },
  relu: {
    about: 'ReLU attention and ReLU: sums over examples in one layer, no products',
    layers: { attention: 'relu', activation: 'relu', norm: 'none', averaged: false },
  },
  mesa: {
    about: 'mesa layers, which solve for the ridge regression of what they read',
    layers: { attention: 'mesa', activation: 'gelu', norm: 'none' },
  },
} as const satisfies Record<string, Omit<Target, 'name'>>;

export type TargetName = keyof typeof listed;

export const targetNames = Object.keys(listed) as TargetName[];

/** @throws IcicleError (exit code 2) where there is none of that name */
export function targetOf(name: string): Target {
  if (!Object.hasOwn(listed, name)) throw unknown('target', name, targetNames);
  return { name: name as TargetName, ...listed[name as TargetName] };
}

/** Whether the target has what an instruction needs; else why not. */
export const can = {
  multiply: ({ layers }: Target) => layers.activation === 'gelu',
  divide: ({ layers }: Target) => layers.norm === 'mlp',
};
