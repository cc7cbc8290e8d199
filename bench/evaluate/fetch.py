#!/usr/bin/python3
"""Writes the tables of the evaluation, as CSV, out of scikit-learn and R packages of Debian. Needs no network.

Writes <folder>/tables/<table>.csv: UTF-8, a header, commas, missing cells empty, numbers as numbers, categories
as words; no row numbers or identifiers. And <folder>/suite.json, a list of what is to be predicted:

    {"name", "target", "task": "classes" | "number", "rows", "columns", "source", "licence"}

"columns" counts the columns to predict from, so not the target. Two entries may share a CSV: the one whose name
is not the CSV's says so with "table". Rows without a target are left out, as are classes with fewer than 5 rows;
of a table with more than 3000 rows a seeded sample is kept, in the table's order.

Use: /usr/bin/python3 bench/evaluate/fetch.py tables
     /usr/bin/python3 bench/evaluate/fetch.py held-back --held-back
     /usr/bin/python3 bench/evaluate/fetch.py first --first-held-back
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from tables import FIRST_HELD_BACK, HELD_BACK, PACKAGES, TABLES

try:
    import numpy as np
    import pandas as pd
    from sklearn import datasets
except ImportError as error:
    sys.exit(f"fetch.py: {error}. Run: apt install python3-sklearn python3-pandas")

MOST_ROWS = 3000
FEWEST_OF_A_CLASS = 5
MISSING = ""


def scikit_table(table):
    """A table of scikit-learn, its cells as text."""
    loaded = getattr(datasets, table.source.split(": ")[1])(as_frame=True)
    frame = loaded.data.apply(lambda column: column.map(lambda value: format(value, ".15g")))
    [(target, task)] = table.asks.values()
    if task == "number":
        frame[target] = loaded.target.map(lambda value: format(value, ".15g"))
    elif table.name == "digits":
        words = "zero one two three four five six seven eight nine".split()
        frame[target] = loaded.target.map(lambda value: words[value])
    else:
        frame[target] = loaded.target.map(lambda value: str(loaded.target_names[value]))
    return frame


R_WRITE = """
from <- function(package, name) {
  room <- new.env()
  data(list = name, package = package, envir = room)
  room[[name]]
}
write_table <- function(table, path) {
  table <- as.data.frame(table)
  for (name in names(table)) if (is.factor(table[[name]])) {
    words <- levels(table[[name]])
    if (!anyNA(suppressWarnings(as.numeric(words)))) levels(table[[name]]) <- paste(name, words, sep = "_")
  }
  write.csv(table, path, row.names = FALSE, na = "", fileEncoding = "UTF-8")
}
"""


def loaded(source):
    """An R expression for "package::data"."""
    package, name = source.split("::")
    return f'from("{package}", "{name}")'


def r_tables(tables):
    """The tables of R, by name, their cells as text; a factor whose levels look like numbers gets words."""
    with tempfile.TemporaryDirectory() as folder:
        calls = [f'write_table({t.data or loaded(t.source)}, "{folder}/{t.name}.csv")' for t in tables]
        script = Path(folder, "write.R")
        script.write_text("\n".join([R_WRITE, *calls]) + "\n", encoding="utf-8")
        run_r("--vanilla", str(script))
        return {t.name: pd.read_csv(Path(folder, f"{t.name}.csv"), dtype=str, keep_default_na=False) for t in tables}


def run_r(*arguments):
    """What Rscript prints; ends with its message where it fails."""
    result = subprocess.run(["Rscript", *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"fetch.py: Rscript failed:\n{result.stderr}")
    return result.stdout


def require_r(packages):
    """Ends with the packages to install where R or one of its packages is missing."""
    if shutil.which("Rscript") is None:
        missing = set(packages)
    else:
        asked = ", ".join(f'"{name}"' for name in packages)
        found = run_r("--vanilla", "-e", f"cat(Filter(function(p) nzchar(system.file(package = p)), c({asked})))")
        missing = set(packages) - set(found.split())
    if missing:
        install = sorted({"r-base-core"} | {PACKAGES[name].debian for name in missing})
        sys.exit(f"fetch.py: R packages are missing. Run: apt install {' '.join(install)}")


def tidy(table, frame):
    """The table without dropped columns, rows without a target, rare classes, and rows over the limit."""
    absent = [name for name in (*table.drop, *(target for target, _ in table.asks.values())) if name not in frame]
    if absent:
        sys.exit(f"fetch.py: table {table.name} of {table.source} has no column {', '.join(absent)}")
    frame = frame.drop(columns=list(table.drop))
    for target, task in table.asks.values():
        frame = frame[frame[target] != MISSING]
        if task == "classes":
            frame = frame[frame[target].map(frame[target].value_counts()) >= FEWEST_OF_A_CLASS]
    if len(frame) > MOST_ROWS:
        rows = np.random.default_rng(zlib.crc32(table.name.encode())).choice(len(frame), MOST_ROWS, replace=False)
        frame = frame.iloc[np.sort(rows)]
    return frame


def entries(table, frame):
    """The table's entries of the suite."""
    for name, (target, task) in table.asks.items():
        shared = {} if name == table.name else {"table": table.name}
        yield {"name": name, **shared, "target": target, "task": task, "rows": len(frame),
               "columns": frame.shape[1] - 1, "source": table.source, "licence": table.licence}


def main():
    """Writes the tables and the suite."""
    parser = argparse.ArgumentParser(description="Writes the tables of the evaluation and suite.json.")
    parser.add_argument("folder", type=Path)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--held-back", action="store_const", const=HELD_BACK, dest="tables", default=TABLES,
                       help="the tables that nobody has looked at (default: those that the learner was made on)")
    which.add_argument("--first-held-back", action="store_const", const=FIRST_HELD_BACK, dest="tables",
                       help="the tables that were held back once, and then looked at")
    options = parser.parse_args()
    folder, tables = options.folder, options.tables

    require_r(sorted({table.package for table in tables if table.package}))
    from_r = r_tables([table for table in tables if table.package])
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    suite = []
    for table in tables:
        frame = tidy(table, from_r[table.name] if table.package else scikit_table(table))
        frame.to_csv(folder / "tables" / f"{table.name}.csv", index=False, encoding="utf-8")
        suite.extend(entries(table, frame))
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in suite)
    (folder / "suite.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(tables)} tables and {len(suite)} entries of the suite in {folder}")


if __name__ == "__main__":
    main()
