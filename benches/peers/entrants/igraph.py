"""igraph: C, one thread."""

import random

import igraph as ig

PACKAGE = "igraph"
THREADED = set()
LEIDEN_ITERATIONS = 2  # its default
NOTES = {
    "pagerank": "prpack: its own fixed stopping rule, tighter than asked",
    "labels": "stops once every label is a most frequent one",
}


def load(graph):
    random.seed(1)
    return ig.Graph.Read_Edgelist(graph.path, directed=not graph.undirected)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.vcount(), "edges": read.ecount()}


def pagerank(graph, options):
    scores = graph.pagerank(damping=options.damping, implementation="prpack")
    return lambda: {"scores": scores}


def components(graph, _):
    found = graph.connected_components(mode="weak")
    return lambda: {"components": len(found), "largest": max(found.sizes())}


def core(graph, _):
    cores = graph.coreness(mode="all")
    return lambda: {"cores": cores}


def louvain(graph, _):
    found = graph.community_multilevel()
    return lambda: {"labels": found.membership}


def leiden(graph, options):
    found = graph.community_leiden(objective_function="modularity", n_iterations=options.iterations)
    return lambda: {"labels": found.membership}


def labels(graph, _):
    found = graph.community_label_propagation()
    return lambda: {"labels": found.membership}
