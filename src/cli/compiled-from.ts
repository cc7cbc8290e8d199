import type { CompileSpec } from '../compile/index.js';
import { IcicleError } from '../core/errors.js';
import type { Model } from '../model/model.js';
import type { FamilySpec } from '../tasks/index.js';

/** The textbook learner whose program a model was compiled from. */
export interface CompiledFrom {
  readonly learner: string;
  /** Whether it takes labels −1 and 1 only. */
  readonly signs: boolean;
  /** The tasks that it was compiled for, where they are not x, w ~ N(0, I). */
  readonly family: FamilySpec | undefined;
}

/** None where the model was not compiled, or by another version, whose programs this one need not know. */
export async function compiledFrom({
  provenance,
}: Pick<Model, 'provenance'>): Promise<CompiledFrom | undefined> {
  if (provenance.kind !== 'compiled') return undefined;
  // Programs are read where a compiled model is opened, and nowhere else.
  const { programOf } = await import('../compile/index.js');
  try {
    const { learner, signs = false, family } = programOf(provenance.spec as CompileSpec).program;
    return { learner, signs, family };
  } catch (error) {
    if (error instanceof IcicleError) return undefined;
    throw error;
  }
}
