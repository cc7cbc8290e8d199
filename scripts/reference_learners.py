"""Predictions of textbook learners by numpy, each from its formula, one prefix at a time: what src/learners is tested
against. Writes src/learners/testdata/<case>.jsonl, a line with the episodes, then one for each learner.

Use: python3 scripts/reference_learners.py (needs numpy)
"""

import itertools
import json
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "src" / "learners" / "testdata"
LOO_GRID = [10 ** (i / 2 - 3) for i in range(13)]


def ols(x, y):
    return np.linalg.pinv(x, rcond=1e-12) @ y


def ridge(x, y, lam):
    return np.linalg.solve(x.T @ x + lam * np.eye(x.shape[1]), x.T @ y)


def ridge_loo(x, y):
    if len(y) < 2:
        return ridge(x, y, LOO_GRID[6])
    errors = []
    for lam in LOO_GRID:
        others = [np.arange(len(y)) != i for i in range(len(y))]
        errors.append(sum((y[i] - x[i] @ ridge(x[o], y[o], lam)) ** 2 for i, o in enumerate(others)))
    return ridge(x, y, LOO_GRID[int(np.argmin(errors))])


def gd(x, y, steps, c, lam=0.0):
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        w = w - c * (x.T @ (x @ w - y) + lam * w)
    return w


def best_rate(x, steps):
    """The c of least sum (1 - c e)^(2 steps), e the eigenvalues of X'X, as a root of a polynomial."""
    e = np.linalg.svd(x, compute_uv=False) ** 2
    if len(e) == 1:  # a root of high order, which no solver of polynomials finds precisely
        return float(1 / e[0])
    slope = np.poly1d([0.0])
    for value in e:
        slope = slope + (-value) * np.poly1d([-value, 1.0]) ** (2 * steps - 1)
    roots = slope.roots
    return float(roots[np.argmin(np.abs(roots.imag))].real)


def momentum(x, y, steps, beta, c):
    before = w = np.zeros(x.shape[1])
    for _ in range(steps):
        before, w = w, w - c * x.T @ (x @ w - y) + beta * (w - before)
    return w


def gdpp(x, y, steps, c=None, gamma=None):
    """On the tokens themselves: the prediction is linear in the query, so unit vectors give the weights."""
    d = x.shape[1]
    tokens, residuals, queries, answers = x.copy(), y.copy(), np.eye(d), np.zeros(d)
    for _ in range(steps):
        s = tokens.T @ tokens
        rate = 1 / np.linalg.norm(s) if c is None else c
        turn = 1 / (2 * np.linalg.norm(s)) if gamma is None else gamma
        step = rate * tokens.T @ residuals
        residuals, answers = residuals - tokens @ step, answers + queries @ step
        tokens, queries = tokens - turn * tokens @ s, queries - turn * queries @ s
    return answers


def sgd(x, y, c, lam=0.0):
    w = np.zeros(x.shape[1])
    for xi, yi in zip(x, y):
        w = w - c * (xi * (w @ xi - yi) + lam * w)
    return w


def newton(x, y, steps):
    s = x.T @ x
    m = s / np.linalg.norm(s @ s)
    for _ in range(steps):
        m = 2 * m - m @ s @ m
    return m @ x.T @ y


def cg(x, y, steps, lam=0.0):
    """The minimiser of w'Sw/2 - w'm on the Krylov space, through an orthonormal basis of it."""
    s, m = x.T @ x + lam * np.eye(x.shape[1]), x.T @ y
    basis = np.zeros((x.shape[1], 0))
    v = m
    for _ in range(min(steps, len(y), x.shape[1])):
        for _ in range(2):
            v = v - basis @ (basis.T @ v)
        basis = np.column_stack([basis, v / np.linalg.norm(v)])
        v = s @ basis[:, -1]
    return basis @ np.linalg.solve(basis.T @ s @ basis, basis.T @ m)


def lasso(x, y, alpha):
    """Tries which weights are not 0, and with which signs, until the conditions of optimality hold."""
    n, d = x.shape
    s, m = x.T @ x, x.T @ y
    for signs in itertools.product([0, 1, -1], repeat=d):
        signs = np.array(signs)
        active = np.flatnonzero(signs)
        if len(active) > n:
            continue
        w = np.zeros(d)
        if len(active) > 0:
            w[active] = np.linalg.solve(s[np.ix_(active, active)], m[active] - n * alpha * signs[active])
        if np.all(np.sign(w) == signs) and np.all(np.abs(m - s @ w) <= n * alpha * (1 + 1e-9)):
            return w
    raise ArithmeticError("no optimum")


def logistic(x, y, lam):
    w = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-y * (x @ w)))
        slope = lam * w - x.T @ (y * (1 - p))
        w = w - np.linalg.solve(lam * np.eye(len(w)) + (x.T * (p * (1 - p))) @ x, slope)
    assert np.abs(slope).max() < 1e-12
    return w


def norm(x):
    return np.linalg.norm(x.T @ x)


LINEAR = {
    "averaging": lambda x, y: x.T @ y / len(y),
    "ols": ols,
    "ridge:0.1": lambda x, y: ridge(x, y, 0.1),
    "ridge:0.001": lambda x, y: ridge(x, y, 0.001),
    "ridge:loo": ridge_loo,
    "bayes:0.5": lambda x, y: ridge(x, y, 0.25),
    "gd:1": lambda x, y: gd(x, y, 1, 1 / (len(y) + x.shape[1] + 1)),
    "gd:1:0.01": lambda x, y: gd(x, y, 1, 0.02),
    "gd:8": lambda x, y: gd(x, y, 8, 1 / norm(x)),
    "gd:3:0.01:0.5": lambda x, y: gd(x, y, 3, 0.02, 0.5),
    "gd:1:optimal": lambda x, y: gd(x, y, 1, np.trace(x.T @ x) / norm(x) ** 2),
    "gd:4:optimal": lambda x, y: gd(x, y, 4, best_rate(x, 4)),
    "momentum:8:0.9": lambda x, y: momentum(x, y, 8, 0.9, 1 / norm(x)),
    "momentum:5:0.5:0.01": lambda x, y: momentum(x, y, 5, 0.5, 0.02),
    "gdpp:1": lambda x, y: gdpp(x, y, 1),
    "gdpp:4": lambda x, y: gdpp(x, y, 4),
    "gdpp:3:0.01:0.005": lambda x, y: gdpp(x, y, 3, 0.02, 0.005),
    "sgd": lambda x, y: sgd(x, y, 1 / (x.shape[1] + 2)),
    "sgd:0.03": lambda x, y: sgd(x, y, 0.06),
    "sgd:0.01:0.1": lambda x, y: sgd(x, y, 0.02, 0.1),
    "newton:0": lambda x, y: newton(x, y, 0),
    "newton:3": lambda x, y: newton(x, y, 3),
    "newton:8": lambda x, y: newton(x, y, 8),
    "cg:1": lambda x, y: cg(x, y, 1),
    "cg:3": lambda x, y: cg(x, y, 3),
    "cg:3:0.1": lambda x, y: cg(x, y, 3, 0.1),
    "lasso:0.1": lambda x, y: lasso(x, y, 0.1),
    "lasso:0.01": lambda x, y: lasso(x, y, 0.01),
}


def case(case_name, learners, episodes, points, inputs, labels, seed):
    draw = np.random.default_rng(seed)
    x = draw.standard_normal((episodes, points, inputs))
    w = draw.standard_normal((episodes, inputs))
    y = labels(np.einsum("ekd,ed->ek", x, w) + 0.5 * draw.standard_normal((episodes, points)))
    predictions = {
        learner: [
            0.0 if k == 0 else float(x[e, k] @ fit(x[e, :k], y[e, :k])) for e in range(episodes) for k in range(points)
        ]
        for learner, fit in learners.items()
    }
    FOLDER.mkdir(exist_ok=True)
    lines = [{"shape": [episodes, points, inputs], "x": x.ravel().tolist(), "y": y.ravel().tolist()}]
    lines += [{"learner": name, "predictions": values} for name, values in predictions.items()]
    (FOLDER / f"{case_name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def classes(values):
    return np.where(values > 0, 1.0, -1.0)


case("linear-3", LINEAR, 2, 12, 3, lambda y: y, 1)
case("linear-8", {k: v for k, v in LINEAR.items() if k != "lasso:0.01"}, 1, 21, 8, lambda y: y, 2)
# Stored is wᵀx, before tanh(wᵀx/2) turns it into a mean label.
LOGISTIC = {"logistic:1": lambda x, y: logistic(x, y, 1), "logistic:0.05": lambda x, y: logistic(x, y, 0.05)}
case("classes-3", LOGISTIC, 2, 16, 3, classes, 3)
