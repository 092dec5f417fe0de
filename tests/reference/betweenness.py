"""Betweenness on a directed graph, by NetworkX and igraph.

    python betweenness.py --data DIR            writes betweenness.json

A line `a b …` of collegemsg is the edge a -> b; self-loops are dropped, repeats merged. Values are sums over
ordered pairs, not normalised, endpoints not counted. Both libraries must agree.
"""

import platform

import igraph
import networkx as nx
import numpy as np

import graphs


def main():
    args = graphs.arguments(__doc__).parse_args()
    ids, src, dst = graphs.edge_list(args.data / "collegemsg" / "CollegeMsg.txt.gz")
    src, dst = graphs.simple(src, dst, True)
    edges = list(zip(src.tolist(), dst.tolist()))
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(ids)))
    graph.add_edges_from(edges)
    found = nx.betweenness_centrality(graph, normalized=False)
    values = np.array([found[v] for v in range(len(ids))])
    other = np.array(igraph.Graph(n=len(ids), edges=edges, directed=True).betweenness())
    assert np.allclose(values, other, rtol=1e-11, atol=1e-11)
    top = sorted(range(len(ids)), key=lambda v: -values[v])[:20]
    graphs.write_json(args.out / "betweenness.json", {
        "versions": {
            "networkx": nx.__version__, "igraph": igraph.__version__, "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "collegemsg": {
            "accounts": len(ids), "edges": len(edges), "sum": float(values.sum()),
            "zero": int(np.count_nonzero(values == 0)), "highest": [[ids[v], float(values[v])] for v in top],
        },
    })


if __name__ == "__main__":
    main()
