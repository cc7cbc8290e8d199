import { type Cell, type Column, formatTable } from './table.js';

/** One claim, what it was held against and what came of it. */
export interface LedgerEntry {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly says: string;
  readonly criterion: string;
  readonly support: string;
  readonly got: string;
  readonly size: string;
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly Cell[])[];
  }[];
  readonly notes: readonly string[];
  /** Where its figure lies, seen from the ledger. */
  readonly figure?: string;
  /** Hashes of the training specs. */
  readonly runs: readonly string[];
}

export interface LedgerOptions {
  /** The command that writes this ledger. */
  readonly command: string;
  readonly version: string;
  /** What the runs took, in words. */
  readonly cost: string;
  readonly seeds: { readonly training: number; readonly measurement: number };
}

/** A ledger of claims as Markdown: the overview first, then each with its numbers. */
export function ledger(
  entries: readonly LedgerEntry[],
  { command, version, cost, seeds }: LedgerOptions,
): string {
  const overview = entries.map(
    ({ title, support, source }) => `| ${title} | ${source.split(', arXiv')[0]} | ${support} |`,
  );
  return `${[
    '# What others have published, on a laptop',
    `Written by \`${command}\` (icicle ${version}): ${cost}. Every model was trained by this project from random weights. ` +
      'SPD is the mean squared difference of two predictors’ answers, d the number of inputs; intervals hold 90 %, by bootstrap over ' +
      `tasks. Seed ${seeds.training} for training, ${seeds.measurement} for measurements.`,
    'Models here are small and trained for minutes: where a claim does not hold, this is the scale at which it does not. Training ' +
      'differs from the papers’ too: prompts of regression have 2d examples (Akyürek et al.: 40), matrices are trained by Muon, and the ' +
      'squared error of each point is divided by what is left to learn there, which is known of the family (not so for the pools of tasks ' +
      'and for linear attention, which is trained by Adam). None of it shows a model another predictor’s answers.',
    ['| claim | paper | this run |', '| --- | --- | --- |', ...overview].join('\n'),
    ...entries.map(section),
  ].join('\n\n')}\n`;
}

function section(entry: LedgerEntry): string {
  const { title, source, says, criterion, support, got, size, tables, notes, figure, runs } = entry;
  return [
    `## ${title}`,
    `- **The paper** (${source}): ${says}`,
    `- **Supported if** ${criterion}`,
    `- **This run**: ${got}`,
    `- **Size**: ${size}.`,
    `- **The claim is** ${support}.`,
    ...notes.map((note) => `- ${note}`),
  ]
    .join('\n')
    .replace(`## ${title}\n`, `## ${title}\n\n`)
    .concat(
      figure === undefined ? '' : `\n\n![${title}](${figure})`,
      ...tables.map(
        (table) =>
          `\n\n${table.title}:\n\n\`\`\`text\n${formatTable(table.columns, table.rows).trimEnd()}\n\`\`\``,
      ),
      `\n\nRuns: ${runs.map((run) => `\`${run}\``).join(' ')}`,
    );
}
