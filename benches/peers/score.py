"""The independent judge: scores answers by definition, with numpy and scipy alone, the same way for every entrant."""

import numpy as np
import pandas as pd
from scipy import sparse


def read_edges(path):
    """The rows of an edge list as an array of two columns."""
    return pd.read_csv(path, sep=" ", header=None, dtype=np.int64, engine="c").to_numpy()


def accounts(edges):
    return int(edges.max()) + 1


def pagerank(edges, damping, source=None, tolerance=1e-12, limit=1000):
    """PageRank by plain iteration to a change far below any tolerance raced at. Restarts and the score of accounts that
    follow nobody go everywhere evenly, or to `source`."""
    n = accounts(edges)
    degree = np.bincount(edges[:, 0], minlength=n)
    into = sparse.csr_matrix((np.ones(len(edges)), (edges[:, 1], edges[:, 0])), shape=(n, n))
    share = np.divide(1.0, degree, out=np.zeros(n), where=degree > 0)
    dangling = degree == 0
    restart = np.full(n, 1 / n) if source is None else np.eye(1, n, source)[0]
    score = restart.copy()
    for _ in range(limit):
        after = damping * (into @ (score * share)) + (damping * score[dangling].sum() + 1 - damping) * restart
        change = np.abs(after - score).sum()
        score = after
        if change < tolerance:
            return score
    raise ArithmeticError(f"the reference did not settle in {limit} iterations")


def pagerank_error(scores, reference):
    """L1 distance to the reference. Scores are scaled to sum 1 first: peers differ in what the sum is."""
    scores = np.asarray(scores, dtype=float)
    return float(np.abs(scores / scores.sum() - reference).sum())


def pagerank_bound(damping, tolerance):
    """The largest L1 error that stopping at this change allows: the change shrinks by the damping each iteration."""
    return tolerance * damping / (1 - damping)


def components(edges):
    """Number of weak components, and the accounts of the largest."""
    n = accounts(edges)
    ties = sparse.coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    count, label = sparse.csgraph.connected_components(ties, directed=False)
    return int(count), int(np.bincount(label).max())


def modularity(edges, labels):
    """Share of ties inside communities less the share expected from strengths. `edges`: each tie once."""
    labels = compact(labels)
    inside = np.count_nonzero(labels[edges[:, 0]] == labels[edges[:, 1]]) / len(edges)
    strength = np.bincount(labels, weights=np.bincount(edges.ravel(), minlength=len(labels)))
    return float(inside - ((strength / (2 * len(edges))) ** 2).sum())


def disconnected(edges, labels):
    """Number of communities that fall apart once ties between communities are cut."""
    labels = compact(labels)
    n = len(labels)
    inside = edges[labels[edges[:, 0]] == labels[edges[:, 1]]]
    ties = sparse.coo_matrix((np.ones(len(inside), dtype=np.int8), (inside[:, 0], inside[:, 1])), shape=(n, n))
    part = sparse.csgraph.connected_components(ties, directed=False)[1]
    # A piece lies in one community, so the label of any of its members is the label of all.
    label_of_part = np.zeros(part.max() + 1, dtype=np.int64)
    label_of_part[part] = labels
    return int(np.count_nonzero(np.bincount(label_of_part) > 1))


def agreement(labels, truth):
    """Normalised mutual information of two partitions (arithmetic mean): 1 when they are the same."""
    labels, truth = compact(labels), compact(truth)
    n = len(labels)
    joint = sparse.coo_matrix((np.ones(n), (labels, truth))).tocsr()
    joint.sum_duplicates()
    joint = joint.tocoo()
    p, a, b = joint.data / n, np.bincount(labels) / n, np.bincount(truth) / n
    shared = (p * np.log(p / (a[joint.row] * b[joint.col]))).sum()
    total = -(a * np.log(a)).sum() - (b * np.log(b)).sum()
    return float(2 * shared / total) if total > 0 else 1.0


def partition(edges, labels, truth=None):
    """All of the above about one partition."""
    labels = compact(labels)
    found = {
        "modularity": round(modularity(edges, labels), 5),
        "communities": int(labels.max()) + 1,
        "disconnected": disconnected(edges, labels),
    }
    if truth is not None:
        found["nmi"] = round(agreement(labels, truth), 4)
    return found


def compact(labels):
    return np.unique(np.asarray(labels), return_inverse=True)[1]


def standard_errors_apart(mean_a, error_a, mean_b, error_b):
    """Distance of two independent means in standard errors of their difference."""
    both = float(np.hypot(error_a, error_b))
    if both == 0:
        return 0.0 if mean_a == mean_b else float("inf")
    return float(mean_a - mean_b) / both


def most_followed(edges, count):
    """The accounts with most followers; ties go to the smaller id."""
    followers = np.bincount(edges[:, 1], minlength=accounts(edges))
    return np.argsort(-followers, kind="stable")[:count].tolist()
