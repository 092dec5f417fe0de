"""To and from other libraries."""

import igraph
import networkx as nx
import numpy as np
import pytest
import scipy.sparse

import truereach as tr


def test_networkx_there_and_back_and_the_same_pagerank():
    graph = nx.gnp_random_graph(60, 0.1, seed=1, directed=True)
    network = tr.from_networkx(graph)
    assert len(network) == 60 and network.follows == graph.number_of_edges()
    back = tr.to_networkx(network)
    assert set(back.edges) == set(graph.edges) and set(back.nodes) == set(graph.nodes)
    ours = tr.pagerank(network, top=0, damping=0.85, tolerance=1e-12)
    ours = dict(zip(ours["account"], ours["pagerank"], strict=True))
    theirs = nx.pagerank(graph, alpha=0.85, tol=1e-13, max_iter=500)
    assert max(abs(ours[str(node)] - score) for node, score in theirs.items()) < 1e-9


def test_names_weights_and_both_ways():
    graph = nx.Graph()
    graph.add_weighted_edges_from([("anh", "bảo", 2.0), ("bảo", "chi", 0.5)])
    network = tr.from_networkx(graph, weight="weight")
    assert network.follows == 4
    back = tr.to_networkx(network)
    assert back["bảo"]["chi"]["weight"] == back["chi"]["bảo"]["weight"] == 0.5
    lonely = nx.DiGraph([("a", "b")])
    lonely.add_node("c")
    with pytest.raises(ValueError, match="'c' among them"):
        tr.from_networkx(lonely)
    with pytest.raises(ValueError, match="same text"):
        tr.from_networkx(nx.DiGraph([(1, "1")]))


def test_igraph_there_and_back():
    graph = igraph.Graph.Erdos_Renyi(n=50, m=200, directed=True)
    network = tr.from_igraph(graph)
    back = tr.to_igraph(network)
    assert len(network) == 50 and sorted(back.get_edgelist()) == sorted(graph.get_edgelist())
    graph.vs["name"] = [f"u{at}" for at in range(50)]
    if min(graph.degree()) > 0:
        assert tr.from_igraph(graph).follows == 200


def test_scipy_there_and_back():
    matrix = scipy.sparse.random(40, 40, 0.1, rng=np.random.default_rng(3), format="csr")
    matrix.setdiag(0)
    matrix.eliminate_zeros()
    network = tr.from_scipy(matrix, weighted=True)
    assert (tr.to_scipy(network) != matrix).nnz == 0
    with pytest.raises(ValueError, match="square"):
        tr.from_scipy(scipy.sparse.csr_array((2, 3)))


def test_edges_as_arrays():
    network = tr.from_edges([1, 2, 3], [0, 0, 1])
    follower, followed, weight = tr.edge_arrays(network)
    assert follower.tolist() == [1, 2, 3] and followed.tolist() == [0, 0, 1] and weight is None
    assert tr.from_edges(follower, followed, accounts=4).checksum == network.checksum
