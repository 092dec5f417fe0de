"""truereach on Apache Spark: the same verbs, the same bits, other machines.

    import truereach as tr
    from truereach import spark

    engine = spark.connect("spark://127.0.0.1:7077")
    tr.reach("market.trg", all=True, engine=engine)

Spark stores, shuffles and tries again; the engine's Rust does the work inside its tasks. Two ways: *replicated*, where every
worker maps the whole network and computes a part of the samples or of the calls; *partitioned*, where each holds some
shards of a network that none could hold, and all go on in supersteps. docs/SCALE.md says which is when the better answer; where
one machine holds the network, it mostly is.
"""

from .._truereach import EngineError
from ._engine import Done, Engine, connect
from ._logs import Summary, Written, edges_from_logs, sum_logs
from ._snapshot import Snapshot
from ._store import Manifest, Store

__all__ = [
    "Done", "Engine", "EngineError", "Manifest", "Snapshot", "Store", "Summary", "Written", "connect", "edges_from_logs", "sum_logs",
]  # fmt: skip
