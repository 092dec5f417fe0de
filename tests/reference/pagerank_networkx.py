"""PageRank of wiki-Vote by NetworkX under four policies for dangling accounts, and weighted.

An edge a -> b of the file passes rank from a to b. Damping 0.85; NetworkX stops when the L1 change
falls below n * tol. The columns are not taken on trust: the same linear system is solved
directly with SciPy, and the L1 distance to that solution is written into the header.

    python pagerank_networkx.py --data DIR      writes pagerank_wiki_vote.tsv.gz

Columns
  teleport_uniform   uniform teleport; dangling rank follows it
  teleport_personal  teleport to three accounts; dangling rank follows it
  uniform            that same teleport; dangling rank goes to all accounts evenly
  personal           uniform teleport; dangling rank goes to three other accounts
  weighted           uniform teleport, dangling follows it, edge weight 1 + (from * 7 + to * 13) % 5
"""

import gzip
import platform

import networkx as nx
import numpy as np
import scipy
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

import graphs

ALPHA, TOL, MAX_ITER = 0.85, 1e-15, 10_000


def solve(ids, src, dst, weight, teleport, dangling):
    """x = alpha * (P^T x + d * sum of dangling x) + (1 - alpha) * t, solved directly.

    The rank-one term of the dangling accounts is eliminated: x = y + c z, where y solves the system
    for the teleport and z for the dangling vector.
    """
    n = len(ids)
    out = np.bincount(src, weights=weight, minlength=n)
    matrix = sp.csc_matrix((weight / out[src], (dst, src)), shape=(n, n))
    system = sp.identity(n, format="csc") - ALPHA * matrix
    y = spsolve(system, (1 - ALPHA) * teleport)
    z = spsolve(system, ALPHA * dangling)
    sinks = out == 0
    return y + z * (y[sinks].sum() / (1 - z[sinks].sum()))


def main():
    args = graphs.arguments(__doc__).parse_args()
    ids, src, dst = graphs.load(args.data, "wiki-vote")
    n = len(ids)
    graph = nx.DiGraph()
    graph.add_nodes_from(ids)
    for a, b in zip(src, dst):
        graph.add_edge(ids[a], ids[b], weight=1 + (ids[a] * 7 + ids[b] * 13) % 5)
    assert graph.number_of_edges() == len(src), "the file repeats no edge"

    teleport_to = {ids[0]: 1, ids[1]: 2, ids[2]: 3}
    dangling_to = {ids[3]: 1, ids[4]: 2, ids[5]: 3}
    everyone = {x: 1 for x in ids}
    policies = {
        "teleport_uniform": dict(),
        "teleport_personal": dict(personalization=teleport_to),
        "uniform": dict(personalization=teleport_to, dangling=everyone),
        "personal": dict(dangling=dangling_to),
        "weighted": dict(weight="weight"),
    }

    def vector(weights):
        """A dictionary of weights as a vector that sums to 1; none means uniform."""
        weights = weights or everyone
        v = np.array([weights.get(x, 0) for x in ids], dtype=float)
        return v / v.sum()

    columns, distance = {}, {}
    for name, options in policies.items():
        options = {"weight": None, **options}
        columns[name] = nx.pagerank(graph, alpha=ALPHA, tol=TOL, max_iter=MAX_ITER, **options)
        weight = np.ones(len(src))
        if options["weight"]:
            weight = np.array([graph[ids[a]][ids[b]]["weight"] for a, b in zip(src, dst)], dtype=float)
        teleport = vector(options.get("personalization"))
        dangling = vector(options["dangling"]) if "dangling" in options else teleport
        exact = solve(ids, src, dst, weight, teleport, dangling)
        distance[name] = float(np.abs(exact - [columns[name][x] for x in ids]).sum())
        print(f"{name:18} sum {sum(columns[name].values()):.16f}  L1 to direct solution {distance[name]:.2e}")

    sinks = sum(1 for x in ids if graph.out_degree(x) == 0)
    listed = lambda weights: ", ".join(f"{x} weight {w}" for x, w in weights.items())
    header = [
        f"PageRank of wiki-Vote ({n} accounts, {len(src)} edges, {sinks} dangling), edge a -> b passes rank from a to b",
        f"networkx.pagerank, alpha {ALPHA}, tol {TOL}, max_iter {MAX_ITER}; ranks sum to 1",
        "teleport_uniform: uniform teleport, dangling rank follows it",
        f"teleport_personal: teleport to {listed(teleport_to)}; dangling rank follows it",
        f"uniform: teleport to {listed(teleport_to)}; dangling rank to all accounts evenly",
        f"personal: uniform teleport; dangling rank to {listed(dangling_to)}",
        "weighted: uniform teleport, dangling rank follows it, edge weight 1 + (from * 7 + to * 13) % 5",
        "L1 distance to a direct solution: " + ", ".join(f"{k} {v:.1e}" for k, v in distance.items()),
        f"networkx {nx.__version__}, numpy {np.__version__}, scipy {scipy.__version__}, Python {platform.python_version()}",
    ]
    lines = ["# " + line for line in header] + ["\t".join(["id", *columns])]
    lines += ["\t".join([str(x), *(repr(float(c[x])) for c in columns.values())]) for x in sorted(ids)]
    path = args.out / "pagerank_wiki_vote.tsv.gz"
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))


if __name__ == "__main__":
    main()
