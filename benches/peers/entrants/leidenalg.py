"""leidenalg: C++ on igraph's graph, one thread."""

import leidenalg as la

from entrants import igraph

PACKAGE = "leidenalg"
THREADED = set()
LEIDEN_ITERATIONS = 2  # its default
NOTES = {}
load = igraph.load


def leiden(graph, options):
    kind = la.ModularityVertexPartition
    found = la.find_partition(graph, kind, n_iterations=options.iterations, seed=options.seed)
    return lambda: {"labels": found.membership}
