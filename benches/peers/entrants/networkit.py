"""NetworKit: C++ with OpenMP."""

import os

import networkit as nk

PACKAGE = "networkit"
THREADED = {"pagerank", "personal", "louvain", "leiden", "labels"}
LEIDEN_ITERATIONS = 3  # its default
NOTES = {
    "core": "bucket queue: its fastest here",
    "components": "serial for directed graphs",
    "personal": "it has no restarts at one account: as many plain runs",
    "labels": "stops once fewer than 1 in 100,000 accounts change",
    "louvain": "PLM, balanced",
    "leiden": "ParallelLeiden",
}


def load(graph):
    nk.setNumberOfThreads(graph.threads)
    nk.setSeed(1, True)
    return nk.graphio.EdgeListReader(" ", 0, "#", True, not graph.undirected).read(graph.path)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.numberOfNodes(), "edges": read.numberOfEdges()}


def saved(graph):
    path = os.path.join(graph.scratch, "graph.nkb")
    nk.graphio.NetworkitBinaryWriter(32).write(load(graph), path)
    return path


def reopen(path, _):
    read = nk.graphio.NetworkitBinaryReader().read(path)
    return lambda: {"accounts": read.numberOfNodes(), "edges": read.numberOfEdges()}


def pagerank(graph, options):
    sinks = nk.centrality.SinkHandling.DistributeSinks
    ranked = nk.centrality.PageRank(graph, damp=options.damping, tol=options.tolerance, distributeSinks=sinks)
    ranked.norm = nk.centrality.Norm.L1_NORM
    ranked.run()
    return lambda: {"scores": ranked.scores(), "iterations": ranked.numberOfIterations()}


def personal(graph, options):
    """It has no restarts at one account: as many plain runs, which take as many steps."""
    found = [pagerank(graph, options)() for _ in options.sources]
    return lambda: {"plain": found[0]["scores"]}


def components(graph, _):
    kind = nk.components.WeaklyConnectedComponents if graph.isDirected() else nk.components.ParallelConnectedComponents
    found = kind(graph)
    found.run()
    return lambda: {"components": found.numberOfComponents(), "largest": max(found.getComponentSizes().values())}


def core(graph, _):
    # Its default for undirected graphs took 3.6 to 13 times the CPU of its bucket queue (LFR, Slashdot, two threads).
    found = nk.centrality.CoreDecomposition(graph, enforceBucketQueueAlgorithm=True)
    found.run()
    return lambda: {"cores": found.scores()}


def louvain(graph, _):
    return _searched(nk.community.PLM(graph, refine=False, par="balanced"))


def leiden(graph, options):
    return _searched(nk.community.ParallelLeiden(graph, iterations=options.iterations))


def labels(graph, _):
    return _searched(nk.community.PLP(graph))


def _searched(search):
    search.run()
    return lambda: {"labels": search.getPartition().getVector()}
