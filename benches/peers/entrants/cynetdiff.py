"""CyNetDiff: cascades in Cython, one thread."""

import array

import numpy as np
from cynetdiff.models import IndependentCascadeModel

from entrants import cascades

PACKAGE = "cynetdiff"
THREADED = set()
NOTES = {}


def load(graph):
    begin, reached, chance = cascades.influence(graph)
    unsigned = [array.array("I", values.astype(np.uint32).tobytes()) for values in (begin[:-1], reached)]
    model = IndependentCascadeModel(*unsigned, activation_probs=array.array("f", chance.astype(np.float32).tobytes()))
    model.set_rng(np.random.default_rng(1))
    return model


def cascade(model, options):
    model.set_seeds(options.starters)
    spread = np.empty(options.worlds)
    for world in range(options.worlds):
        model.reset_model()
        model.advance_until_completion()
        spread[world] = model.get_num_activated_nodes()
    return lambda: {"mean": float(spread.mean()), "error": float(spread.std(ddof=1) / np.sqrt(options.worlds))}
