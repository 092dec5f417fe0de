"""graph_mate: Rust (the graph crate) with rayon."""

import graph_mate as gm
import numpy as np

PACKAGE = "graph_mate"
THREADED = {"ingest", "pagerank", "components"}
NOTES = {"pagerank": "in place, fp32, score of accounts that follow nobody is lost: scaled to sum 1 before comparing"}


def load(graph):
    kind = gm.Graph if graph.undirected else gm.DiGraph
    return kind.load(graph.path, gm.Layout.Sorted, gm.FileFormat.EdgeList)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.node_count(), "edges": read.edge_count()}


def pagerank(graph, options):
    ranked = graph.page_rank(max_iterations=500, tolerance=options.tolerance, damping_factor=options.damping)
    return lambda: {"scores": ranked.scores(), "iterations": ranked.ran_iterations}


def components(graph, _):
    found = graph.wcc()

    def sizes():
        counts = np.unique(found.components(), return_counts=True)[1]
        return {"components": len(counts), "largest": int(counts.max())}

    return sizes
