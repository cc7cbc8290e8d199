import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { floats, list } from '../arrays.js';
import { type Column, numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import {
  between,
  chance,
  leaning,
  logBetween,
  logInteger,
  normals,
  pickWeighted,
  sharedBeta,
  someOf,
} from '../draws.js';
import { type MechanismName, mechanisms } from '../functions/index.js';
import { logRange, range, weights, wholeRange } from '../options.js';
import type { Generate } from './generator.js';

export const causalSpec = z
  .strictObject({
    nodes: wholeRange(2, 32, 2, 256),
    /** Parents of a node on average, log-uniform, at most eight. */
    parents: logRange(1, 3),
    /** The probability that a node has no parents. */
    roots: range(0, 0.3, 0),
    /** 1: parents are any earlier nodes; above: rather recent ones, which makes long chains. */
    recency: logRange(1, 6),
    /** Standard deviation of the noise of the noisiest node, beside a signal of 1. */
    noise: logRange(0.01, 0.5),
    mechanisms: weights<MechanismName>({
      network: 3,
      trees: 2,
      linear: 3,
      quadratic: 0.75,
      fourier: 1,
      product: 0.4,
      codes: 1,
    }),
    combinations: weights<Combination>({ concatenate: 3, sum: 2, product: 0.5, max: 0.5 }),
    /** How far a table leans to some mechanisms: standard deviation of the weights' logarithms. */
    leaning: range(0, 3, 0),
    /** Concentration of the Beta by which nodes share the level of their noise. */
    concentration: logRange(0.3, 100),
  })
  .prefault({});

export type CausalSpec = z.output<typeof causalSpec>;

/** `concatenate`: one function of all parents; else a function of each, combined entry by entry. */
type Combination = 'concatenate' | 'sum' | 'product' | 'max';

/** Inputs that one function takes, at most; how many is log-uniform. */
const MOST_INPUTS = 8;

interface Node {
  readonly parents: readonly number[];
  /** [width][R], standardised */
  readonly values: Float64Array[];
}

/**
 * A structural causal model over a random acyclic graph: every node is a few numbers a row, a random function of its parents'
 * and noise. Columns and target are numbers of any nodes, so that a column may be cause or effect of the target, or share a
 * cause with it.
 */
export const causal: Generate<CausalSpec> = (shape, spec, stream) => {
  const { rows, columns, outputs } = shape;
  const count = logInteger(spec.nodes, stream);
  const width = Math.max(1, Math.ceil(((columns + outputs) / count) * between([1, 2], stream)));
  const nodes = drawNodes(rows, count, width, spec, stream);
  const target = targetNode(nodes, stream);
  const order = numbersAround(nodes, target, width, stream);
  const latents = order.slice(0, outputs).map(({ node, at }) => nodes[node]!.values[at]!.slice());
  const own = order.slice(outputs, outputs + columns);
  const found: Column[] = own.map(({ node, at }) => numeric(nodes[node]!.values[at]!));
  const edges = nodes.reduce((sum, { parents }) => sum + parents.length, 0);
  return { columns: found, latents, drawn: { nodes: count, edges, width } };
};

function drawNodes(rows: number, count: number, width: number, spec: CausalSpec, stream: Random): Node[] {
  const kinds = leaning(spec.mechanisms, spec.leaning, stream);
  const combinations = leaning(spec.combinations, spec.leaning, stream);
  const mean = logBetween(spec.parents, stream);
  const roots = between(spec.roots, stream);
  const recency = logBetween(spec.recency, stream);
  const noise = logBetween(spec.noise, stream);
  const level = sharedBeta(spec.concentration, stream);
  const nodes: Node[] = [];
  for (let i = 0; i < count; i++) {
    const parents = i === 0 || chance(roots, stream) ? [] : drawParents(i, mean, recency, stream);
    const inputs = parents.map((parent) => nodes[parent]!.values);
    const values =
      parents.length === 0
        ? rootValues(rows, width, stream)
        : pickWeighted(combinations, stream) === 'concatenate'
          ? applied(inputs.flat(), width, kinds, stream)
          : combined(inputs, width, kinds, combinations, stream);
    const sigma = parents.length === 0 ? 0 : noise * level();
    for (const column of values) {
      standardise(column);
      if (sigma < 0.005) continue;
      const scale = 1 / Math.sqrt(1 + sigma * sigma);
      for (let r = 0; r < rows; r++) column[r] = scale * (column[r]! + sigma * stream.normal());
    }
    nodes.push({ parents, values });
  }
  return nodes;
}

/** Different earlier nodes: one, and more with a geometric number around the mean. */
function drawParents(i: number, mean: number, recency: number, stream: Random): number[] {
  const parents = new Set<number>();
  const draw = () => i - 1 - Math.floor(i * stream.uniform() ** recency);
  parents.add(draw());
  while (parents.size < Math.min(8, i) && chance(1 - 1 / mean, stream)) parents.add(draw());
  return [...parents];
}

function rootValues(rows: number, width: number, stream: Random): Float64Array[] {
  const kind = stream.uniform();
  return list(width, () => {
    if (kind < 0.5) return normals(rows, stream);
    if (kind < 0.8) return floats(rows, stream.uniform);
    // Two groups of any size and distance.
    const [share, apart] = [stream.uniform(), between([1, 4], stream)];
    return floats(rows, () => stream.normal() + (stream.uniform() < share ? apart : 0));
  });
}

function applied(
  inputs: readonly Float64Array[],
  width: number,
  kinds: Record<MechanismName, number>,
  stream: Random,
): Float64Array[] {
  const count = logInteger([1, Math.min(MOST_INPUTS, inputs.length)], stream);
  const some = someOf(inputs.length, count, stream).map((j) => inputs[j]!);
  return mechanisms[pickWeighted(kinds, stream)](some, width, stream);
}

function combined(
  inputs: readonly Float64Array[][],
  width: number,
  kinds: Record<MechanismName, number>,
  combinations: Record<Combination, number>,
  stream: Random,
): Float64Array[] {
  const how = pickWeighted({ ...combinations, concatenate: 0, sum: combinations.sum + 1e-9 }, stream);
  const [first, ...others] = inputs.map((of) => applied(of, width, kinds, stream));
  for (const [o, into] of first!.entries()) {
    if (others.length > 0) standardise(into);
    for (const other of others) {
      const from = other[o]!;
      standardise(from);
      if (how === 'sum') for (let r = 0; r < into.length; r++) into[r]! += from[r]!;
      else if (how === 'product') for (let r = 0; r < into.length; r++) into[r]! *= from[r]!;
      else for (let r = 0; r < into.length; r++) into[r] = Math.max(into[r]!, from[r]!);
    }
  }
  return first!;
}

/** A node that has parents or children. */
function targetNode(nodes: readonly Node[], stream: Random): number {
  const related = nodes.map(
    ({ parents }, i) => parents.length > 0 || nodes.some((n) => n.parents.includes(i)),
  );
  const all = Array.from(nodes.keys()).filter((i) => related[i]);
  return all[stream.integer(all.length)] ?? 0;
}

/** All numbers of all nodes: the target's own first, then in random order, those of its parents and children rather early. */
function numbersAround(
  nodes: readonly Node[],
  target: number,
  width: number,
  stream: Random,
): { readonly node: number; readonly at: number }[] {
  const near = (i: number) => nodes[target]!.parents.includes(i) || nodes[i]!.parents.includes(target);
  const all = nodes.flatMap((_, node) =>
    Array.from({ length: width }, (_, at) => {
      const late = stream.uniform() ** (near(node) ? 6 : 1);
      return { node, at, late: node === target ? late - 2 : late };
    }),
  );
  return all.sort((a, b) => a.late - b.late);
}
