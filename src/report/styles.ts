import { plainText } from './table.js';

/** How a learner looks, the same in every figure: one colour and one dash pattern. */
export interface LearnerStyle {
  readonly color: string;
  /** SVG dash array; absent for a solid line. */
  readonly dash?: string;
  readonly width: number;
}

/**
 * Colours by kind of learner; a second learner of the same kind takes the second entry, and so on. All reach a contrast
 * of 4.5 on white, as text must, and differ in lightness or dash where red and green look alike (after Okabe & Ito).
 */
const KINDS: Readonly<Record<string, readonly Omit<LearnerStyle, 'width'>[]>> = {
  model: [{ color: '#141414' }, { color: '#5a5a5a', dash: '9 3' }, { color: '#141414', dash: '3 3' }],
  ols: [{ color: '#0067ad', dash: '9 4' }],
  ridge: [
    { color: '#007a5a', dash: '6 2.5' },
    { color: '#4a7d00', dash: '3 2' },
    { color: '#00606b', dash: '10 2.5 2 2.5' },
    { color: '#2f5d3a', dash: '1.5 2' },
  ],
  bayes: [{ color: '#6a4fb0', dash: '12 3 2 3' }],
  gd: [
    { color: '#c04a00', dash: '2 3' },
    { color: '#8f3a10', dash: '5 2 1.5 2' },
    { color: '#d0342c', dash: '7 2 2 2 2 2' },
  ],
  knn: [
    { color: '#a63a82', dash: '10 3 2 3 2 3' },
    { color: '#7d2d74', dash: '4 3' },
  ],
  mean: [{ color: '#776000', dash: '1.5 4' }],
  averaging: [{ color: '#8a4b2a', dash: '8 2 1 2' }],
  sgd: [
    { color: '#b0305a', dash: '3 1.5' },
    { color: '#8c1f45', dash: '6 1.5 1.5 1.5' },
  ],
  newton: [{ color: '#00707f', dash: '4 1.5 1 1.5' }],
  lasso: [{ color: '#556b00', dash: '2 1.5' }],
  /** Every other textbook learner. */
  other: [
    { color: '#7a5c00', dash: '5 1.5' },
    { color: '#5c4a7a', dash: '2.5 2.5' },
    { color: '#3f6470', dash: '7 2 1 2' },
  ],
};

/** Textbook learners without colours of their own. */
const OTHERS = new Set('zero gdpp momentum cg logistic tree boost dmmse best-of-pool'.split(' '));

/** The style of each name, in order. A name's style depends only on itself and on earlier names of its kind. */
export function learnerStyles(names: readonly string[]): Map<string, LearnerStyle> {
  const used = new Map<string, number>();
  const styles = new Map<string, LearnerStyle>();
  for (const name of names) {
    if (styles.has(name)) continue;
    const kind = kindOf(name);
    const count = used.get(kind) ?? 0;
    used.set(kind, count + 1);
    const variants = KINDS[kind]!;
    styles.set(name, { ...variants[count % variants.length]!, width: kind === 'model' ? 2.6 : 1.7 });
  }
  return styles;
}

/** What a reader calls the learner: `ridge:0.1` → `ridge (λ = 0.1)`. Other names stay, cut where they are long. */
export function learnerLabel(name: string): string {
  const [kind = '', ...all] = name.split(':');
  const words = all.filter((word) => word !== 'intercept');
  const [first, second] = words;
  switch (kind) {
    case 'ols':
      return 'least squares';
    case 'ridge':
      if (first === undefined) return 'ridge';
      return first === 'loo' ? 'ridge (λ by leave-one-out)' : `ridge (λ = ${first})`;
    case 'knn':
      return `${first ?? 3}-NN${second === undefined ? '' : ' (weighted)'}`;
    case 'gd': {
      const steps = first === undefined || first === '1' ? 'one gradient step' : `${first} gradient steps`;
      return second === undefined ? steps : `${steps} (α = ${second})`;
    }
    case 'sgd':
      return `one pass of SGD${first === undefined ? '' : ` (α = ${first})`}`;
    case 'newton':
      return `${first ?? 3} Newton steps`;
    case 'bayes':
      if (first === undefined || first === 'mixture') return 'Bayes';
      return `Bayes (σ = ${first}${second === undefined ? '' : `, τ = ${second}`})`;
    default:
      return plainText(name, 32);
  }
}

function kindOf(name: string): string {
  const kind = name.split(':')[0]!;
  if (Object.hasOwn(KINDS, kind)) return kind;
  return OTHERS.has(kind) ? 'other' : 'model';
}
