"""Checks the judge and the arithmetic of the races on tiny graphs. Needs numpy, pandas, scipy and networkx, no peer.

python selftest.py
"""

import os
import subprocess
import sys
import tempfile

import networkx as nx
import numpy as np

import race
import score
import table
from common import Graph, Options, alternate, summarise
from judge import Judge, comparable

SEED = 7


def directed():
    graph = nx.gnp_random_graph(60, 0.04, seed=SEED, directed=True)
    graph.add_edge(0, 59)  # so that the largest id occurs
    return graph, np.array(graph.edges())


def undirected():
    graph = nx.planted_partition_graph(4, 12, 0.6, 0.05, seed=SEED)
    return graph, np.array(graph.edges())


def test_pagerank():
    graph, edges = directed()
    assert any(degree == 0 for _, degree in graph.out_degree()), "no dangling account: the test would prove less"
    reference = score.pagerank(edges, 0.85)
    expected = nx.pagerank(graph, alpha=0.85, tol=1e-14, max_iter=1000)
    theirs = np.array([expected[v] for v in range(len(reference))])
    assert np.abs(reference - theirs).sum() < 1e-10
    # Any scale is the same answer; another vector is not.
    assert score.pagerank_error(7 * theirs, reference) < 1e-10
    assert score.pagerank_error(np.ones(len(theirs)), reference) > 0.1
    assert abs(score.pagerank_bound(0.85, 1e-6) - 5.667e-6) < 1e-8


def test_components():
    graph, edges = directed()
    sizes = [len(part) for part in nx.weakly_connected_components(graph)]
    assert score.components(edges) == (len(sizes), max(sizes))


def test_modularity():
    graph, edges = undirected()
    random = np.random.default_rng(SEED)
    for communities in (1, 3, 10):
        labels = random.integers(0, communities, graph.number_of_nodes()) * 5 + 2  # gaps between labels are allowed
        parts = [set(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]
        assert abs(score.modularity(edges, labels) - nx.community.modularity(graph, parts)) < 1e-12
        apart = sum(not nx.is_connected(graph.subgraph(part)) for part in parts)
        assert score.disconnected(edges, labels) == apart


def test_agreement():
    labels = np.array([0, 0, 1, 1, 2, 2])
    assert abs(score.agreement(labels, np.array([5, 5, 3, 3, 9, 9])) - 1) < 1e-12
    assert abs(score.agreement(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]))) < 1e-12
    # By hand: H = ln 2 and 1.5 ln 2, shared information ln 2.
    assert abs(score.agreement(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 2])) - 2 / 2.5) < 1e-12


def test_standard_errors():
    assert abs(score.standard_errors_apart(10, 3, 5, 4) - 1) < 1e-12
    assert score.standard_errors_apart(1, 0, 1, 0) == 0
    assert score.standard_errors_apart(1, 0, 2, 0) == float("inf")


def test_most_followed():
    edges = np.array([[0, 2], [1, 2], [3, 1], [2, 1], [2, 0]])
    assert score.most_followed(edges, 2) == [1, 2]


def test_alternation():
    order = []

    def entrant(name, seconds):
        supply = iter(seconds)

        def run():
            order.append(name)
            return next(supply)

        return run

    times = alternate([entrant("a", [1, 2, 3]), entrant("b", [2, 6, 12])], 3)
    assert "".join(order) == "ababab"
    assert times == [[1, 2, 3], [2, 6, 12]]
    found = summarise(*times)
    # The median of the ratios 2, 3, 4, not the ratio of the medians by chance: 6 / 2 is 3 as well, so ask for the range too.
    assert (found["ratio"], found["low"], found["high"], found["runs"]) == (3, 2, 4, 3)
    assert summarise([1, 1, 4], [3, 5, 4])["ratio"] == 3  # while the medians give 4
    order.clear()
    assert alternate([entrant("a", [1, 1]), entrant("b", [9, 9])], 5, limit=8) == [[1], [9]]


def test_judge():
    _, edges = directed()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tiny.el")
        np.savetxt(path, edges, fmt="%d %d")
        judge = Judge("pagerank", Graph(path), Options())
        exact = score.pagerank(edges, 0.85)
        good = judge.score({"scores": exact, "iterations": 9})
        wrong = judge.score({"scores": np.ones(len(exact)), "iterations": 9})
        assert judge.compare(good, good)[0] is True
        assert judge.compare(good, wrong)[0] is False
        cores = Judge("core", Graph(path), Options())
        assert cores.compare(cores.score({"cores": [1, 2]}), cores.score({"cores": np.array([1.0, 2.0])}))[0]
        # The same sum and largest, yet not the same numbers.
        assert not cores.compare(cores.score({"cores": [1, 2]}), cores.score({"cores": [2, 1]}))[0]
        assert comparable(0.49, 0.38) is None
        assert comparable(0.49, 0.0) is False and comparable(0.0, 0.49) is False
        spread = Judge("cascade", Graph(path), Options())
        assert spread.compare({"mean": 10.0, "error": 1.0}, {"mean": 12.0, "error": 1.0})[0]
        assert not spread.compare({"mean": 10.0, "error": 0.1}, {"mean": 12.0, "error": 0.1})[0]


def test_peers_declare_themselves():
    for job, peers in race.PEERS.items():
        for peer in peers.split():
            known = race.declared(peer)
            assert ("reopen" if job == "open" else job) in known["JOBS"], (job, peer)
            assert known["THREADED"] <= set(race.PEERS), peer
            assert job != "leiden" or known["LEIDEN_ITERATIONS"] >= 1


def test_worker():
    """One peer through the whole pipe: networkx, loaded once, run twice."""
    _, edges = directed()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "tiny.el")
        np.savetxt(path, edges, fmt="%d %d")
        peer = race.Peer("networkx", Graph(path, 2, folder), "components", Options())
        try:
            peer.load()
            for _ in range(2):
                seconds, _, answer = peer.run(keep=True)
                assert seconds > 0
                assert (answer["components"], answer["largest"]) == score.components(edges)
            assert peer.single
        finally:
            peer.close()


def test_table():
    side = {"name": "truereach", "version": "1", "threads": 2, "timed": "kernel", "scored": {}}
    peer = {"name": "slowgraph", "version": "2", "threads": 1, "single": True, "note": None, "scored": {}}
    record = {
        "job": "core",
        "graph": "tiny.el",
        "same": True,
        "answers": "largest core 3 / 3",
        "ours": side,
        "peer": peer,
    }
    record |= {
        "race": summarise([1, 2, 4], [2, 2, 2]),
        "date": "2026-01-02",
        "command": "python race.py",
        "options": {},
    }
    record |= {"machine": {"processor": "tiny", "cores": 1, "load": 0.5}, "accounts": 3, "edges": 2}
    text = table.section([record, record | {"same": False}])
    assert "slowgraph 2¹: 2 s, 1 thread | 1.00 (0.50–2.00)" in text
    assert "not comparable | **not the same**" in text
    assert text.count("    python race.py") == 1
    assert table.lower_quality({"modularity": 0.4}, {"modularity": 0.41})
    assert not table.lower_quality({"modularity": 0.41001}, {"modularity": 0.41002})
    assert "**0.50**" in table.row(record | {"race": summarise([2], [1])})


def main():
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    for test in tests:
        test()
        print("passed", test.__name__.removeprefix("test_").replace("_", " "))
    here = os.path.dirname(os.path.abspath(__file__))
    usage = subprocess.run([sys.executable, os.path.join(here, "race.py"), "--help"], check=True, capture_output=True)
    assert b"A B A B" in usage.stdout
    print(f"{len(tests)} tests passed")


if __name__ == "__main__":
    main()
