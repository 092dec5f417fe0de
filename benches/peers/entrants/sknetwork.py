"""scikit-network: Cython, one thread."""

from sknetwork import clustering, data, ranking, topology

PACKAGE = "scikit-network"
THREADED = set()
LEIDEN_ITERATIONS = 1
NOTES = {
    "pagerank": "with accounts that follow nobody its values are not the standard ones",
    "personal": "a source after the other; with accounts that follow nobody its values are not the standard ones",
}


def load(graph):
    return data.from_csv(graph.path, delimiter=" ", directed=not graph.undirected, weighted=False, matrix_only=True)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.shape[0], "edges": read.nnz // (2 if graph.undirected else 1)}


def pagerank(graph, options):
    scores = ranking.PageRank(options.damping, "piteration", 500, options.tolerance).fit_predict(graph)
    return lambda: {"scores": scores}


def personal(graph, options):
    rank = ranking.PageRank(options.damping, "piteration", 500, options.tolerance)
    found = [rank.fit_predict(graph, weights={source: 1}) for source in options.sources]
    return lambda: {"scores": found[0], "last": found[-1]}


def components(graph, _):
    label = topology.get_connected_components(graph)

    def sizes():
        import numpy as np

        return {"components": int(label.max()) + 1, "largest": int(np.bincount(label).max())}

    return sizes


def core(graph, _):
    cores = topology.get_core_decomposition(graph)
    return lambda: {"cores": cores}


def louvain(graph, options):
    search = clustering.Louvain(random_state=options.seed, return_probs=False, return_aggregate=False)
    label = search.fit_predict(graph)
    return lambda: {"labels": label}


def leiden(graph, options):
    search = clustering.Leiden(random_state=options.seed, return_probs=False, return_aggregate=False)
    label = search.fit_predict(graph)
    return lambda: {"labels": label}


def labels(graph, _):
    label = clustering.PropagationClustering(return_probs=False, return_aggregate=False, n_iter=-1).fit_predict(graph)
    return lambda: {"labels": label}
