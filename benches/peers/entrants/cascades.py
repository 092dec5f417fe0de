"""Weighted cascade for peers that want the graph as arrays: influence runs from the followed to the follower."""

import numpy as np

import score


def influence(graph):
    """Where each account's followers begin, the followers, and the chance of each: 1 by the number that one follows."""
    rows = score.read_edges(graph.path)
    if graph.undirected:
        rows = np.concatenate([rows, rows[:, ::-1]])
    n = score.accounts(rows)
    follower, followed = rows[:, 0], rows[:, 1]
    order = np.lexsort((follower, followed))
    begin = np.concatenate([[0], np.cumsum(np.bincount(followed, minlength=n))])
    follows = np.bincount(follower, minlength=n)
    return begin, follower[order], 1 / follows[follower[order]]
