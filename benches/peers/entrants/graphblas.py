"""python-graphblas: SuiteSparse:GraphBLAS with OpenMP."""

import graphblas as gb
import numpy as np
import pandas as pd

PACKAGE = "suitesparse-graphblas"
THREADED = {"pagerank", "ingest"}
NOTES = {
    "ingest": "pandas.read_csv and Matrix.from_coo: one direction",
    "pagerank": "our loop over its product, fp32 matrix and fp64 scores; the transpose is made while loading",
}


def matrix(graph):
    gb.ss.config["nthreads"] = graph.threads
    rows = pd.read_csv(graph.path, sep=" ", header=None, dtype=np.uint64, engine="c").to_numpy()
    n = int(rows.max()) + 1
    source, target = rows[:, 0].copy(), rows[:, 1].copy()
    if graph.undirected:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
    return gb.Matrix.from_coo(source, target, 1.0, nrows=n, ncols=n, dtype="FP32")


def load(graph):
    follows = matrix(graph)
    return follows.T.new(), follows.reduce_rowwise("plus").new(dtype="FP64")


def ingest(graph, _):
    read = matrix(graph)
    return lambda: {"accounts": read.nrows, "edges": read.nvals // (2 if graph.undirected else 1)}


def pagerank(handle, options):
    into, degree = handle
    n, damping = into.nrows, options.damping
    product, plus = gb.semiring.plus_second, gb.binary.plus
    score = gb.Vector.from_scalar(1 / n, n, dtype="FP64")
    for iterations in range(1, 501):
        # `degree` has no entry for accounts that follow nobody, so both products leave those out.
        passed = score.ewise_mult(degree, gb.binary.truediv).new()
        kept = score.ewise_mult(degree, gb.binary.first).new().reduce("plus").value
        lost = score.reduce("plus").value - kept
        passed << passed.apply(gb.binary.times, right=damping)
        after = gb.Vector.from_scalar((1 - damping + damping * lost) / n, n, dtype="FP64")
        after(plus) << product(into @ passed)
        change = score.ewise_add(after, gb.binary.minus).new().apply(gb.unary.abs).new().reduce("plus").value
        score = after
        if change < options.tolerance:
            break
    return lambda: {"scores": score.to_dense(0.0), "iterations": iterations}
