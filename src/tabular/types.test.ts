import { expectTypeOf, it } from 'vitest';
import type { ClassPrediction, NumberPrediction } from './prediction.js';
import type { TabularLearner } from './tabular.js';

it('infers what is predicted from the rows', () => {
  const rows: { kind: 'cat' | 'dog' | null; name: string; weight: number; tame: boolean }[] = [];
  // Never called: what counts is what the compiler says.
  const use = async (learner: TabularLearner) => {
    for await (const p of (await learner.context(rows, { target: 'kind' })).predict(rows))
      expectTypeOf(p).toEqualTypeOf<ClassPrediction<'cat' | 'dog'>>();
    for await (const p of (await learner.context(rows, { target: 'weight' })).predict(rows))
      expectTypeOf(p).toEqualTypeOf<NumberPrediction>();
    for await (const p of (await learner.context(rows, { target: 'tame' })).predict(rows))
      expectTypeOf(p.label).toEqualTypeOf<'true' | 'false'>();
  };
  expectTypeOf(use).returns.resolves.toBeVoid();
});
