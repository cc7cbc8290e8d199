#!/usr/bin/python3
"""Writes the tables of the evaluation, as CSV, out of scikit-learn and R packages of Debian. Needs no network.

Writes <folder>/tables/<table>.csv: UTF-8, a header, commas, missing cells empty, numbers as numbers, categories
as words; no row numbers or identifiers. And <folder>/suite.json, a list of what is to be predicted:

    {"name", "target", "task": "classes" | "number", "rows", "columns", "source", "licence"}

"columns" counts the columns to predict from, so not the target. Two entries may share a CSV: the one whose name
is not the CSV's says so with "table". Rows without a target are left out, as are classes with fewer than 5 rows;
of a table with more than 3000 rows a seeded sample is kept, in the table's order.

Use: /usr/bin/python3 bench/evaluate/fetch.py tables
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

try:
    import numpy as np
    import pandas as pd
    from sklearn import datasets
except ImportError as error:
    sys.exit(f"fetch.py: {error}. Run: apt install python3-sklearn python3-pandas")

MOST_ROWS = 3000
FEWEST_OF_A_CLASS = 5
MISSING = ""


@dataclass(frozen=True)
class Package:
    """An R package, what Debian calls it, and its licence."""

    debian: str
    licence: str


PACKAGES = {
    "datasets": Package("r-base-core", "GPL-2 | GPL-3"),
    "MASS": Package("r-cran-mass", "GPL-2 | GPL-3"),
    "rpart": Package("r-cran-rpart", "GPL-2 | GPL-3"),
    "carData": Package("r-cran-cardata", "GPL (>= 2)"),
    "ggplot2": Package("r-cran-ggplot2", "MIT"),
    "palmerpenguins": Package("r-cran-palmerpenguins", "CC0"),
}


@dataclass(frozen=True)
class Table:
    """A table: where it comes from, and what is asked of it, as {name of the entry: (target, task)}.

    `source` is "package::data" of R, or "scikit-learn: load_…"; `data` is an R expression where the table is more
    than that data set. `drop` names identifiers and columns that give the target away.
    """

    name: str
    source: str
    asks: dict
    drop: tuple = ()
    data: str = ""

    @property
    def package(self):
        """The R package, or None for a table of scikit-learn."""
        return self.source.split("::")[0] if "::" in self.source else None

    @property
    def licence(self):
        """The licence of the package that the table comes in."""
        return PACKAGES[self.package].licence if self.package else "BSD-3-Clause"


def classes(name, source, target, drop=(), data=""):
    """A table of which one column of classes is asked."""
    return Table(name, source, {name: (target, "classes")}, drop, data)


def number(name, source, target, drop=(), data=""):
    """A table of which one column of numbers is asked."""
    return Table(name, source, {name: (target, "number")}, drop, data)


TABLES = (
    classes("iris", "scikit-learn: load_iris", "class"),
    classes("wine", "scikit-learn: load_wine", "class"),
    classes("breast_cancer", "scikit-learn: load_breast_cancer", "class"),
    classes("digits", "scikit-learn: load_digits", "class"),
    Table("penguins", "palmerpenguins::penguins",
          {"penguins": ("species", "classes"), "penguins_mass": ("body_mass_g", "number")}),
    classes("pima", "MASS::Pima.tr", "type", data="rbind(MASS::Pima.tr, MASS::Pima.te)"),
    classes("biopsy", "MASS::biopsy", "class", drop=("ID",)),
    classes("crabs", "MASS::crabs", "sp", drop=("index",)),
    classes("glass", "MASS::fgl", "type"),
    classes("titanic", "carData::TitanicSurvival", "survived"),
    classes("mroz", "carData::Mroz", "lfp"),
    classes("chile", "carData::Chile", "vote"),
    classes("kyphosis", "rpart::kyphosis", "Kyphosis"),
    classes("stagec", "rpart::stagec", "progressed", drop=("pgtime", "pgstat"),
            data='transform(rpart::stagec, progressed = ifelse(pgstat == 1, "yes", "no"))'),
    number("diabetes", "scikit-learn: load_diabetes", "progression"),
    number("boston", "MASS::Boston", "medv"),
    number("cpus", "MASS::cpus", "perf", drop=("name", "estperf")),
    number("cars93", "MASS::Cars93", "Price", drop=("Manufacturer", "Model", "Make", "Min.Price", "Max.Price")),
    number("prestige", "carData::Prestige", "prestige", drop=("census",)),
    number("salaries", "carData::Salaries", "salary"),
    number("wages", "carData::SLID", "wages"),
    number("airquality", "datasets::airquality", "Ozone"),
    number("swiss", "datasets::swiss", "Fertility"),
    number("quakes", "datasets::quakes", "mag"),
    number("chickweight", "datasets::ChickWeight", "weight", drop=("Chick",)),
    number("co2", "datasets::CO2", "uptake", drop=("Plant",)),
    number("mpg", "ggplot2::mpg", "hwy", drop=("model", "cty")),
    number("diamonds", "ggplot2::diamonds", "price"),
)


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
write_table <- function(table, path) {
  table <- as.data.frame(table)
  for (name in names(table)) if (is.factor(table[[name]])) {
    words <- levels(table[[name]])
    if (!anyNA(suppressWarnings(as.numeric(words)))) levels(table[[name]]) <- paste(name, words, sep = "_")
  }
  write.csv(table, path, row.names = FALSE, na = "", fileEncoding = "UTF-8")
}
"""


def r_tables(tables):
    """The tables of R, by name, their cells as text; a factor whose levels look like numbers gets words."""
    with tempfile.TemporaryDirectory() as folder:
        calls = [f'write_table({t.data or t.source}, "{folder}/{t.name}.csv")' for t in tables]
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
    folder = parser.parse_args().folder

    require_r(PACKAGES)
    from_r = r_tables([table for table in TABLES if table.package])
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    suite = []
    for table in TABLES:
        frame = tidy(table, from_r[table.name] if table.package else scikit_table(table))
        frame.to_csv(folder / "tables" / f"{table.name}.csv", index=False, encoding="utf-8")
        suite.extend(entries(table, frame))
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in suite)
    (folder / "suite.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(TABLES)} tables and {len(suite)} entries of the suite in {folder}")


if __name__ == "__main__":
    main()
