"""Rows of a log as Spark SQL has them, to one exact sum a pair: what `truereach aggregate` does on one machine."""

from __future__ import annotations

import datetime
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _truereach
from .._call import options, words_of
from ._exp2 import exp2

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

T = TypeVar("T")

#: Why a row is left out, by the first reason that holds, with the words for it.
REASONS = ("undated", "outside", "unweighted", "other_kind", "null_id", "self")
ROLES = ("source", "target", "kind", "time", "weight", "sign")
#: Weights are whole numbers of 2^-32, so that they add up to the same in any order.
UNITS = 4294967296.0
#: Units of a row from which on 64 bits are too narrow, and the weight that even the wide sum refuses.
_WIDE, _LARGEST = 9.2e18, 288230376151711744.0
_DAY = 86_400_000
#: Seconds since 1970 at the start of 2100: a larger bare number counts something else.
_LATEST = 4_102_444_800
_MOST = 2**63 - 1
#: Marks of what a row says to the driver by an error.
FAULT, TOO_WIDE = "truereach says: ", "truereach: wider sums"

#: Kinds under their other names, as `canonical_kind` of the engine has them.
_KINDS = {
    "share": ("rt", "retweet", "repost", "reshare", "shares", "retweeted"),
    "mention": ("mt", "mentions", "mentioned"),
    "reply": ("re", "replies", "replied"),
    "like": ("likes", "liked", "fav", "favorite", "favourite", "heart"),
    "comment": ("comments", "commented"),
    "view": ("views", "viewed", "impression", "impressions"),
    "follow": ("follows", "followed", "subscribe"),
    "save": ("saves", "saved", "bookmark"),
    "message": ("messages", "dm"),
}
_WHITE = r"^[\p{IsWhite_Space}]+|[\p{IsWhite_Space}]+$"
_FOR, _AGAINST, _NEITHER = ("+", "positive", "pos", "for"), ("-", "negative", "neg", "against"), ("neutral", "neu")
_DECIMAL = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?$"


@dataclass(frozen=True)
class Asked:
    """What is asked of a log, checked: columns by role (the place in the table), moments in milliseconds."""

    columns: dict[str, int]
    names: dict[str, str]
    why: dict[str, str]
    kinds: dict[str, float]
    since: int | None
    until: int | None
    half_life: float | None
    at: int | None
    unit: str | None

    def counted_back_from(self, at: int) -> Asked:
        """With the moment from which half-lives count back."""
        return replace(self, at=at)

    @property
    def weighs(self) -> bool:
        """Whether rows weigh anything but one."""
        return "weight" in self.columns or self.half_life is not None or bool(self.kinds)


def ask(df: DataFrame, given: dict[str, tuple[str, Any]]) -> Asked:
    """Checks parameters and columns as the verb `aggregate` does: the verb itself looks at one empty row of such a table.

    Parameters
    ----------
    df
        The log.
    given
        The verb's parameters under its names, with how they are written and their values.
    """
    import pyarrow
    import pyarrow.parquet

    words = {name: words_of(name, how, value, []) for name, (how, value) in given.items() if value is not None}
    with tempfile.TemporaryDirectory(prefix="truereach-") as folder:
        log, out = os.path.join(folder, "log.parquet"), os.path.join(folder, "edges.csv")
        fields = [(field.name, _arrow_type(field.dataType)) for field in df.schema.fields]
        empty = pyarrow.table([pyarrow.array([None], type_) for _, type_ in fields], names=[name for name, _ in fields])
        pyarrow.parquet.write_table(empty, log, store_schema=False)

        def verb(words: dict[str, list[str]]) -> str:
            every = ["aggregate", f"--output={out}", "--force", *(word for some in words.values() for word in some)]
            try:
                return _truereach.ask([*every, "--", log], None, False, options(1, 1, None, False))[1]
            except (_truereach.ParameterError, _truereach.InputError) as error:
                raise type(error)(str(error).replace(log, "the log")) from None

        def moment(name: str) -> int | None:
            """A time as the verb reads it: it says from when half-lives count back."""
            if not words.get(name):
                return None
            value = words[name][0].split("=", 1)[1]
            said = verb({**words, "half-life": ["--half-life=1"], "since": [], "until": [], "at": [f"--at={value}"]})
            return _milliseconds(next(line for line in said.splitlines() if line.startswith("decay")).split(" from ")[1])

        # An empty row has no time to count back from, and the parameters may rely on the log's latest.
        counted_from = {"at": ["--at=0"]} if "half-life" in words and not {"at", "until"} & words.keys() else {}
        said = verb({**words, **counted_from})
        since, until, at = moment("since"), moment("until"), moment("at")
    columns, names, why = {}, {}, {}
    held = [name for name, _ in fields]
    for line in said.splitlines():
        found = re.match(r"(\w+) +(.*) \((--[\w-]+ says so|its name is a word for .*|the file has two columns)\)$", line)
        if found and found[1] in ROLES:
            columns[found[1]], names[found[1]], why[found[1]] = held.index(found[2]), found[2], found[3]
    kinds = {}
    for word in words.get("kinds", []):
        for part in word.split("=", 1)[1].split(","):
            name, _, number = part.partition("=")
            kinds[canonical_kind(name)] = float(number) if number else 1.0
    half_life = given["half-life"][1]
    asked = Asked(
        columns, names, why, kinds, since, until, None if half_life is None else float(half_life) * _DAY,
        at if at is not None else until, given["time-unit"][1],
    )
    _check_types(df, asked)
    return asked


def _arrow_type(of: Any) -> Any:
    """A column's type in Arrow; bytes for one that Arrow has not, which is no column of a log either."""
    import pyarrow
    from pyspark.sql.pandas.types import to_arrow_type
    from pyspark.sql.types import StringType

    if isinstance(of, StringType):
        return pyarrow.string()
    try:
        return to_arrow_type(of, timezone="UTC")
    except Exception:  # PySpark has an exception of its own for each type.
        return pyarrow.binary()


def _milliseconds(text: str) -> int:
    """A moment as the verb shows it, in milliseconds since 1970."""
    if text.endswith(" ms"):
        return int(text[:-3])
    since = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since // datetime.timedelta(milliseconds=1)


def canonical_kind(text: str) -> str:
    """A kind under the name the project calls it by: RT and retweet are share."""
    lower = text.strip().lower()
    return next((kind for kind, others in _KINDS.items() if lower in others), lower)


def _check_types(df: DataFrame, asked: Asked) -> None:
    """Refuses what the verb reads and Spark would read otherwise."""
    from pyspark.sql.types import DecimalType, StringType

    types = {role: df.schema.fields[at].dataType for role, at in asked.columns.items()}
    for role, expected, hint in (
        ("time", "timestamps, dates or whole numbers", "turn it into one of them first, as with to_timestamp(…)"),
        ("weight", "numbers", 'turn it into numbers first, as with .cast("double")'),
    ):
        if isinstance(types.get(role), StringType):
            place = f'the log: column "{asked.names[role]}"'
            raise _truereach.InputError(f"{place}: expected {expected}, found values of type string\n  hint: {hint}")
    weight = types.get("weight")
    if isinstance(weight, DecimalType) and weight.precision > 15 and weight.precision + weight.scale + 2 > 38:
        place = f'the log: column "{asked.names["weight"]}"'
        raise _truereach.InputError(
            f'{place}: expected decimals of fewer digits, found {weight.simpleString()}\n  hint: .cast("double") first'
        )


def latest(df: DataFrame, asked: Asked) -> int:
    """The latest time of the log: the moment from which half-lives count back where nothing else is said."""
    from pyspark.sql import functions as F

    found = df.toDF(*_plain(df)).agg(F.max(_times(df, asked))).collect()[0][0]
    if found is None:
        raise _truereach.InputError("the log: expected times for the half-life to count back from, found none in the whole log")
    return int(found)


def _plain(df: DataFrame) -> list[str]:
    return [f"c{at}" for at in range(len(df.columns))]


def _column(asked: Asked, role: str) -> Column:
    from pyspark.sql import functions as F

    return F.col(f"c{asked.columns[role]}")


def _fault(asked: Asked, role: str, expected: str, found: Column, hint: str = "") -> Column:
    """Ends the job with a sentence of what a row holds."""
    from pyspark.sql import functions as F

    start = f'{FAULT}the log: column "{asked.names[role]}": expected {expected}, found '
    return F.raise_error(F.concat(F.lit(start), found.cast("string"), F.lit(f"\n  hint: {hint}" if hint else "")))


def _times(df: DataFrame, asked: Asked) -> Column:
    """Milliseconds since 1970; null for none."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import DateType, TimestampNTZType, TimestampType

    column, of = _column(asked, "time"), df.schema.fields[asked.columns["time"]].dataType
    if isinstance(of, TimestampType):
        return F.unix_millis(column)
    days = F.unix_date(column.cast("date")).cast("bigint") * _DAY
    if isinstance(of, DateType):
        return days
    if isinstance(of, TimestampNTZType):
        seconds = F.floor(F.extract(F.lit("SECOND"), column) * 1000).cast("bigint")
        return days + (F.hour(column) * 3_600_000 + F.minute(column) * 60_000).cast("bigint") + seconds
    column = column.cast("bigint")
    if asked.unit == "us":
        return F.unix_millis(F.timestamp_micros(column))
    each = {None: 1000, "s": 1000, "ms": 1, "min": 60_000, "h": 3_600_000, "d": _DAY}[asked.unit]
    expected, hint, most = "a time", "", _MOST // each
    if asked.unit is None:
        expected, hint, most = "a time in seconds since 1970, before 2100", "say what the numbers count: --time-unit ms", _LATEST
    wrong = _fault(asked, "time", expected, column, hint).cast("bigint")
    return F.when(column.isNull(), None).when(column.between(-most, most), column * each).otherwise(wrong)


def _weights(df: DataFrame, asked: Asked) -> Column:
    """Weights as doubles; null for none."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import DecimalType, DoubleType, FloatType

    column, of = _column(asked, "weight"), df.schema.fields[asked.columns["weight"]].dataType
    if isinstance(of, DecimalType) and of.precision > 15:
        # As the engine does: the digits as a whole number, divided by a power of ten.
        power = 1.0
        for _ in range(of.scale):
            power *= 10.0
        digits = column * F.lit(10**of.scale).cast(f"decimal({of.scale + 1},0)")
        return digits.cast("double") / power
    value = column.cast("double")
    if not isinstance(of, (DoubleType, FloatType)):
        return value
    endless = F.abs(value) == float("inf")
    fault = _fault(asked, "weight", "a finite weight", value).cast("double")
    return F.when(endless, fault).when(F.isnan(value), None).otherwise(value)


def _signs(df: DataFrame, asked: Asked) -> Column:
    """1 for, -1 against, 0 neither or null."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import BooleanType, StringType

    column, of = _column(asked, "sign"), df.schema.fields[asked.columns["sign"]].dataType
    if isinstance(of, BooleanType):
        return F.when(column, 1).when(~column, -1).otherwise(0)
    if isinstance(of, StringType):
        word = F.lower(F.regexp_replace(_binary(column), _WHITE, ""))
        number = F.when(word.rlike(_DECIMAL), word.cast("double"))
        expected = "a sign: a number, + or -, positive, neutral or negative"
        fault = _fault(asked, "sign", expected, F.concat(F.lit('"'), column, F.lit('"'))).cast("int")
        listed = F.when(word.isNull(), 0).when(word.isin(*_FOR), 1).when(word.isin(*_AGAINST), -1).when(word.isin(*_NEITHER), 0)
        listed = listed.when(number.isNull() | (F.abs(number) == float("inf")), fault)
        return listed.when(number > 0, 1).when(number < 0, -1).otherwise(0)
    value = column.cast("double")
    return F.when(F.isnan(value), 0).when(value > 0, 1).when(value < 0, -1).otherwise(0)


def _binary(column: Column) -> Column:
    """A text as its bytes compare, whatever the column's collation."""
    from pyspark.sql import functions as F

    return F.collate(column, "UTF8_BINARY")


def _kinds(asked: Asked, of: Any) -> Column:
    """The weight of a row's kind; null for one that is not asked for."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StringType

    column = _column(asked, "kind")
    forms = [column.cast("string")]
    if isinstance(of, StringType):
        # As they mostly come, before any is brought into form.
        forms = [_binary(column), F.lower(F.regexp_replace(_binary(column), _WHITE, ""))]
    none = F.lit(None).cast("double")
    weight = F.when(column.isNull(), none)
    for form in forms:
        for kind, number in asked.kinds.items():
            weight = weight.when(form.isin(kind, *_KINDS.get(kind, ())), F.lit(number))
        weight = weight.when(form.isin(*_KINDS, *(other for others in _KINDS.values() for other in others)), none)
    return weight.otherwise(none)


def _faded(asked: Asked, time: Column) -> Column:
    """What age leaves of a row."""
    from pyspark.sql import functions as F

    at = asked.at or 0
    # Ages beyond 63 bits count as the largest.
    time = F.least(time, F.lit(at).cast("bigint"))
    if at > 0:
        time = F.greatest(time, F.lit(at - _MOST).cast("bigint"))
    age = (F.lit(at).cast("bigint") - time).cast("double")
    return exp2(-age / F.lit(asked.half_life))


@dataclass(frozen=True)
class Summed:
    """A table of pairs: `source`, `target`, `count`, `weight`, and where asked `positive`, `negative`, `first`, `last`.

    Rows that are left out stand among them, so that one pass counts both: their source is -1, or an empty text, and
    their target tells why. `texts` says whether ids are texts.
    """

    table: DataFrame
    texts: bool

    def pairs(self) -> DataFrame:
        """The pairs alone."""
        from pyspark.sql import functions as F

        return self.table.where(F.col("source") != (F.lit("") if self.texts else F.lit(-1)))


def summed(df: DataFrame, asked: Asked, *, wide: bool = False, extras: bool = False) -> Summed:
    """Sums a log to one row a pair, exactly.

    Parameters
    ----------
    df
        The log.
    asked
        What [`ask`] made of the parameters.
    wide
        Sums of more than 64 bits.
    extras
        Signs and times too.
    """
    from pyspark.sql import functions as F
    from pyspark.sql.types import IntegralType, StringType

    types = {role: df.schema.fields[at].dataType for role, at in asked.columns.items()}
    texts = any(isinstance(types[role], StringType) for role in ("source", "target"))
    rows = df.toDF(*_plain(df))
    ends: dict[str, Column] = {}
    wrong: list[tuple[Column, Column]] = []
    for role in ("source", "target"):
        column = _column(asked, role)
        if isinstance(types[role], IntegralType):
            expected = "account ids: whole numbers from 0, or texts"
            hint = "an account id below 0 often stands for nobody: write null there, or leave such rows out"
            wrong.append((column < 0, _fault(asked, role, expected, column, hint).cast("int")))
            ends[role] = column.cast("string") if texts else column.cast("bigint")
        else:
            ends[role] = _binary(column)
    values: dict[str, Column] = {}
    windowed = asked.since is not None or asked.until is not None
    # Whole numbers are looked at even where nobody asks for times: some are none.
    if "time" in asked.columns and (
        extras or windowed or asked.half_life is not None or isinstance(types["time"], IntegralType)
    ):
        values["time"] = _times(df, asked)
    if "weight" in asked.columns:
        values["weight"] = _weights(df, asked)
    if asked.kinds:
        values["kind"] = _kinds(asked, types["kind"])
    if "sign" in asked.columns:
        values["sign"] = _signs(df, asked)
    rows = rows.withColumns({"u": ends["source"], "v": ends["target"], **values})
    u, v = F.col("u"), F.col("v")
    tests: list[tuple[Column, Column]] = []

    def leave(reason: str, test: Column) -> None:
        tests.append((test, F.lit(REASONS.index(reason))))

    if windowed or asked.half_life is not None:
        time = F.col("time")
        leave("undated", time.isNull())
        since, until = asked.since, asked.until
        if windowed:
            leave("outside", (time < (-_MOST if since is None else since)) | (time >= (_MOST if until is None else until)))
    if "weight" in values:
        leave("unweighted", F.col("weight").isNull())
    if "kind" in values:
        leave("other_kind", F.col("kind").isNull())
    tests.extend(wrong)
    leave("null_id", u.isNull() | v.isNull() | ((u == "") | (v == "") if texts else F.lit(False)))
    leave("self", u == v)
    reason = F.when(*tests[0])
    for test in tests[1:]:
        reason = reason.when(*test)
    reason = reason.otherwise(F.lit(-1))
    # A time or sign that is none ends the job even where nobody asks for it; no value is as these tests say.
    for name, never in (("sign", 2), ("time", -_MOST - 1)):
        if name in values:
            reason = F.when(F.col(name) == never, F.lit(-1)).otherwise(reason)
    factors = [F.col(name) for name in ("weight", "kind") if name in values]
    if asked.half_life is not None:
        factors.append(_faded(asked, F.col("time")))
    kept = [F.col(name) for name in ("time", "sign") if name in values and extras]
    rows = rows.select("u", "v", reason.alias("reason"), *((_product(factors).alias("weight"),) if factors else ()), *kept)
    counts, code = F.col("reason") < 0, F.col("reason")
    source = F.when(counts, u).otherwise(F.lit("") if texts else F.lit(-1).cast("bigint"))
    target = F.when(counts, v).otherwise(code.cast("string") if texts else code.cast("bigint"))
    units = _units(counts, F.col("weight"), wide) if factors else {}
    rows = rows.select(source.alias("source"), target.alias("target"), *(unit.alias(name) for name, unit in units.items()), *kept)
    sums = [F.count(F.lit(1)).alias("count"), *(_sum(name) for name in units)]
    if extras and "sign" in values:
        sums += [F.count_if(F.col("sign") > 0).alias("positive"), F.count_if(F.col("sign") < 0).alias("negative")]
    if extras and "time" in values:
        sums += [F.min("time").alias("first"), F.max("time").alias("last")]
    table = rows.groupBy("source", "target").agg(*sums)
    others = [name for name in table.columns if name not in units]
    return Summed(table.select(*others[:3], _weight(units).alias("weight"), *others[3:]), texts)


def _product(factors: list[Column]) -> Column:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _units(counts: Column, weight: Column, wide: bool) -> dict[str, Column]:
    """A row's weight in units: to the nearest, halves away from zero. A row that is left out brings none."""
    from pyspark.sql import functions as F

    none = F.lit(0).cast("bigint")
    units = weight * UNITS
    if not wide:
        whole = units.cast("bigint")
        rest = units - whole.cast("double")
        rounded = F.when(rest >= 0.5, whole + 1).when(rest <= -0.5, whole - 1).otherwise(whole)
        too_wide = F.raise_error(F.lit(TOO_WIDE)).cast("bigint")
        # Not a number: an endless weight of which age leaves nothing.
        return {"units": F.when(~counts, none).when(F.abs(units) < _WIDE, rounded).when(F.isnan(units), none).otherwise(too_wide)}
    size = F.abs(units)
    high = F.floor(size / UNITS)
    low = size - high.cast("double") * UNITS
    low = F.floor(low) + (low - F.floor(low) >= 0.5).cast("bigint")
    sign = F.when(units < 0, F.lit(-1).cast("bigint")).otherwise(F.lit(1).cast("bigint"))
    hint = "weights must stay below 2^58: divide them by something first"
    beyond = F.raise_error(F.lit(f"{FAULT}the weight of a row: at most {int(_LARGEST)}\n  hint: {hint}")).cast("bigint")
    fits = F.abs(weight) < _LARGEST
    return {
        "high": F.when(~counts, none).when(fits, sign * high).otherwise(beyond),
        "low": F.when(~counts, none).when(fits, sign * low).otherwise(beyond),
    }


def _sum(name: str) -> Column:
    from pyspark.sql import functions as F

    if name == "units":
        return F.try_sum(name).alias(name)
    return F.sum(F.col(name).cast("decimal(20,0)")).alias(name)


def _weight(units: dict[str, Column]) -> Column:
    """The sum of a pair as a number."""
    from pyspark.sql import functions as F

    if not units:
        return F.col("count").cast("double")
    if "high" in units:
        return (F.col("high") * F.lit(2**32).cast("decimal(10,0)") + F.col("low")).cast("double") / UNITS
    total = F.col("units")
    return F.when(total.isNull(), F.raise_error(F.lit(TOO_WIDE)).cast("double")).otherwise(total.cast("double") / UNITS)


class TooWide(Exception):
    """A sum does not fit 64 bits."""


def said(work: Callable[[], T]) -> T:
    """What `work` gives; a sentence that a row said, as the engine's own exception."""
    from pyspark.errors import PySparkException

    try:
        return work()
    except Exception as error:
        if not isinstance(error, PySparkException) and type(error).__module__.split(".")[0] not in ("py4j", "pyspark"):
            raise
        text = str(error)
        if TOO_WIDE in text:
            raise TooWide from None
        if FAULT in text:
            told = text.split(FAULT, 1)[1].split(" SQLSTATE:")[0]
            lines = told.splitlines()
            kept = lines[:2] if len(lines) > 1 and lines[1].startswith("  hint:") else lines[:1]
            raise _truereach.InputError("\n".join(kept)) from None
        raise
