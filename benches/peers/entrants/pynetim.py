"""pynetim: cascades in C++, with threads. Only the mean comes back, no standard error."""

import numpy as np
from pynetim import IMGraph, IndependentCascadeModel

from entrants import cascades

PACKAGE = "pynetim"
THREADED = {"cascade"}
NOTES = {"cascade": "gives no standard error: CyNetDiff's is of the same size, ours is used for both"}


def load(graph):
    begin, reached, chance = cascades.influence(graph)
    source = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    edges = list(zip(source.tolist(), reached.tolist(), strict=True))
    return IMGraph(edges, weights=chance.tolist(), directed=True, renumber=False), graph.threads


def cascade(handle, options):
    graph, threads = handle
    model = IndependentCascadeModel(graph, set(options.starters))
    several = {"use_multithread": threads > 1, "num_threads": threads}
    mean = model.run_monte_carlo_diffusion(options.worlds, random_seed=options.seed, **several)
    return lambda: {"mean": mean, "error": None}
