#!/usr/bin/python3
"""Draws which rows of each table are shown with their answers, and which are asked.

Reads what fetch.py wrote, and writes <folder>/splits/<name>.json for each entry of the suite:

    {"name", "task", "classes": [sorted names] | null,
     "splits": [{"labels": 5, "repeat": 0, "shown": [rows], "asked": [rows]}, …]}

A row is a data row of the CSV, counted from 0; shown and asked are in random order. Shown rows of classes are
stratified: each class has at least one (where there are fewer labels than classes, as many classes as labels have
one each), and beyond that its share; ties are broken by chance. Shown rows of numbers are random, and so are asked
rows, which are never shown. A number of labels is left out of a table where labels >= rows - 30.

A split depends on the seed, the entry's name, its number of labels and its repeat alone: not on the other entries,
nor on how many repeats there are.

Use: /usr/bin/python3 bench/evaluate/splits.py tables --repeats 20
"""

import argparse
import json
import sys
import zlib
from pathlib import Path

try:
    import numpy as np
    import pandas as pd
except ImportError as error:
    sys.exit(f"splits.py: {error}. Run: apt install python3-sklearn python3-pandas")

FEWEST_ASKED = 30


def read_suite(folder):
    """The entries of the suite."""
    path = folder / "suite.json"
    if not path.is_file():
        sys.exit(f"{path} is missing: run fetch.py {folder} first")
    return json.loads(path.read_text(encoding="utf-8"))


def read_table(folder, entry):
    """The entry's columns to predict from, and its target: all cells as text, the missing ones empty."""
    path = folder / "tables" / f"{entry.get('table', entry['name'])}.csv"
    if not path.is_file():
        sys.exit(f"{path} is missing: run fetch.py {folder} first")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    if len(frame) != entry["rows"] or entry["target"] not in frame:
        sys.exit(f"{path} is not the table that suite.json describes: run fetch.py {folder} again")
    return frame.drop(columns=entry["target"]), frame[entry["target"]]


def shares(sizes, labels, generator):
    """How many rows of each class are shown, given how many there are."""
    if labels < len(sizes):
        return np.isin(np.arange(len(sizes)), generator.choice(len(sizes), labels, replace=False)).astype(int)
    quota = labels * sizes / sizes.sum() + 1e-9 * generator.random(len(sizes))
    counts = np.clip(np.floor(quota).astype(int), 1, sizes)
    while counts.sum() < labels:
        counts[np.argmax(np.where(counts < sizes, quota - counts, -np.inf))] += 1
    while counts.sum() > labels:
        counts[np.argmin(np.where(counts > 1, quota - counts, np.inf))] -= 1
    return counts


def draw(target, task, labels, most_asked, generator):
    """The rows shown and the rows asked of one split."""
    rows = generator.permutation(len(target))
    if task == "classes":
        of_class = [rows[target[rows] == name] for name in np.unique(target)]
        counts = shares(np.array([len(of) for of in of_class]), labels, generator)
        shown = generator.permutation(np.concatenate([of[:count] for of, count in zip(of_class, counts)]))
    else:
        shown = rows[:labels]
    asked = generator.permutation(np.setdiff1d(rows, shown))[:most_asked]
    return shown.tolist(), asked.tolist()


def splits_of(entry, target, options):
    """All splits of an entry, fewest labels first."""
    for labels in options.labels:
        if labels >= len(target) - FEWEST_ASKED:
            continue
        for repeat in range(options.repeats):
            seed = [options.seed, zlib.crc32(entry["name"].encode()), labels, repeat]
            shown, asked = draw(target, entry["task"], labels, options.asked, np.random.default_rng(seed))
            yield {"labels": labels, "repeat": repeat, "shown": shown, "asked": asked}


def positive(text):
    """A whole number from 1."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1")
    return value


def label_list(text):
    """Numbers of labels, comma-separated, ascending and each once."""
    return sorted({positive(part) for part in text.split(",")})


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Draws the splits of the evaluation.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=positive, default=20, help="splits for each number of labels")
    parser.add_argument("--labels", type=label_list, default=[5, 10, 20, 50, 100, 300], help="for example 5,10,20")
    parser.add_argument("--asked", type=positive, default=300, help="the most rows asked of a split")
    parser.add_argument("--seed", type=positive, default=1)
    return parser.parse_args()


def main():
    """Writes the splits of every entry of the suite."""
    options = arguments()
    suite = read_suite(options.folder)
    (options.folder / "splits").mkdir(exist_ok=True)
    for entry in suite:
        _, target = read_table(options.folder, entry)
        names = sorted(target.unique()) if entry["task"] == "classes" else None
        splits = list(splits_of(entry, target.to_numpy(), options))
        if not splits:
            print(f"{entry['name']}: too few rows for any of these numbers of labels", file=sys.stderr)
        content = {"name": entry["name"], "task": entry["task"], "classes": names, "splits": splits}
        (options.folder / "splits" / f"{entry['name']}.json").write_text(json.dumps(content), encoding="utf-8")
        tried = sorted({split["labels"] for split in splits})
        print(f"{entry['name']:16}{len(splits):4} splits  labels {', '.join(map(str, tried))}")


if __name__ == "__main__":
    main()
