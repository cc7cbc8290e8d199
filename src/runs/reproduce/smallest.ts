import { type Claim, regression } from './claim.js';
import { distanceTo, measureSized, type Sized } from './size.js';

const DIMS = [1, 2, 4];
const [LAYERS, WIDTHS] = [
  [1, 2, 4, 8],
  [4, 8, 16, 32],
];
const [DEEPEST, WIDEST, STEPS] = [8, 32, 6000];

/** Akyürek et al., Fig. 8: the smallest model that is nearer to least squares than to ridge, by d. */
export const smallest: Claim<Sized> = {
  id: 'smallest',
  title: 'One head is enough, and larger d needs deeper and wider models',
  source: 'Akyürek et al., arXiv 2211.15661, appendix, Fig. 8',
  says:
    'Without noise models of one head come nearer to least squares than to ridge with λ = 0.1 for every d; the layers that ' +
    'takes rise from about 2 to about 8 and the width from about 20 to about 32, in steps, as d rises from 1 to 20 (read off a ' +
    'figure that prints no values).',
  criterion:
    'for every d some size is nearer to least squares than to ridge, told from it, and the largest d needs more layers and more ' +
    'width than the smallest; in part: the first of both.',
  plans: DIMS.flatMap((inputs) =>
    [
      ...LAYERS.map((layers) => ({ layers, width: WIDEST })),
      ...WIDTHS.filter((width) => width < WIDEST).map((width) => ({ layers: DEEPEST, width })),
    ].map((size) => regression({ inputs, heads: 1, steps: STEPS, ...size })),
  ),
  measure: (learner, spec) => measureSized(learner, spec, ['ridge:0.1', 'ols']),
  conclude: (measured) => {
    const passes = ({ verdict }: Sized) =>
      verdict.nearest === 'ols' && verdict.indistinguishable.length === 0;
    /** The least size from which on every size passes. */
    const least = (sizes: readonly number[], at: (size: number) => Sized | undefined) => {
      const passed = sizes.map((size) => passes(at(size)!));
      return sizes[passed.lastIndexOf(false) + 1];
    };
    const found = DIMS.map((inputs) => {
      const at = (layers: number, width: number) =>
        measured.find(
          ({ spec: { model } }) =>
            model.inputs === inputs && model.layers === layers && model.width === width,
        );
      return {
        inputs,
        layers: least(LAYERS, (layers) => at(layers, WIDEST)),
        width: least(WIDTHS, (width) => at(DEEPEST, width)),
      };
    });
    const oneHead = found.every(({ layers, width }) => layers !== undefined && width !== undefined);
    const [first, last] = [found[0]!, found.at(-1)!];
    const rises = (key: 'layers' | 'width') => (last[key] ?? 0) > (first[key] ?? Number.POSITIVE_INFINITY);
    const grow = rises('layers') && rises('width');
    const says = (value: number | undefined) => (value === undefined ? 'more than was tried' : String(value));
    return {
      support: !oneHead ? 'not supported' : grow ? 'supported' : 'supported in part',
      got: `${found
        .map(({ inputs, layers, width }) => `d = ${inputs}: layers ${says(layers)}, width ${says(width)}`)
        .join('; ')}.`,
      size: `one head; width ${WIDEST} where layers vary, ${DEEPEST} layers where widths do; ${STEPS.toLocaleString('en')} steps of 64 prompts`,
      tables: [
        {
          title: 'SPD ÷ d over 1…2d examples, 1,024 tasks',
          columns: [
            { header: 'd', kind: 'count' },
            { header: 'layers', kind: 'count' },
            { header: 'width', kind: 'count' },
            { header: 'to least squares', kind: 'number' },
            { header: '90 % interval', kind: 'number' },
            { header: 'to ridge 0.1', kind: 'number' },
            { header: '90 % interval', kind: 'number' },
            { header: 'nearer to' },
          ],
          rows: measured.map((of) => {
            const { inputs, layers, width } = of.spec.model;
            const [ols, ridge] = [distanceTo(of, 'ols'), distanceTo(of, 'ridge:0.1')];
            return [
              inputs,
              layers,
              width,
              ols.value,
              ols,
              ridge.value,
              ridge,
              passes(of) ? 'ols' : of.verdict.nearest === 'ols' ? 'not told' : 'ridge:0.1',
            ];
          }),
        },
      ],
      notes: ['Here d ends at 4, and sizes are powers of two.'],
    };
  },
};
