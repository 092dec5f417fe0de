"""Modularity and CPM reached by leidenalg on real graphs, ten seeds each.

    python leiden_leidenalg.py --data DIR [--only NAME ...]     writes leiden_modularity.json

The file is rewritten after each graph. `--only` computes the graphs named and keeps what the file
already holds of the others (musae-facebook takes most of the time).

Self-loops are dropped and repeats merged. Undirected: each pair once, whichever direction the file
lists. Directed (Leicht and Newman): each ordered pair once. Accounts without any remaining edge stay
in the graph and form communities of one, which changes neither quality.

Modularity is leidenalg's own `quality()` (resolution 1) and, next to it, a recomputation in NumPy
from the best partition alone:
  undirected   Q = sum over communities of (e_c / m - (K_c / 2m)^2)
  directed     Q = sum over communities of (e_c / m - Kout_c * Kin_c / m^2)
with e_c the edges inside, K_c the summed degrees. CPM at resolution g is the sum over communities of
2 * (e_c - g * n_c * (n_c - 1) / 2), the factor 2 being leidenalg's for undirected graphs.

`iterate_until_stable` is n_iterations = -1, `two_iterations` is leidenalg's default of 2.
`best_labels_sha256` pins the best partition: SHA-256 of the community of each account, relabelled by
first appearance, joined by commas, accounts in ascending id.
"""

import hashlib
import json
import platform
import statistics
import time

import igraph
import leidenalg
import numpy as np

import graphs

SEEDS = range(1, 11)
UNDIRECTED = ["email-eu-core", "polblogs", "football", "lastfm-asia", "musae-facebook"]
DIRECTED = ["email-eu-core", "polblogs"]
CPM_RESOLUTION = 0.05


def modularity(n, src, dst, labels, directed):
    """Modularity of a labelling, from its definition."""
    m, k = len(src), labels.max() + 1
    inside = np.count_nonzero(labels[src] == labels[dst])
    out = np.bincount(labels[src], minlength=k).astype(float)
    into = np.bincount(labels[dst], minlength=k).astype(float)
    if directed:
        return inside / m - (out * into).sum() / m**2
    return inside / m - ((out + into) ** 2).sum() / (2 * m) ** 2


def cpm(n, src, dst, labels, resolution):
    """Constant Potts quality of a labelling, in leidenalg's scale for undirected graphs."""
    size = np.bincount(labels).astype(float)
    inside = np.count_nonzero(labels[src] == labels[dst])
    return 2 * (inside - resolution * (size * (size - 1) / 2).sum())


def disconnected(graph, labels):
    """Communities that fall apart when cut out of the graph (edge direction ignored)."""
    count = 0
    for c in range(labels.max() + 1):
        members = np.flatnonzero(labels == c)
        count += not graph.induced_subgraph(members.tolist()).is_connected(mode="weak")
    return count


def digest(ids, labels):
    """SHA-256 of the partition, independent of how communities are numbered."""
    order = np.argsort(ids, kind="stable")
    seen = {}
    return hashlib.sha256(",".join(str(seen.setdefault(int(labels[i]), len(seen))) for i in order).encode()).hexdigest()


def run(graph, kind, iterations, score, isolated, ids, **options):
    """Ten seeds of one partition type; `score(labels)` is the independent recomputation."""
    started, qualities, best, best_labels = time.perf_counter(), [], None, None
    for seed in SEEDS:
        part = leidenalg.find_partition(graph, kind, n_iterations=iterations, seed=seed, **options)
        quality = part.quality()
        qualities.append(quality)
        if best is None or quality > best:
            best, best_labels = quality, np.array(part.membership)
    recomputed = float(score(best_labels))
    assert abs(recomputed - best) <= 1e-9 * max(1, abs(best)), (recomputed, best)
    communities = int(best_labels.max()) + 1
    return {
        "best": best,
        "best_recomputed": recomputed,
        "median": statistics.median(qualities),
        "worst": min(qualities),
        "all": qualities,
        "best_seed": SEEDS[int(np.argmax(qualities))],
        "best_communities": communities,
        "best_communities_without_isolated": communities - isolated,
        "best_largest_community": int(np.bincount(best_labels).max()),
        "best_disconnected_communities": disconnected(graph, best_labels),
        "best_labels_sha256": digest(ids, best_labels),
    }, time.perf_counter() - started


def main():
    parser = graphs.arguments(__doc__)
    parser.add_argument("--only", nargs="+", default=UNDIRECTED, choices=UNDIRECTED, metavar="NAME")
    args = parser.parse_args()
    path = args.out / "leiden_modularity.json"
    result = {
        "versions": {
            "leidenalg": leidenalg.version, "igraph": igraph.__version__, "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "seeds": list(SEEDS),
        "cpm_resolution": CPM_RESOLUTION,
        "undirected": {},
        "directed": {},
    }
    if path.exists() and args.only != UNDIRECTED:
        held = json.loads(path.read_text(encoding="utf-8"))
        assert held["versions"] == result["versions"], "the file was made with other versions"
        result = held
    for directed, names in [(False, UNDIRECTED), (True, DIRECTED)]:
        for name in [name for name in names if name in args.only]:
            ids, raw_src, raw_dst = graphs.load(args.data, name)
            n = len(ids)
            src, dst = graphs.simple(raw_src, raw_dst, directed)
            graph = igraph.Graph(n=n, edges=np.stack([src, dst], axis=1).tolist(), directed=directed)
            isolated = int(np.count_nonzero(np.bincount(np.concatenate([src, dst]), minlength=n) == 0))
            entry = {
                "accounts": n, "edges": len(src), "isolated_accounts": isolated,
                "lines_in_file": len(raw_src), "self_loops_dropped": int(np.count_nonzero(raw_src == raw_dst)),
                "components": len(graph.connected_components(mode="weak")),
                "modularity": {},
            }
            by_definition = lambda labels: modularity(n, src, dst, labels, directed)
            for key, iterations in [("iterate_until_stable", -1), ("two_iterations", 2)]:
                kind = leidenalg.ModularityVertexPartition
                entry["modularity"][key], seconds = run(graph, kind, iterations, by_definition, isolated, ids)
                print(f"{name} directed={directed} {key} best {entry['modularity'][key]['best']:.6f} {seconds:.1f} s", flush=True)
            if not directed:
                by_definition = lambda labels: cpm(n, src, dst, labels, CPM_RESOLUTION)
                entry["cpm"] = {}
                entry["cpm"]["iterate_until_stable"], seconds = run(
                    graph, leidenalg.CPMVertexPartition, -1, by_definition, isolated, ids,
                    resolution_parameter=CPM_RESOLUTION,
                )
                print(f"{name} CPM best {entry['cpm']['iterate_until_stable']['best']:.6f} {seconds:.1f} s", flush=True)
            result["directed" if directed else "undirected"][name] = entry
            graphs.write_json(path, result)


if __name__ == "__main__":
    main()
