"""Networks made of columns: every type that is taken, every type that is not, and why."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import truereach as tr

SOURCE, TARGET = [1, 2, 3, 4], [0, 0, 0, 1]


def as_csv(tmp_path, header, rows):
    path = tmp_path / "edges.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return tr.read(path, edges="follower,followee").checksum


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "uint32", "uint64"])
def test_integers_of_every_width_give_the_network_of_the_file(dtype, tmp_path):
    wanted = as_csv(tmp_path, "follower,followee", [f"{u},{v}" for u, v in zip(SOURCE, TARGET)])
    made = tr.from_edges(np.array(SOURCE, dtype=dtype), np.array(TARGET, dtype=dtype))
    assert made.checksum == wanted
    assert len(made) == 5 and made.follows == 4
    assert made.followers("0").tolist() == [1, 2, 3]


def columns(kind, source, target):
    frame = {"src": source, "dst": target}
    return {
        "pandas": lambda: pd.DataFrame(frame),
        "polars": lambda: pl.DataFrame(frame),
        "pyarrow": lambda: pa.table(frame),
        "chunked": lambda: pa.concat_tables([pa.table(frame).slice(0, 1), pa.table(frame).slice(1)]),
        "dictionary": lambda: pa.table({name: pa.array(values).dictionary_encode() for name, values in frame.items()}),
    }[kind]()


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow", "chunked", "dictionary"])
@pytest.mark.parametrize("texts", [False, True])
def test_tables_that_speak_arrow(kind, texts, tmp_path):
    if kind == "dictionary" and not texts:
        pytest.skip("dictionaries hold texts")
    source = [f"u{u}" for u in SOURCE] if texts else SOURCE
    target = [f"u{v}" for v in TARGET] if texts else TARGET
    wanted = as_csv(tmp_path, "follower,followee", [f"{u},{v}" for u, v in zip(source, target)])
    table = columns(kind, source, target)
    assert tr.from_edges("src", "dst", table=table).checksum == wanted
    if kind != "dictionary":
        taken = tr.from_edges(table["src"], table["dst"])
        assert taken.checksum == wanted


def test_a_relation_of_duckdb_is_a_table():
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql("select * from (values (1, 0), (2, 0), (3, 0), (4, 1)) t(src, dst)")
    assert tr.from_edges("src", "dst", table=relation).checksum == tr.from_edges(SOURCE, TARGET).checksum


def test_weights_times_signs_and_kinds_mean_what_they_mean_in_a_file(tmp_path):
    rows = [(1, 0, 2.5, 100, 1, "like"), (2, 0, 1.0, 200, -1, "comment"), (3, 0, 4.0, 300, 0, "like")]
    path = tmp_path / "log.csv"
    text = "from,to,weight,time,sign,type\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    path.write_text(text)
    source, target, weight, time, sign, kind = map(list, zip(*rows))
    made = tr.from_edges(
        np.array(source),
        np.array(target),
        weight=np.array(weight),
        time=np.array(time),
        sign=np.array(sign, dtype=np.int8),
        kind=kind,
    )
    assert made.interactions == 3
    assert made.checksum == tr.read(path, edges="follower,followee").checksum


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        (np.array([1.0, 2.0, 3.0, 4.0]), TypeError, "source: expected ids"),
        (np.array([1, 2, 3, None], dtype=object), TypeError, "object array"),
        (np.array([1, 2, -3, 4]), tr.InputError, r"source\[2\]: expected"),
        (np.array([[1, 2], [3, 4]]), ValueError, "one dimension"),
        (np.arange(8)[::2], ValueError, "np.ascontiguousarray"),
        (np.array([1, 2, 3]), tr.ParameterError, "has 4 rows, and source has 3"),
        (np.array([1, 2, 3, 4], dtype=">i8"), TypeError, "byte order"),
        (np.array([True, False, True, False]), TypeError, "bool"),
        ([1.5, 2.0, 3.0, 4.0], TypeError, "float64"),
        (None, TypeError, "found None"),
        (3, TypeError, "found int"),
    ],
)
def test_what_is_no_column_of_ids_is_refused_in_words(source, error, words):
    with pytest.raises(error, match=words):
        tr.from_edges(source, np.array(TARGET))


def test_weights_that_are_not_finite_are_refused_with_their_row():
    with pytest.raises(ValueError, match=r"weight\[1\]"):
        tr.from_edges(np.array(SOURCE), np.array(TARGET), weight=np.array([1.0, np.nan, 1.0, 1.0]))
    with pytest.raises(TypeError, match="weight: expected a float64 array, found float32"):
        tr.from_edges(np.array(SOURCE), np.array(TARGET), weight=np.ones(4, dtype=np.float32))


def test_a_missing_id_is_refused_with_its_row():
    table = pa.table({"src": pa.array([1, None, 3]), "dst": pa.array([0, 0, 0])})
    with pytest.raises(ValueError, match=r"source\[1\]: expected an id, found nothing"):
        tr.from_edges("src", "dst", table=table)


def test_accounts_without_a_row_are_named_by_their_number():
    assert len(tr.from_edges(SOURCE, TARGET, accounts=10)) == 10
    with pytest.raises(tr.InputError, match="below 3"):
        tr.from_edges(SOURCE, TARGET, accounts=3)


def test_nothing_is_copied_and_nothing_can_be_written():
    network = tr.from_edges(np.array(SOURCE), np.array(TARGET))
    offsets, targets, weights = network.rows()
    assert weights is None and targets.tolist() == [0, 0, 0, 1] and offsets[-1] == 4
    assert not targets.flags.writeable and not targets.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        targets[0] = 7
    del network
    assert targets.tolist() == [0, 0, 0, 1]  # the view keeps the network


def test_empty_columns_and_rows_of_one():
    empty = np.array([], dtype=np.int64)
    assert len(tr.from_edges(empty, empty)) == 0
    assert tr.from_edges([7], [9]).follows == 1
    assert tr.from_edges([7, 7], [7, 9]).follows == 1  # nobody is their own audience
