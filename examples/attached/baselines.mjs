// What the attached layers are held against on the same frozen vectors: the usual ways to learn from a few of them.

import { attach, permutation, random } from 'icicle';

const squared = (a, b) => a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
const mostCommon = (labels) => {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
};

/** The class whose mean vector is nearest. */
function classMeans(vectors, labels) {
  const means = [...new Set(labels)].map((label) => {
    const own = vectors.filter((_, i) => labels[i] === label);
    return {
      label,
      mean: own[0].map((_, j) => own.reduce((sum, vector) => sum + vector[j], 0) / own.length),
    };
  });
  return (query) => means.reduce((a, b) => (squared(query, b.mean) < squared(query, a.mean) ? b : a)).label;
}

/** The most common label of the k nearest examples. */
export function nearest(vectors, labels, k) {
  return (query) =>
    mostCommon(
      vectors
        .map((vector, i) => ({ label: labels[i], distance: squared(query, vector) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, k)
        .map(({ label }) => label),
    );
}

/** Multinomial logistic regression with penalty (λ/2)|W|², λ = 1 as scikit-learn has it by default, by gradient descent with momentum. */
function logisticRegression(vectors, labels, lambda = 1, rounds = 150) {
  const classes = [...new Set(labels)];
  const width = vectors[0].length;
  const mean = vectors[0].map((_, j) => vectors.reduce((sum, vector) => sum + vector[j], 0) / vectors.length);
  const rows = vectors.map((vector) => Float64Array.of(1, ...vector.map((value, j) => value - mean[j])));
  // Half the largest eigenvalue of XᵀX, which its trace is not below, bounds the Hessian.
  const bound = rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b * b, 0), 0) / 2 + lambda;
  let weights = classes.map(() => new Float64Array(width + 1));
  let ahead = weights;
  const probabilities = (row, by) => {
    const scores = by.map((w) => w.reduce((sum, value, j) => sum + value * row[j], 0));
    const top = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - top));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  };
  for (let round = 1; round <= rounds; round++) {
    const slopes = ahead.map((w) => w.map((value, j) => (j === 0 ? 0 : lambda * value)));
    for (const [i, row] of rows.entries()) {
      const p = probabilities(row, ahead);
      for (const [k, slope] of slopes.entries()) {
        const error = p[k] - (labels[i] === classes[k] ? 1 : 0);
        for (let j = 0; j <= width; j++) slope[j] += error * row[j];
      }
    }
    const next = ahead.map((w, k) => w.map((value, j) => value - slopes[k][j] / bound));
    ahead = next.map((w, k) => w.map((value, j) => value + (round / (round + 3)) * (value - weights[k][j])));
    weights = next;
  }
  return (query) => {
    const p = probabilities(Float64Array.of(1, ...query.map((value, j) => value - mean[j])), weights);
    return classes[p.indexOf(Math.max(...p))];
  };
}

/** `each` examples of each class, and the others, from a seed. */
export function split(items, labelOf, each, ...path) {
  const [examples, queries] = [[], []];
  for (const label of new Set(items.map(labelOf))) {
    const own = items.filter((item) => labelOf(item) === label);
    for (const [at, i] of permutation(own.length, random(1, ...path, label)).entries())
      (at < each ? examples : queries).push(own[i]);
  }
  return { examples, queries };
}

/** Mean and standard error, in per cent. */
function percent(shares) {
  const mean = shares.reduce((a, b) => a + b) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (shares.length - 1);
  return `${(100 * mean).toFixed(1)} ± ${(100 * Math.sqrt(variance / shares.length)).toFixed(1)} %`;
}

/**
 * How many of the queries each learner gets right, from the same frozen vectors: attached layers and the usual ways.
 * @returns shares, by name
 */
export async function contest({ vectors, labels, queries, truth }) {
  const shares = {};
  const score = (name, answers) => {
    shares[name] = answers.filter((label, i) => label === truth[i]).length / truth.length;
  };
  for (const solver of ['logistic', 'ridge']) {
    const task = await attach((rows) => rows, { task: 'classes', solver }).context(vectors, labels);
    const answers = await task.predict(queries);
    score(
      `attached layers, ${solver}`,
      answers.map(({ label }) => label),
    );
  }
  const others = {
    'class means': classMeans(vectors, labels),
    '1 nearest neighbour': nearest(vectors, labels, 1),
    '3 nearest neighbours': nearest(vectors, labels, 3),
    'logistic regression, λ = 1': logisticRegression(vectors, labels),
  };
  for (const [name, predict] of Object.entries(others))
    score(
      name,
      queries.map((query) => predict(query)),
    );
  return shares;
}

/** One line for each learner: the mean and the standard error of its shares in several contests. */
export function standings(contests) {
  const names = Object.keys(contests[0]);
  return names
    .map((name) => `  ${name.padEnd(28)}${percent(contests.map((shares) => shares[name]))}`)
    .join('\n');
}
