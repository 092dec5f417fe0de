"""scipy.sparse: the text read by pandas, kernels of scipy, one thread."""

import os

import numpy as np
import pandas as pd
from scipy import sparse

PACKAGE = "scipy"
THREADED = set()
NOTES = {
    "ingest": "pandas.read_csv and csr_matrix: one direction",
    "open": "load_npz, not compressed: one direction, copied into memory",
    "pagerank": "our loop over scipy's product; the transpose is made while loading",
    "personal": "our loop over scipy's product, a source after the other",
}


def matrix(graph):
    rows = pd.read_csv(graph.path, sep=" ", header=None, dtype=np.int32, engine="c").to_numpy()
    n = int(rows.max()) + 1
    source, target = rows[:, 0], rows[:, 1]
    if graph.undirected:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
    return sparse.csr_matrix((np.ones(len(source), dtype=np.float32), (source, target)), shape=(n, n))


def load(graph):
    follows = matrix(graph)
    follows.data = follows.data.astype(np.float64)
    return follows, follows.T.tocsr()


def ingest(graph, _):
    read = matrix(graph)
    return lambda: {"accounts": read.shape[0], "edges": read.nnz // (2 if graph.undirected else 1)}


def saved(graph):
    path = os.path.join(graph.scratch, "graph.npz")
    sparse.save_npz(path, matrix(graph), compressed=False)
    return path


def reopen(path, _):
    read = sparse.load_npz(path)
    return lambda: {"accounts": read.shape[0], "edges": read.nnz}


def iterate(handle, options, source=None):
    follows, into = handle
    n = follows.shape[0]
    degree = np.diff(follows.indptr)
    dangling = degree == 0
    share = np.divide(1.0, degree, out=np.zeros(n), where=~dangling)
    score = np.full(n, 1 / n) if source is None else np.eye(1, n, source)[0]
    for iterations in range(1, 501):
        after = into @ (score * share)
        after *= options.damping
        back = options.damping * score[dangling].sum() + 1 - options.damping
        if source is None:
            after += back / n
        else:
            after[source] += back
        change = np.abs(after - score).sum()
        score = after
        if change < options.tolerance:
            break
    return score, iterations


def pagerank(handle, options):
    score, iterations = iterate(handle, options)
    return lambda: {"scores": score, "iterations": iterations}


def personal(handle, options):
    found = [iterate(handle, options, source) for source in options.sources]
    return lambda: {"scores": found[0][0], "last": found[-1][0]}


def components(handle, _):
    count, label = sparse.csgraph.connected_components(handle[0], directed=True, connection="weak")
    return lambda: {"components": count, "largest": int(np.bincount(label).max())}
