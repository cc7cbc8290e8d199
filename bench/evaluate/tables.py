"""The tables of the evaluation: those that were looked at while the learner was made, and those that were held back."""

from dataclasses import dataclass


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
    "AER": Package("r-cran-aer", "GPL-2 | GPL-3"),
    "boot": Package("r-cran-boot", "Unlimited"),
    "kernlab": Package("r-cran-kernlab", "GPL-2"),
    "lattice": Package("r-cran-lattice", "GPL (>= 2)"),
    "mlbench": Package("r-cran-mlbench", "GPL-2"),
    "nlme": Package("r-cran-nlme", "GPL (>= 2)"),
    "survival": Package("r-cran-survival", "LGPL (>= 2)"),
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

# Chosen by what they are, and by nothing that any learner does on them: real tables of 45 rows and more, of another package or of
# the same ones, with 3 to 60 columns and at most 11 classes. They were run when the learner was finished, and nothing was changed
# after.
HELD_BACK = (
    classes("votes84", "mlbench::HouseVotes84", "Class"),
    classes("ionosphere", "mlbench::Ionosphere", "Class"),
    classes("sonar", "mlbench::Sonar", "Class"),
    classes("vehicle", "mlbench::Vehicle", "Class"),
    classes("vowel", "mlbench::Vowel", "Class"),
    classes("zoo", "mlbench::Zoo", "type"),
    classes("satellite", "mlbench::Satellite", "classes"),
    classes("spam", "kernlab::spam", "type"),
    classes("bank_wages", "AER::BankWages", "job"),
    classes("credit_card", "AER::CreditCard", "card", drop=("expenditure", "share")),
    classes("hmda", "AER::HMDA", "deny"),
    classes("swiss_labor", "AER::SwissLabor", "participation"),
    classes("gsoep", "AER::GSOEP9402", "school"),
    classes("urine", "boot::urine", "r", data='transform(from("boot", "urine"), r = factor(r))'),
    classes("lung", "survival::lung", "status", drop=("time",),
            data='transform(from("survival", "cancer"), status = factor(status))'),
    classes("pbc", "survival::pbc", "status", drop=("id", "time"),
            data='transform(from("survival", "pbc"), status = factor(status))'),
    classes("retinopathy", "survival::retinopathy", "status", drop=("id", "futime"),
            data='transform(from("survival", "retinopathy"), status = factor(status))'),
    classes("bacteria", "MASS::bacteria", "y", drop=("ID",)),
    classes("birthwt", "MASS::birthwt", "low", drop=("bwt",), data="transform(MASS::birthwt, low = factor(low))"),
    classes("cats", "MASS::cats", "Sex"),
    classes("shuttle", "MASS::shuttle", "use"),
    classes("arrests", "carData::Arrests", "released"),
    classes("beps", "carData::BEPS", "vote"),
    classes("womenlf", "carData::Womenlf", "partic"),
    classes("wells", "carData::Wells", "switch"),
    classes("cowles", "carData::Cowles", "volunteer"),
    classes("infert", "datasets::infert", "case", drop=("stratum", "pooled.stratum"),
            data="transform(datasets::infert, case = factor(case))"),
    classes("msleep", "ggplot2::msleep", "vore", drop=("name", "genus")),
    number("servo", "mlbench::Servo", "Class"),
    number("cps1985", "AER::CPS1985", "wage"),
    number("house_prices", "AER::HousePrices", "price"),
    number("ca_schools", "AER::CASchools", "read", drop=("district", "school", "math")),
    number("teaching", "AER::TeachingRatings", "eval", drop=("prof",)),
    number("visits", "AER::NMES1988", "visits"),
    number("electricity", "AER::Electricity1970", "cost"),
    number("cigarettes", "AER::CigarettesSW", "packs"),
    number("crime", "MASS::UScrime", "y"),
    number("nlschools", "MASS::nlschools", "lang", drop=("class",)),
    number("quine", "MASS::quine", "Days"),
    number("whiteside", "MASS::whiteside", "Gas"),
    number("cabbages", "MASS::cabbages", "HeadWt"),
    number("anorexia", "MASS::anorexia", "Postwt"),
    number("traffic", "MASS::Traffic", "y"),
    number("ornstein", "carData::Ornstein", "interlocks"),
    number("un", "carData::UN", "lifeExpF"),
    number("leinhardt", "carData::Leinhardt", "infant"),
    number("tooth_growth", "datasets::ToothGrowth", "len"),
    number("warpbreaks", "datasets::warpbreaks", "breaks"),
    number("attenu", "datasets::attenu", "accel", drop=("station",)),
    number("environmental", "lattice::environmental", "ozone"),
    number("ethanol", "lattice::ethanol", "NOx"),
    number("orthodont", "nlme::Orthodont", "distance", drop=("Subject",)),
    number("solder", "rpart::solder", "skips"),
    number("car_test", "rpart::car.test.frame", "Mileage"),
    number("economics", "ggplot2::economics", "unemploy"),
)
