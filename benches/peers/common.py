"""What the parent and the workers share: the graph asked for, numbers of a race, versions."""

import importlib.metadata
import os
import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Graph:
    """An edge list `u v` a line, ids 0..n-1, no repeats, no self-loops: u follows v.

    A file with `.und.` in its name lists every tie once and is read as undirected.
    """

    path: str
    threads: int = 1
    scratch: str = "."  # a folder for a peer's own binary file

    @property
    def undirected(self):
        return ".und." in os.path.basename(self.path)


@dataclass(frozen=True)
class Options:
    """The work that both sides do alike."""

    damping: float = 0.85
    tolerance: float = 1e-6  # change of PageRank between two iterations, summed over all accounts
    iterations: int = 1  # passes of Leiden
    effort: str = "full"  # of our Leiden and Louvain
    rounds: int = 0  # of our label propagation; 0: until nothing changes
    layout: str = "names"  # of our snapshot
    worlds: int = 10_000
    starters: tuple = ()  # of cascades
    sources: tuple = ()  # of personalised PageRank
    seed: int = 1


# Read by OpenMP, rayon, numba, BLAS and arrow when they start: must be in place before a peer is imported.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def rounded(values, digits=4):
    return [float(f"{value:.{digits}g}") for value in values]


def summarise(ours, theirs):
    """Medians of both, and the ratio theirs / ours of neighbouring runs (above 1: we are faster)."""
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    return {
        "ours": statistics.median(ours),
        "theirs": statistics.median(theirs),
        "ratio": statistics.median(ratios),
        "low": min(ratios),
        "high": max(ratios),
        "ratios": rounded(ratios),
        "runs": len(ratios),
    }


def alternate(entrants, runs, limit=float("inf")):
    """Times the entrants in turn: A B A B …, or A B C A B C … for three. Returns a list of seconds for each.

    `entrants` are functions that run once and return seconds. Once a round holds a run longer than `limit`, it is the last.
    """
    seconds = [[] for _ in entrants]
    for _ in range(runs):
        for own, entrant in zip(seconds, entrants, strict=True):
            own.append(entrant())
        if max(own[-1] for own in seconds) > limit:
            break
    return seconds
