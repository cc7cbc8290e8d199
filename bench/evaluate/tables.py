"""The tables of the evaluation: those that were looked at while the learner was made, and two sets that were held back."""

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
    "modeldata": Package("r-cran-modeldata", "MIT"),
    "TH.data": Package("r-cran-th.data", "GPL-3"),
    "dslabs": Package("r-cran-dslabs", "Artistic-2.0"),
    "HSAUR3": Package("r-cran-hsaur3", "GPL-2"),
    "vcd": Package("r-cran-vcd", "GPL-2"),
    "vcdExtra": Package("r-cran-vcdextra", "GPL (>= 2)"),
    "mice": Package("r-cran-mice", "GPL (>= 2)"),
    "robustbase": Package("r-cran-robustbase", "GPL (>= 2)"),
    "geepack": Package("r-cran-geepack", "GPL (>= 3)"),
    "psychTools": Package("r-cran-psychtools", "GPL (>= 2)"),
    "sp": Package("r-cran-sp", "GPL (>= 2)"),
    "plm": Package("r-cran-plm", "GPL (>= 2)"),
    "Epi": Package("r-cran-epi", "GPL-2"),
    "reshape2": Package("r-cran-reshape2", "MIT"),
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

# A set that is held back is chosen by what its tables are, and by nothing that any learner does on them: real tables of 45 rows
# and more with 3 to 60 columns and at most 11 classes. It is run once, when the learner is finished. Where what it shows leads to
# a change, it was looked at, and another set takes its place.
#
# This one was looked at: "How good it is" in docs/tables.md says what it showed.
FIRST_HELD_BACK = (
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

HELD_BACK = (
    classes("attrition", "modeldata::attrition", "Attrition"),
    classes("cells", "modeldata::cells", "class", drop=("case",)),
    classes("credit", "modeldata::credit_data", "Status"),
    classes("jobs", "modeldata::hpc_data", "class"),
    classes("loans", "modeldata::lending_club", "Class"),
    classes("churn", "modeldata::mlc_churn", "churn"),
    classes("oils", "modeldata::oils", "class"),
    classes("scat", "modeldata::scat", "Species"),
    classes("developers", "modeldata::stackoverflow", "Remote"),
    classes("wpbc", "TH.data::wpbc", "status", drop=("time",)),
    classes("mammography", "TH.data::mammoexp", "ME"),
    classes("olive", "dslabs::olive", "region", drop=("area",)),
    classes("happiness", "HSAUR3::CHFLS", "R_happy"),
    classes("respiratory", "HSAUR3::respiratory", "status", drop=("subject",)),
    classes("toenail", "HSAUR3::toenail", "outcome", drop=("patientID",)),
    classes("arthritis", "vcd::Arthritis", "Improved", drop=("ID",)),
    classes("icu", "vcdExtra::ICU", "died"),
    classes("boys", "mice::boys", "gen"),
    classes("food_stamps", "robustbase::foodstamp", "participation",
            data="transform(robustbase::foodstamp, participation = factor(participation))"),
    classes("muscatine", "geepack::muscatine", "obese", drop=("id", "numobese")),
    classes("sat_act", "psychTools::sat.act", "gender",
            data="transform(psychTools::sat.act, gender = factor(gender))"),
    classes("personality", "psychTools::bfi", "gender",
            data="transform(psychTools::bfi, gender = factor(gender))"),
    classes("wilms", "survival::nwtco", "rel", drop=("seqno", "edrel", "in.subcohort"),
            data="transform(survival::nwtco, rel = factor(rel))"),
    classes("gbsg", "survival::gbsg", "status", drop=("pid", "rfstime"),
            data="transform(survival::gbsg, status = factor(status))"),
    classes("insurance", "AER::HealthInsurance", "insurance"),
    classes("smokers", "AER::SmokeBan", "smoker"),
    classes("melanoma", "MASS::Melanoma", "status", drop=("time",),
            data="transform(MASS::Melanoma, status = factor(status))"),
    classes("painters", "MASS::painters", "School"),
    classes("students", "MASS::survey", "Sex"),
    classes("recidivism", "carData::Rossi", "arrest", drop=("week", *(f"emp{week}" for week in range(1, 53))),
            data="transform(carData::Rossi, arrest = factor(arrest))"),
    classes("poverty", "carData::WVS", "poverty"),
    classes("refugees", "carData::Greene", "decision"),
    classes("abortion", "carData::CES11", "abortion", drop=("id",)),
    classes("nodal", "boot::nodal", "r", drop=("m",), data='transform(from("boot", "nodal"), r = factor(r))'),
    Table("meuse", "sp::meuse",
          {"meuse_soil": ("soil", "classes"), "meuse_zinc": ("zinc", "number")}, ("cadmium", "copper", "lead")),
    number("car_prices", "modeldata::car_prices", "Price"),
    number("concrete", "modeldata::concrete", "compressive_strength"),
    number("sacramento", "modeldata::Sacramento", "price", drop=("zip",)),
    number("us_melanoma", "HSAUR3::USmelanoma", "mortality"),
    number("blues", "HSAUR3::BtheB", "bdi.2m", drop=("bdi.3m", "bdi.5m", "bdi.8m")),
    number("companies", "HSAUR3::Forbes2000", "marketvalue", drop=("rank", "name")),
    number("panel_wages", "plm::Wages", "lwage"),
    number("counties", "plm::Crime", "crmrte", drop=("county", *(f"l{name}" for name in (
        "crmrte", "prbarr", "prbconv", "prbpris", "avgsen", "polpc", "density", "wcon", "wtuc", "wtrd", "wfir", "wser", "wmfg",
        "wfed", "wsta", "wloc", "pctymle", "pctmin", "taxpc", "mix")))),
    number("males", "plm::Males", "wage", drop=("nr",)),
    number("rice", "plm::RiceFarms", "goutput", drop=("id", "noutput")),
    number("production", "plm::Produc", "gsp"),
    number("gapminder", "dslabs::gapminder", "life_expectancy", drop=("country",)),
    number("nox", "robustbase::NOxEmissions", "LNOx",
           data="transform(robustbase::NOxEmissions, julday = as.integer(as.character(julday)))"),
    number("schooling", "robustbase::education", "Y", drop=("State",)),
    number("crohn", "robustbase::CrohnD", "nrAdvE", drop=("ID",)),
    number("possums", "robustbase::possumDiv", "Diversity"),
    number("epilepsy", "robustbase::epilepsy", "Ysum", drop=("ID", "Y1", "Y2", "Y3", "Y4", "Age10", "Base4")),
    number("pigs", "geepack::dietox", "Weight", drop=("Pig", "Litter")),
    number("births", "Epi::births", "bweight", drop=("id", "lowbw")),
    number("diet", "Epi::diet", "energy", drop=("id", "doe", "dox", "dob", "energy.grp")),
    number("depression", "psychTools::epi.bfi", "bdi"),
    number("mental_tests", "psychTools::holzinger.swineford", "t06_paracomp", drop=("case",)),
    number("baseball", "vcd::Baseball", "sal87", drop=("name1", "name2")),
    number("doctor_visits", "AER::DoctorVisits", "visits"),
    number("boating", "AER::RecreationDemand", "trips"),
    number("college", "AER::CollegeDistance", "education"),
    number("ma_schools", "AER::MASchools", "score4", drop=("district", "municipality", "score8")),
    number("journals", "AER::Journals", "subs", drop=("title",)),
    number("guns", "AER::Guns", "violent", drop=("murder", "robbery")),
    number("articles", "AER::PhDPublications", "articles"),
    number("natural_gas", "AER::NaturalGas", "consumption", drop=("statecode",)),
    number("oats", "MASS::oats", "Y"),
    number("cereals", "MASS::UScereal", "calories"),
    number("pupils", "nlme::bdf", "langPOST", drop=(
        "schoolNR", "pupilNR", "classNR", "aritPOST", "IQ.ver.cen", "avg.IQ.ver.cen", "grpSiz.cen")),
    number("mathematics", "nlme::MathAchieve", "MathAch", drop=("School",)),
    number("soybeans", "nlme::Soybean", "weight", drop=("Plot",)),
    number("states", "carData::States", "SATM", drop=("SATV",)),
    number("anscombe", "carData::Anscombe", "education"),
    number("duncan", "carData::Duncan", "prestige"),
    number("reading", "carData::Baumann", "post.test.1", drop=("post.test.2", "post.test.3")),
    number("vocabulary", "carData::GSSvocab", "vocab"),
    number("davis", "carData::Davis", "weight", drop=("repwt",)),
    number("soils", "carData::Soils", "pH", drop=("Group", "Gp")),
    number("savings", "datasets::LifeCycleSavings", "sr"),
    number("murder", "datasets::USArrests", "Murder"),
    number("rock", "datasets::rock", "perm"),
    number("theophylline", "datasets::Theoph", "conc", drop=("Subject",)),
    number("barley", "lattice::barley", "yield"),
    number("midwest", "ggplot2::midwest", "percollege", drop=("PID", "county", "percprof")),
    number("tips", "reshape2::tips", "tip"),
)
