"""Components, core numbers and triangles of real graphs, by NetworkX and igraph.

    python structure.py --data DIR              writes closeness_checks.json

Weak and strong components treat a line `a b` as the edge a -> b, self-loops and repeats dropped; an
account that only has a self-loop stays. For an undirected data set (lastfm-asia) only its connected
components are given. Core numbers are those of the undirected simple graph: each pair once, whichever
direction is listed; so are triangles and clustering. The mean clustering coefficient is that of accounts with
at least two neighbours. Figures are computed by both libraries and must agree.
"""

import platform

import igraph
import networkx as nx
import numpy as np

import graphs

NAMES = {"wiki-vote": True, "soc-slashdot0902": True, "lastfm-asia": False}


def with_networkx(n, src, dst, und_src, und_dst, directed):
    """Component sizes and core numbers by NetworkX."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(src.tolist(), dst.tolist()))
    plain = nx.Graph()
    plain.add_nodes_from(range(n))
    plain.add_edges_from(zip(und_src.tolist(), und_dst.tolist()))
    weak = [len(c) for c in nx.weakly_connected_components(graph)]
    strong = [len(c) for c in nx.strongly_connected_components(graph)] if directed else None
    core = nx.core_number(plain)
    return weak, strong, np.array([core[v] for v in range(n)])


def with_igraph(n, src, dst, und_src, und_dst, directed):
    """Component sizes and core numbers by igraph."""
    graph = igraph.Graph(n=n, edges=np.stack([src, dst], axis=1).tolist(), directed=True)
    plain = igraph.Graph(n=n, edges=np.stack([und_src, und_dst], axis=1).tolist())
    weak = graph.connected_components(mode="weak").sizes()
    strong = graph.connected_components(mode="strong").sizes() if directed else None
    return weak, strong, np.array(plain.coreness())


def clustering(n, und_src, und_dst):
    """Triangles, mean clustering coefficient and transitivity by both."""
    plain = nx.Graph()
    plain.add_nodes_from(range(n))
    plain.add_edges_from(zip(und_src.tolist(), und_dst.tolist()))
    triangles = nx.triangles(plain)
    local = [c for v, c in nx.clustering(plain).items() if plain.degree(v) > 1]
    other = igraph.Graph(n=n, edges=np.stack([und_src, und_dst], axis=1).tolist())
    mean, share = sum(local) / len(local), nx.transitivity(plain)
    assert sum(triangles.values()) == 3 * len(other.list_triangles())
    assert abs(mean - other.transitivity_avglocal_undirected(mode="nan")) < 1e-12
    assert abs(share - other.transitivity_undirected()) < 1e-12
    return {
        "triangles": sum(triangles.values()) // 3, "most_triangles_of_one_account": max(triangles.values()),
        "mean_clustering": mean, "transitivity": share,
    }


def sizes(values):
    """How many components, how many accounts in the largest."""
    return {"count": len(values), "largest": max(values), "of_one_account": sum(v == 1 for v in values)}


def main():
    args = graphs.arguments(__doc__).parse_args()
    result = {"versions": {
        "networkx": nx.__version__, "igraph": igraph.__version__, "numpy": np.__version__,
        "python": platform.python_version(),
    }}
    for name, directed in NAMES.items():
        ids, raw_src, raw_dst = graphs.load(args.data, name)
        n = len(ids)
        src, dst = graphs.simple(raw_src, raw_dst, directed)
        und_src, und_dst = graphs.simple(raw_src, raw_dst, False)
        inputs = (n, src, dst, und_src, und_dst, directed)
        weak, strong, core = with_networkx(*inputs)
        weak2, strong2, core2 = with_igraph(*inputs)
        assert sorted(weak) == sorted(weak2) and np.array_equal(core, core2)
        assert strong is None or sorted(strong) == sorted(strong2)
        histogram = np.bincount(core)
        entry = {
            "accounts": n, "lines_in_file": len(raw_src),
            "self_loops_dropped": int(np.count_nonzero(raw_src == raw_dst)),
            "edges": len(src), "undirected_edges": len(und_src),
        }
        if directed:
            entry["weak_components"] = sizes(weak)
            entry["strong_components"] = sizes(strong)
        else:
            entry["components"] = sizes(weak)
        entry["largest_core_number"] = int(core.max())
        entry["core_number_sum"] = int(core.sum())
        entry["accounts_by_core_number"] = {str(k): int(c) for k, c in enumerate(histogram) if c}
        entry.update(clustering(n, und_src, und_dst))
        result[name] = entry
        print(name, {k: v for k, v in entry.items() if k != "accounts_by_core_number"}, flush=True)
    graphs.write_json(args.out / "closeness_checks.json", result)


if __name__ == "__main__":
    main()
