"""Functions that are verbs: the same answers, defaults and sentences as the command line."""

import inspect
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest

import truereach as tr

ROOT = pathlib.Path(__file__).parents[2]
PROGRAM = os.environ.get("TRUEREACH_PROGRAM") or shutil.which("truereach")

# A verb of the command line, the words it takes besides the network, and the same as keywords.
SAME = [
    ("rank pagerank", ["--top", "50"], {"top": 50}),
    ("rank pagerank", ["--damping", "0.7", "--personal", "7237=1,3530=2"], {"damping": 0.7, "personal": {"7237": 1, "3530": 2}}),
    ("rank personal", ["--from", "7237,3530"], {"from_": ["7237", "3530"]}),
    ("rank tunkrank", ["--model", "ic:0.05"], {"model": "ic:0.05"}),
    ("rank core", [], {}),
    ("rank components", [], {}),
    ("rank triangles", [], {}),
    ("rank harmonic", ["--rng-seed", "5"], {"seed": 5}),
    ("rank distances", [], {}),
    ("rank betweenness", ["--samples", "2000"], {"samples": 2000}),
    ("communities", ["--rng-seed", "3"], {"seed": 3}),
    ("communities", ["--method", "louvain"], {"method": "louvain"}),
    ("reach", ["--creators", "7237,3530"], {"creators": ["7237", "3530"]}),
    ("reach", ["--creators", "7237", "--model", "wc", "--half-width", "0.02"], {"creators": "7237", "model": "wc", "half_width": 0.02}),
    ("reach", ["--all", "--model", "wc", "--half-width", "0.2"], {"all": True, "model": "wc", "half_width": 0.2}),
    ("overlap", ["--creators", "7237,3530,4338"], {"creators": ["7237", "3530", "4338"]}),
    ("similar", ["--of", "7237"], {"of": "7237"}),
    ("select", ["--count", "5", "--model", "wc"], {"count": 5, "model": "wc"}),
    ("analyze", ["--top", "5"], {"top": 5}),
    ("risk", ["--creators", "7237,3530"], {"creators": ["7237", "3530"]}),
    ("contain", ["--fallen", "7237", "--voices", "2"], {"fallen": "7237", "voices": 2}),
    ("influence", ["--creators", "7237,3530"], {"creators": ["7237", "3530"]}),
    ("audit", ["--no-keep"], {"no_keep": True}),
]


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    tr.generate_market(people=3000, output=folder / "market.trg", seed=2)
    tr.ingest([ROOT / "datasets" / "planner-example"], output=folder / "client.trg")
    return {"backtest": folder / "client.trg"} | dict.fromkeys((verb for verb, _, _ in ON_A_MARKET if verb != "backtest"), folder / "market.trg")


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory):
    path = tmp_path_factory.mktemp("same") / "lastfm.trg"
    tr.ingest([ROOT / "datasets" / "lastfm-asia"], output=path)
    return path


# The same on a made market, which has posts, prices, niches and a log.
ON_A_MARKET = [
    ("niche learn", ["--no-keep"], {"no_keep": True}),
    ("niche creators", ["--top", "5"], {"top": 5}),
    ("learn", ["--no-keep"], {"no_keep": True}),
    ("backtest", ["--posts", "--no-keep"], {"posts": True, "no_keep": True}),
    ("select", ["--budget", "200M", "--only", "niche=beauty"], {"budget": "200M", "only": "niche=beauty"}),
    ("communities", ["--traits", "--top", "3"], {"traits": True, "top": 3}),
]
# Answers that are words or files, or need files that tests of the program have.
IN_WORDS = {
    "aggregate", "export", "info", "ingest", "niche_experts", "priors", "reconcile", "report", "run", "sketch_make", "sketch_merge",
    "sketch_similar", "verify",
}


def test_every_verb_with_a_table_is_compared():
    compared = {verb.removeprefix("rank ").replace(" ", "_") for verb, _, _ in SAME + ON_A_MARKET}
    assert {name for name in tr._verbs if not name.startswith("generate")} == compared | IN_WORDS


@pytest.mark.parametrize(("verb", "words", "keywords"), ON_A_MARKET, ids=lambda value: value if isinstance(value, str) else None)
def test_the_same_bits_on_a_market(verb, words, keywords, market):
    if PROGRAM is None:
        pytest.skip("no truereach on the path; TRUEREACH_PROGRAM names it")
    path = market[verb]
    ran = subprocess.run([PROGRAM, *verb.split(), str(path), *words, "--format", "json"], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    found = getattr(tr, verb.replace(" ", "_"))(tr.read(path), **keywords)
    assert found.to_json().encode() == ran.stdout


@pytest.mark.parametrize(("verb", "words", "keywords"), SAME, ids=lambda value: value if isinstance(value, str) else None)
def test_the_same_bits_from_python_and_from_the_command_line(verb, words, keywords, snapshot):
    if PROGRAM is None:
        pytest.skip("no truereach on the path; TRUEREACH_PROGRAM names it")
    ran = subprocess.run(
        [PROGRAM, *verb.split(), str(snapshot), *words, "--format", "json"], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    function = getattr(tr, verb.removeprefix("rank ").replace(" ", "_"))
    for threads in (1, 2):
        assert function(tr.read(snapshot), **keywords, threads=threads).to_json().encode() == ran.stdout
    assert function(snapshot, **keywords).to_json().encode() == ran.stdout


def test_every_function_has_keywords_alone_defaults_and_words():
    for name in tr._verbs:
        function = getattr(tr, name)
        kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
        assert inspect.Parameter.KEYWORD_ONLY in kinds
        assert function.__doc__ and "seed" in inspect.signature(function).parameters


def test_the_functions_are_those_that_the_engine_describes():
    script = pathlib.Path(__file__).parents[1] / "tools" / "verbs.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda n: tr.pagerank(n, damping=1.5), tr.ParameterError, "--damping"),
        (lambda n: tr.pagerank(n, damping="much"), tr.ParameterError, "invalid value 'much' for '--damping"),
        (lambda n: tr.pagerank(n, damping=[0.5]), TypeError, "damping: expected one value, found list"),
        (lambda n: tr.reach(n, all=1), TypeError, "all: expected True or False, found int"),
        (lambda n: tr.reach(n, creators="nobody-of-this-name"), tr.ParameterError, "nobody-of-this-name"),
        (lambda n: tr.reach(n), tr.ParameterError, "--creators"),
        (lambda n: tr.pagerank(n, damp=0.5), TypeError, "damp"),
        (lambda n: tr.pagerank("missing.trg"), FileNotFoundError, "missing.trg"),
        (lambda n: tr.pagerank(n, threads=0), tr.ParameterError, "threads"),
        (lambda n: tr.pagerank(n, seed=-1), ValueError, "seed"),
        (lambda n: tr.pagerank(n, memory="1KiB"), MemoryError, "needs"),
    ],
)
def test_mistakes_are_told_as_python_tells_them_in_the_words_of_the_engine(call, error, words, lastfm):
    with pytest.raises(error, match=words):
        call(lastfm)


def test_a_goal_that_is_not_met_is_a_warning_and_the_best_so_far(lastfm):
    with pytest.warns(tr.GoalNotMet, match="goal not met"):
        found = tr.reach(lastfm, creators="7237", model="wc", half_width=0.00001, max_worlds=256)
    assert not found.converged and found["people"][0] > 0


def test_columns_are_views_and_what_is_missing_is_nan(lastfm):
    ranked = tr.pagerank(lastfm, top=0)
    scores = ranked["pagerank"]
    assert scores.dtype == np.float64 and not scores.flags.owndata and not scores.flags.writeable
    assert abs(float(scores.sum()) - 1) < 1e-9 and len(ranked) == len(lastfm)
    assert np.isnan(ranked["interval_low"]).all()
    with pytest.raises(KeyError, match="no column"):
        ranked["page_rank"]
    assert "share of all PageRank" in ranked.meaning("pagerank")


def test_answers_go_to_every_library(lastfm, tmp_path):
    ranked = tr.pagerank(lastfm, top=10)
    arrow, pandas, polars = ranked.to_arrow(), ranked.to_pandas(), ranked.to_polars()
    assert arrow.num_rows == len(pandas) == len(polars) == 10
    assert pandas["pagerank"].tolist() == polars["pagerank"].to_list() == ranked["pagerank"].tolist()
    about = json.loads(arrow.schema.metadata[b"truereach"])
    assert about["provenance"] == ranked.provenance and ranked.provenance["rng_seed"] == 1
    for ending in ("csv", "parquet", "arrow", "xlsx", "json"):
        ranked.save(tmp_path / f"ranked.{ending}")
    import polars as pl

    assert pl.read_parquet(tmp_path / "ranked.parquet").equals(polars)
    assert pl.read_ipc(tmp_path / "ranked.arrow").equals(polars)
    with pytest.raises(FileExistsError):
        ranked.save(tmp_path / "ranked.csv")
    with pytest.raises(tr.ParameterError, match="what format"):
        ranked.save(tmp_path / "ranked.doc")


def test_answers_show_themselves(lastfm):
    import matplotlib

    matplotlib.use("agg")
    found = tr.pagerank(lastfm, top=30)
    assert "… 10 more rows" in repr(found)
    assert "<svg" in found._repr_html_() and "<script" not in found._repr_html_()
    assert len(found.plot().patches) == 20
    reach = tr.reach(lastfm, creators="7237")
    assert reach.assumptions and reach.notes and reach.summary["converged"]
    with pytest.raises(ValueError, match="answers in words"):
        tr.info(lastfm)["people"]
    assert "7,624" in tr.info(lastfm).text


def test_handles_that_look_like_markup_show_as_text():
    made = tr.from_edges(["<b>x</b>", "y"], ["a,b", "a,b"])
    shown = tr.pagerank(made)._repr_html_()
    assert "<b>" not in shown and "&lt;b&gt;" in shown
    # A name with a comma is one name.
    assert tr.reach(made, creators=["a,b"], model="wc")["people"][0] == 2.0


def test_threads_are_capped_by_the_environment(lastfm):
    code = "import truereach as tr, sys; tr.pagerank(sys.argv[1])"
    path = str(lastfm.paths[0])
    bad = subprocess.run([sys.executable, "-c", code, path], env=os.environ | {"TRUEREACH_THREADS": "x"}, capture_output=True, check=False)
    assert b"TRUEREACH_THREADS" in bad.stderr
    subprocess.run([sys.executable, "-c", code, path], env=os.environ | {"TRUEREACH_THREADS": "1"}, check=True)


def test_progress_calls_a_function_of_your_own(lastfm):
    seen = []
    tr.reach(lastfm, all=True, model="wc", half_width=0.01, progress=lambda *state: seen.append(state))
    assert all(isinstance(phase, str) and done >= 0 for phase, done, _ in seen)
    with pytest.raises(ZeroDivisionError):
        tr.reach(lastfm, all=True, model="wc", half_width=0.001, progress=lambda *state: 1 / 0)


def test_a_plan_runs_from_python_and_gives_the_file_of_the_command_line(snapshot, tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(f'verb = "reach"\nnetworks = ["{snapshot}"]\nseeds = [1, 2]\n[fixed]\ncreators = "7237"\n[grid]\nmodel = ["wc", "ic:0.02"]\n')
    tr.run(plan, output=tmp_path / "a.parquet")
    import polars as pl

    found = pl.read_parquet(tmp_path / "a.parquet")
    assert found.height == 4 and found["status"].to_list() == ["done"] * 4
    assert found["reach.people"].min() > 0
    if PROGRAM is not None:
        subprocess.run([PROGRAM, "run", str(plan), "-o", str(tmp_path / "b.parquet")], check=True, capture_output=True)
        assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
