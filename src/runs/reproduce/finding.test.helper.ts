import type { Learner } from '../../core/episodes.js';
import { parseLearner } from '../../learners/index.js';
import { parseFamily } from '../../tasks/index.js';
import type { Claim, Finding } from './index.js';

/** What a claim comes to when textbook learners stand in for the trained models. */
export async function findingOf<M>(
  claim: Claim<M>,
  learnerOf: (spec: Claim['plans'][number]) => string | Learner,
): Promise<Finding> {
  const measured: M[] = [];
  const known = new Map<string, M>();
  for (const plan of claim.plans) {
    const of = learnerOf(plan);
    const learner = typeof of === 'string' ? parseLearner(of, parseFamily(plan.family)) : of;
    // The same learner on the same family is measured once; its place is the plan's.
    const key = `${learner.name} ${JSON.stringify(plan.family)}`;
    const value = known.get(key) ?? (await claim.measure(learner, plan));
    known.set(key, value);
    measured.push('spec' in (value as object) ? { ...value, spec: plan } : value);
  }
  return claim.conclude(measured);
}
