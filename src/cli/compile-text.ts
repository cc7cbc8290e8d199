import { type Compiled, familyText, isGated, isScored } from '../compile/index.js';
import { unknown } from '../core/errors.js';
import { mlpWidth } from '../model/config.js';
import { type Column, formatCount, formatNumber, formatTable } from '../report/table.js';
import type { Checked, CompileRequest } from './compile-request.js';

const ANY = Number.POSITIVE_INFINITY;

/** What came out, and how exact it is. */
export function summary(checked: readonly Checked[], { output, verify, seed }: CompileRequest): string {
  const { program, target, layers, layout, model } = checked[0]!.compiled;
  const { config } = model;
  const columns: Column[] = [
    { header: 'arithmetic' },
    { header: 'N', kind: 'text' },
    { header: 'scales of a product', longest: ANY },
    { header: 'expected error' },
    { header: 'largest error' },
    { header: 'in episode', kind: 'count' },
    { header: 'after examples', kind: 'count' },
    { header: 'root mean square' },
    ...(program.approaches ? [{ header: 'of it, from compiling' }] : []),
  ];
  const short = (value: number) => value.toExponential(1);
  const rows = checked.map(({ compiled: { scales, budget }, verified, compiling }) => [
    scales.precision,
    config.norm === 'mlp' ? short(Math.max(...scales.pads)) : '–',
    scales.product.scales.map(({ scale }) => formatNumber(scale, 2)).join(', '),
    short(budget.expected),
    short(verified.largest),
    verified.episode,
    verified.examples,
    short(verified.rootMeanSquare),
    ...(compiling === undefined ? [] : [short(compiling)]),
  ]);
  const where =
    output === undefined
      ? ''
      : `\n${output}: ${checked[0]!.compiled.scales.precision}, SHA-256 ${model.hash.slice(0, 16)}…\n`;
  return (
    `${program.learner} as a transformer for the target "${target.name}" (${target.about})\n` +
    `${layers.length} layers, width ${layout.width}, ${config.heads} heads of ${config.headWidth}, ${mlpWidth(config)} hidden units; ` +
    `${program.inputs} inputs, up to ${program.examples} examples; spec ${model.provenance.specHash}\n\n` +
    `Rows\n${rowList(checked[0]!.compiled)}\n` +
    `Against ${program.learner} in float64, on ${formatCount(verify)} fresh episodes of ${familyText(program)} with seed ${seed}, after 0 to ${program.examples} examples\n` +
    `${formatTable(columns, rows)}${where}`
  );
}

/** Each block's rows: those that the prompt and the pads have for themselves, and who takes turns in the others. */
function rowList({ layout }: Compiled): string {
  const names = new Map<string, string[]>();
  for (const [block, rows] of Object.entries(layout.rows)) {
    const place = spans(rows);
    names.set(place, [...(names.get(place) ?? []), block]);
  }
  if (layout.pads.length > 0) names.set(spans(layout.pads), ['N, −N and 0, which lead LayerNorm']);
  const entries = [...names].map(([place, blocks]) => `  ${place.padEnd(14)}${listed(blocks)}`);
  return `${entries.join('\n')}\n`;
}

const listed = (blocks: readonly string[]): string =>
  blocks.length <= 4 ? blocks.join(', ') : `${blocks.slice(0, 3).join(', ')}, … ${blocks.at(-1)!}`;

/** 0, 1, 2, 5 → `0–2, 5` */
function spans(rows: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const row of rows) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else parts.push([row, row]);
  }
  return parts.map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`)).join(', ');
}

/** The program, and what each pass made of it. */
export function explained({ program, layers, layout, ranges, scales, budget }: Compiled): string {
  const columns: Column[] = [
    { header: 'layer', kind: 'count' },
    { header: 'half' },
    { header: 'primitive' },
    { header: 'into', longest: ANY },
    { header: 'from', longest: ANY },
    { header: 'range', kind: 'number' },
    { header: 'error of one' },
    { header: 'error of prediction' },
  ];
  const short = (value: number) => (value === 0 ? '0' : value.toExponential(1));
  const rows = layers.flatMap(({ attention, mlp }, l) =>
    [attention, mlp].flatMap((half, side) =>
      half.map((i) => {
        const raw = program.instructions[i]!;
        return [
          l,
          side === 0 ? 'attention' : 'MLP',
          raw.primitive,
          raw.w,
          source(raw),
          ranges.blocks[raw.w]!,
          short(scales.errors[i]!),
          short(budget.parts[i]!),
        ];
      }),
    ),
  );
  const state = layers.map((_, l) => [
    l,
    layout.held[l]!.length,
    layout.held[l]!.filter((block) => block !== 'token').join(', '),
    layout.cleared[l]!.join(', ') || '–',
    scales.pads[l] === 0 ? '–' : short(scales.pads[l]!),
  ]);
  const stateColumns: Column[] = [
    { header: 'layer', kind: 'count' },
    { header: 'blocks', kind: 'count' },
    { header: 'held', longest: ANY },
    { header: 'cleared', longest: ANY },
    { header: 'N' },
  ];
  return (
    `Program ${program.name}, in its layers: what is written is added to what a block holds. Errors are shares of a range.\n` +
    `${formatTable(columns, rows)}\nState in each layer\n${formatTable(stateColumns, state)}`
  );
}

function source({ r, s, tokens, star, plus, bias }: Compiled['program']['instructions'][number]): string {
  const of =
    typeof tokens === 'number' ? ` of example ${tokens}` : tokens === 'question' ? ' of the question' : '';
  if (isGated(tokens)) return `${r?.block} · σ(${tokens.gate.block})`;
  if (isScored(tokens)) {
    const reads = (list: typeof tokens.query) => list.map(({ block }) => block).join(' + ');
    return `${r?.block} weighted by ⟨${reads(tokens.query)}, ${reads(tokens.key)}⟩`;
  }
  if (star === '⊙') return `${r!.block} · ${s!.block} (${r!.matrix.length} products)`;
  if (star === '÷') return `${r!.block} / |${s!.block} + ${plus}|`;
  return `${r?.block ?? ''}${of}${bias === undefined ? '' : ' + constants'}`;
}

/** What the rows hold where a weight reads or writes them: attention reads what the layer before left. */
function rowNames({ names, initial }: Compiled['layout'], weight: string): readonly string[] {
  const [, layer] = /^blocks\.(\d+)\./.exec(weight) ?? [];
  if (weight.startsWith('head')) return names.at(-1)!;
  if (layer === undefined) return initial;
  const before = /attention\.(query|key|value)/.test(weight);
  const l = Number(layer);
  return before ? (l === 0 ? initial : names[l - 1]!) : names[l]!;
}

/** A weight matrix whose rows and columns of the residual stream have names; only those that hold anything. */
export function weightTable({ model, layout }: Compiled, name: string): string {
  const array = Object.hasOwn(model.parameters, name) ? model.parameters[name] : undefined;
  if (array === undefined) throw unknown('weight', name, Object.keys(model.parameters));
  const names = rowNames(layout, name);
  const columns = array.shape.at(-1)!;
  const bias = array.shape.length === 1;
  // Weights are [inputs, outputs]: these sides of them are the residual stream.
  const reads = /(query|key|value|up|head)\.weight$/.test(name);
  const writes = /^(embed|positions)|(output|down)\.(weight|bias)$/.test(name);
  const rowName = (i: number) => (reads ? names[i] || `row ${i}` : String(i));
  const columnName = (i: number) => (writes ? names[i] || `row ${i}` : String(i));
  const entries: [string, string, number][] = [];
  for (const [at, value] of array.data.entries()) {
    if (value === 0) continue;
    const [row, column] = [Math.floor(at / columns), at % columns];
    entries.push([bias ? '–' : rowName(row), columnName(column), value]);
  }
  return (
    `${name} [${array.shape.join(' × ')}], inputs × outputs: ${formatCount(entries.length)} of ${formatCount(array.data.length)} numbers are not 0\n` +
    formatTable(
      [
        { header: 'from', longest: ANY },
        { header: 'to', longest: ANY },
        { header: 'value', kind: 'number', digits: 6 },
      ],
      entries,
    )
  );
}
