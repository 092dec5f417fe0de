"""truereach: how many real people a creator reaches, with an error bar on every estimate.

    import truereach as tr
    network = tr.read("market.trg")
    tr.reach(network, creators=["anh", "bao"])["people"]

Every verb of the command line is a function with the same parameters, defaults, checks and sentences; equal calls give
equal bits in Python, on the command line and in Rust.
"""

from . import _progress as progress
from ._network import (
    edge_arrays,
    from_edges,
    from_igraph,
    from_networkx,
    from_scipy,
    read,
    to_igraph,
    to_networkx,
    to_scipy,
)
from ._result import Result
from ._truereach import EngineError, GoalNotMet, InputError, Network, NotEstimableError, ParameterError, __version__
from ._verbs import *  # noqa: F403
from ._verbs import __all__ as _verbs

__all__ = [
    "EngineError",
    "GoalNotMet",
    "InputError",
    "Network",
    "NotEstimableError",
    "ParameterError",
    "Result",
    "__version__",
    "edge_arrays",
    "from_edges",
    "from_igraph",
    "from_networkx",
    "from_scipy",
    "progress",
    "read",
    "to_igraph",
    "to_networkx",
    "to_scipy",
    *_verbs,
]
