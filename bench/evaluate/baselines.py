#!/usr/bin/python3
"""Predicts the asked rows of every split with scikit-learn, from the shown rows alone.

Reads what fetch.py and splits.py wrote, and writes <folder>/baselines/<name>.json for each entry of the suite:

    {"name", "drawn": fingerprint of the splits, "learners": {learner: [predictions of split 0, …]},
     "seconds": {learner: CPU seconds of all its splits}}

Predictions of a split have one element for each asked row: of classes its probabilities in the order of "classes"
of the splits, rounded to 4 digits (so 0 is possible, and a row need not sum to exactly 1; a class that is not shown
has 0), of numbers the prediction, rounded to 6 significant digits.

Columns are encoded alike for all learners, fitted on the shown rows: numbers (columns whose cells are all numbers)
get the median where missing and are standardised; categories are one-hot, missing is a category, and categories
that are not shown are all zeros.

Learners of classes:
- majority: the frequencies of the shown classes;
- logistic: LogisticRegression, with 10 labels or more and 2 of each shown class C from 1e-3 … 1e3 by stratified
  cross-validation of the log-loss (5 folds, fewer where a class has fewer rows), otherwise C = 1;
- knn: 5 nearest neighbours, equal weights;
- svm: SVC with RBF kernel and its own calibration (5 folds); where a shown class has fewer than 5 rows that does
  not work, and the softmax of the decision values (of two classes: the logistic function) stands in for it;
- random-forest: 300 trees;
- boosting: HistGradientBoostingClassifier, min_samples_leaf a tenth of the labels, from 2 up to the usual 20;
- naive-bayes: GaussianNB as it comes; with a class of one row its probabilities are all but 0 and 1.

Learners of numbers: mean; ridge (RidgeCV, alpha from 1e-3 … 1e4 by leave-one-out); knn; svm (SVR with RBF kernel
on the standardised target); random-forest; boosting, both as above.

Entries come cheapest first. Learners that an entry's file has already, for the same splits, are not computed again,
and a file is renamed into place when it is complete: an interrupted run goes on where it was.

Use: nice /usr/bin/python3 bench/evaluate/baselines.py tables
"""

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded

import argparse  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
import zlib  # noqa: E402
from pathlib import Path  # noqa: E402

from splits import read_suite, read_table  # noqa: E402

try:
    import numpy as np
    import pandas as pd
    from scipy.special import expit, softmax
    from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, RidgeCV
    from sklearn.model_selection import StratifiedKFold
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.svm import SVC, SVR
except ImportError as error:
    sys.exit(f"baselines.py: {error}. Run: apt install python3-sklearn python3-pandas")

MISSING = ""
TREES = 300


def logistic(answers, seed):
    """Logistic regression; see above for C."""
    rarest = np.bincount(answers).min()
    if len(answers) < 10 or rarest < 2:
        return LogisticRegression(C=1, max_iter=1000)
    folds = StratifiedKFold(min(5, rarest), shuffle=True, random_state=seed)
    return LogisticRegressionCV(Cs=np.logspace(-3, 3, 7), cv=folds, scoring="neg_log_loss", max_iter=1000)


class SoftmaxSVC(SVC):
    """An SVC whose probabilities are the softmax of its decision values."""

    def predict_proba(self, rows):
        values = self.decision_function(rows)
        if values.ndim == 1:
            return np.stack([expit(-values), expit(values)], axis=1)
        return softmax(values, axis=1)


def svm(answers, seed):
    """A support vector classifier; see above for its probabilities."""
    calibrated = np.bincount(answers).min() >= 5
    return SVC(probability=True, random_state=seed) if calibrated else SoftmaxSVC()


def leaf(answers):
    """The fewest rows of a leaf of boosted trees."""
    return int(np.clip(len(answers) // 10, 2, 20))


# Each makes a learner from the shown answers and a seed.
OF_CLASSES = {
    "majority": lambda answers, seed: DummyClassifier(strategy="prior"),
    "logistic": logistic,
    "knn": lambda answers, seed: KNeighborsClassifier(min(5, len(answers))),
    "svm": svm,
    "random-forest": lambda answers, seed: RandomForestClassifier(TREES, random_state=seed, n_jobs=1),
    "boosting": lambda answers, seed: HistGradientBoostingClassifier(
        min_samples_leaf=leaf(answers), random_state=seed),
    "naive-bayes": lambda answers, seed: GaussianNB(),
}
OF_NUMBERS = {
    "mean": lambda answers, seed: DummyRegressor(),
    "ridge": lambda answers, seed: RidgeCV(np.logspace(-3, 4, 15)),
    "knn": lambda answers, seed: KNeighborsRegressor(min(5, len(answers))),
    "svm": lambda answers, seed: TransformedTargetRegressor(SVR(), transformer=StandardScaler()),
    "random-forest": lambda answers, seed: RandomForestRegressor(TREES, random_state=seed, n_jobs=1),
    "boosting": lambda answers, seed: HistGradientBoostingRegressor(
        min_samples_leaf=leaf(answers), random_state=seed),
}
LEARNERS = {"classes": OF_CLASSES, "number": OF_NUMBERS}
NAMES = list(dict.fromkeys([*OF_CLASSES, *OF_NUMBERS]))


def typed(inputs):
    """The columns with numbers as numbers (missing: NaN) and categories as text; with the names of the former."""
    columns, numeric = {}, []
    for name, cells in inputs.items():
        values = pd.to_numeric(cells.where(cells != MISSING), errors="coerce")
        if values.isna().equals(cells == MISSING):
            numeric.append(name)
            columns[name] = values.astype(float)
        else:
            columns[name] = cells
    return pd.DataFrame(columns), numeric


def encoder(inputs, numeric):
    """What turns typed columns into one matrix."""
    numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    categories = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    others = [name for name in inputs if name not in numeric]
    return ColumnTransformer([("numbers", numbers, numeric), ("categories", categories, others)])


def class_probabilities(make, shown, answers, asked, seed, count):
    """Probabilities of all `count` classes; `answers` are indices of classes."""
    present, local = np.unique(answers, return_inverse=True)
    if len(present) == 1:
        make = OF_CLASSES["majority"]
    probabilities = np.zeros((len(asked), count))
    probabilities[:, present] = make(local, seed).fit(shown, local).predict_proba(asked)
    if not np.isfinite(probabilities).all():
        raise ValueError("a probability is not finite")
    return [[round(value, 4) for value in row] for row in probabilities.tolist()]


def predicted_numbers(make, shown, answers, asked, seed):
    """The predictions of numbers."""
    predictions = make(answers, seed).fit(shown, answers).predict(asked)
    if not np.isfinite(predictions).all():
        raise ValueError("a prediction is not finite")
    return [float(f"{value:.6g}") for value in predictions]


class Work:
    """An entry of the suite with its table, its splits, and what is computed of it already."""

    def __init__(self, folder, entry, wanted):
        self.name, self.task = entry["name"], entry["task"]
        path = folder / "splits" / f"{self.name}.json"
        if not path.is_file():
            sys.exit(f"{path} is missing: run splits.py {folder} first")
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
        self.splits, self.classes = content["splits"], content["classes"]

        inputs, target = read_table(folder, entry)
        self.inputs, self.numeric = typed(inputs)
        self.answers = (np.searchsorted(self.classes, target) if self.classes else target.astype(float).to_numpy())

        self.path = folder / "baselines" / f"{self.name}.json"
        self.result = {"name": self.name, "drawn": f"{zlib.crc32(text.encode()):08x}", "learners": {}, "seconds": {}}
        if self.path.is_file():
            earlier = json.loads(self.path.read_text(encoding="utf-8"))
            if earlier["drawn"] == self.result["drawn"]:
                self.result = earlier
        self.missing = [name for name in LEARNERS[self.task]
                        if name in wanted and name not in self.result["learners"]]

    def costs(self):
        """About how long each split takes, in no particular unit: trees grow with the classes and the labels."""
        return [1 + len(self.classes or ()) / 8 + split["labels"] / 1000 for split in self.splits]

    def compute(self, on_split):
        """Predicts all splits with the missing learners, and writes the file."""
        predictions = {name: [] for name in self.missing}
        seconds = dict.fromkeys(self.missing, 0.0)
        for index, split in enumerate(self.splits):
            columns = encoder(self.inputs, self.numeric)
            shown = columns.fit_transform(self.inputs.iloc[split["shown"]])
            asked = columns.transform(self.inputs.iloc[split["asked"]])
            answers = self.answers[split["shown"]]
            for name in self.missing:
                start = time.process_time()
                predictions[name].append(self.predict(name, shown, answers, asked, index))
                seconds[name] += time.process_time() - start
            on_split(index)
        self.result["learners"].update(predictions)
        self.result["seconds"].update({name: round(value, 2) for name, value in seconds.items()})
        self.path.parent.mkdir(exist_ok=True)
        beside = self.path.with_suffix(".json.part")
        beside.write_text(json.dumps(self.result, separators=(",", ":")), encoding="utf-8")
        beside.replace(self.path)

    def predict(self, name, shown, answers, asked, index):
        """One learner's predictions of one split."""
        make = LEARNERS[self.task][name]
        try:
            if self.classes:
                return class_probabilities(make, shown, answers, asked, index, len(self.classes))
            return predicted_numbers(make, shown, answers, asked, index)
        except ValueError as error:
            raise RuntimeError(f"{name} failed on split {index} of {self.name}: {error}") from error


class Progress:
    """A line on stderr: how far the run is and the time left."""

    def __init__(self, total):
        self.total, self.done, self.start = total, 0.0, time.monotonic()

    def add(self, cost, text, final):
        """Counts a split; says so on a terminal, and in a log where `final`, at the end of a table."""
        self.done += cost
        if not final and not sys.stderr.isatty():
            return
        left = (time.monotonic() - self.start) * max(0, self.total / self.done - 1)
        line = f"{100 * self.done / self.total:5.1f} %  {left / 60:5.1f} min left  {text}"
        print(f"\r\033[K{line}" if sys.stderr.isatty() else line, end="" if not final else "\n", file=sys.stderr,
              flush=True)


def learner_list(text):
    """Names of learners, comma-separated."""
    names = text.split(",")
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no learner {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return names


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Predicts the splits of the evaluation with scikit-learn.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", metavar="NAME", help="this entry of the suite alone")
    parser.add_argument("--learners", type=learner_list, default=NAMES, help=f"some of {','.join(NAMES)}")
    return parser.parse_args()


def main():
    """Computes what is missing, the cheapest entries first."""
    options = arguments()
    suite = [entry for entry in read_suite(options.folder) if options.only in (None, entry["name"])]
    if not suite:
        sys.exit(f"the suite has no entry {options.only}")
    warnings.filterwarnings("ignore")

    work = [Work(options.folder, entry, options.learners) for entry in suite]
    work = sorted((each for each in work if each.missing), key=lambda each: sum(each.costs()))
    progress = Progress(sum(sum(each.costs()) for each in work))
    for each in work:
        costs = each.costs()
        each.compute(lambda index, each=each, costs=costs: progress.add(
            costs[index], f"{each.name} {index + 1}/{len(costs)}", index + 1 == len(costs)))
    print(f"baselines of {len(suite)} entries in {options.folder / 'baselines'}", file=sys.stderr)


if __name__ == "__main__":
    main()
