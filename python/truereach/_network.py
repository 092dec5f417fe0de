"""Networks: read, made of columns, taken from and given to other libraries."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from . import _truereach
from ._call import Path, files, options, whole, words_of
from ._truereach import Network

if TYPE_CHECKING:
    import igraph
    import networkx
    import scipy.sparse

Direction = Literal["follower,followee", "source,reached", "undirected"]


def read(
    paths: Path | list[Path],
    *,
    edges: Direction | None = None,
    on_error: Literal["fail", "skip"] | None = None,
    trust: bool = False,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
) -> Network:
    """Reads a network: a snapshot (.trg), a folder of tables or with a network.toml, or raw files (CSV, NDJSON, Parquet, …).

    Parameters
    ----------
    paths
        One or several files, or a folder.
    edges
        Which way rows of raw files point [default: found out, as `truereach ingest --help` says].
    on_error
        Rows of raw files that cannot be read.
    trust
        Do not verify the snapshot's checksums first.
    """
    given = (("edges", "text", edges), ("on-error", "text", on_error), ("trust", "flag", trust))
    words = [word for name, how, value in given if value is not None for word in words_of(name, how, value, [])]
    return _truereach.read([*words, "--", *files(paths)], options(1, threads, memory, progress))


def from_edges(
    source: Any,
    target: Any,
    *,
    table: Any = None,
    weight: Any = None,
    time: Any = None,
    sign: Any = None,
    kind: Any = None,
    edges: Direction = "follower,followee",
    duplicates: Literal["sum", "count", "first", "error"] = "sum",
    self_loops: Literal["drop", "error"] = "drop",
    view: Literal["whole", "lists", "sampled", "engagers", "counts"] | None = None,
    accounts: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Any = None,
) -> Network:
    """Makes a network of columns: a row says that `source` follows `target`, or did what `kind` says.

    NumPy arrays of integers (int32, int64, uint32, uint64) and Arrow columns are read where they lie; lists of texts are
    copied. With `table` (pandas, polars, pyarrow, DuckDB: anything with the Arrow PyCapsule interface), the columns are
    named by their names. Equal rows give the network that `read` makes of a CSV file with them, to the bit.

    Parameters
    ----------
    source, target
        Ids, or names of columns of `table`.
    weight
        float64.
    time
        int64, seconds since 1970.
    sign
        int8: 1, 0, -1.
    kind
        Texts: follow, like, comment, share, …
    edges
        Which way a row points.
    duplicates
        Follows that repeat: add weights up, count rows, keep the first, or stop.
    self_loops
        Rows of an account with itself: left out and counted, or an error.
    view
        How much of the world the rows show [default: detected]: where nobody who is followed follows anybody, they are
        taken for follower lists, from which spread beyond followers cannot be told; "whole" says that they are all.
    accounts
        The accounts are 0, 1, …, accounts - 1, also those without a row.
    """
    for name, value, choices in (
        ("edges", edges, ("follower,followee", "source,reached", "undirected")),
        ("duplicates", duplicates, ("sum", "count", "first", "error")),
        ("self_loops", self_loops, ("drop", "error")),
        ("view", view, (None, "whole", "lists", "sampled", "engagers", "counts")),
    ):
        if value not in choices:
            words = ", ".join(repr(choice) for choice in choices)
            raise _truereach.ParameterError(f"{name}: {value!r} is none of {words}")
    if accounts is not None:
        accounts = whole("accounts", accounts)
        if not 0 <= accounts < 2**32:
            raise _truereach.ParameterError(f"accounts: expected a number from 0 to 2**32 - 1, found {accounts}")
    if table is not None:
        table = _one_table(table)
    columns = {"source": source, "target": target, "weight": weight, "time": time, "sign": sign, "kind": kind}
    taken = {
        name: None if column is None else _column(name, column if table is None else _of_table(table, name, column))
        for name, column in columns.items()
    }
    for name in ("source", "target"):
        if taken[name] is None:
            raise TypeError(f"{name}: expected a column, found None")
    settings = {"edges": edges, "duplicates": duplicates, "self-loops": self_loops, "view": view, "accounts": accounts}
    return _truereach.from_edges(
        taken["source"],
        taken["target"],
        taken["weight"],
        taken["time"],
        taken["sign"],
        taken["kind"],
        json.dumps({name: value for name, value in settings.items() if value is not None}),
        options(1, threads, memory, progress),
    )


def _of_table(table: Any, name: str, column: Any) -> Any:
    if not isinstance(column, str):
        raise TypeError(f"{name}: expected the name of a column of the table, found {type(column).__name__}")
    if column not in list(getattr(table, "column_names", table.columns)):
        raise KeyError(f"{name}: no column {column!r} in the table")
    return table[column]


def _one_table(table: Any) -> Any:
    """A table whose columns stand still: what is computed when it is read is read once."""
    if type(table).__module__.split(".")[0] in ("pandas", "polars") and hasattr(table, "columns") and not hasattr(table, "collect"):
        return table
    if not hasattr(table, "__arrow_c_stream__"):
        raise TypeError(f"table: expected something with __arrow_c_stream__, found {type(table).__name__}")
    import pyarrow

    return table if isinstance(table, pyarrow.Table) else pyarrow.table(table)


def _column(name: str, column: Any) -> Any:
    """A column as the engine takes it: a NumPy array, a table of one column that speaks Arrow, or texts."""
    if isinstance(column, np.ma.MaskedArray):
        if np.ma.is_masked(column):
            raise ValueError(f"{name}: rows are masked, and a row without it is no row\n  hint: drop them, or .compressed() both columns")
        column = column.data
    if isinstance(column, np.ndarray):
        if name == "sign" and column.dtype.kind in "iu":
            return np.sign(column).astype(np.int8)
        if column.dtype.kind in "iu" and column.dtype.itemsize < 4:
            return column.astype(np.int32)
        if column.dtype.kind == "U":
            return column.tolist()
        return column
    framed = getattr(column, "to_frame", None)
    if callable(framed) and hasattr(column, "dtype"):
        kind = getattr(column.dtype, "kind", None)
        if kind in ("i", "u", "f") and callable(getattr(column, "to_numpy", None)) and isinstance(column.dtype, np.dtype):
            return _column(name, column.to_numpy())
        return framed()
    if type(column).__module__.split(".")[0] == "pyarrow" and not hasattr(column, "columns"):
        import pyarrow

        return pyarrow.table([column], names=[name])
    if hasattr(column, "__arrow_c_stream__"):
        return column
    if isinstance(column, (list, tuple, range)):
        if all(isinstance(one, str) for one in column):
            return list(column)
        made = np.asarray(column)
        return made.astype(np.int64) if made.size == 0 else _column(name, made)
    return column


def from_networkx(graph: networkx.Graph[Any], *, weight: str | None = None, **settings: Any) -> Network:
    """The network of a networkx graph; an edge u -> v says that u follows v, an undirected one goes both ways.

    Nodes are called by their texts. `weight` names the attribute of edges that holds weights.
    """
    nodes = list(graph.nodes)
    names = _names(nodes)
    place = {node: at for at, node in enumerate(nodes)}
    pairs = np.fromiter(
        (place[end] for edge in graph.edges() for end in edge[:2]), dtype=np.int64, count=2 * graph.number_of_edges()
    )
    weights = None
    if weight is not None:
        held: Any = graph.edges(data=weight)
        for u, v, value in held:
            if value is None:
                raise ValueError(f"weight: the edge from {u!r} to {v!r} has no attribute {weight!r}")
        weights = np.fromiter((float(edge[-1]) for edge in held), dtype=np.float64)
    way: Direction = "follower,followee" if graph.is_directed() else "undirected"
    return _named(names, pairs[0::2].copy(), pairs[1::2].copy(), weights, way, settings)


def from_igraph(graph: igraph.Graph, *, weight: str | None = None, **settings: Any) -> Network:
    """The network of an igraph graph; vertices are called by their attribute `name`, else by their numbers."""
    pairs = np.asarray(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    names = _names(graph.vs["name"]) if "name" in graph.vs.attributes() else None
    weights = np.asarray(graph.es[weight], dtype=np.float64) if weight is not None else None
    way: Direction = "follower,followee" if graph.is_directed() else "undirected"
    source, target = pairs[:, 0].copy(), pairs[:, 1].copy()
    if names is None:
        settings.setdefault("accounts", graph.vcount())
        return from_edges(source, target, weight=weights, edges=way, **settings)
    return _named(names, source, target, weights, way, settings)


def from_scipy(matrix: Any, *, weighted: bool = False, **settings: Any) -> Network:
    """The network of a sparse square matrix: a number at (u, v) says that u follows v."""
    made = matrix.tocoo()
    rows, columns = made.shape
    if rows != columns:
        raise ValueError(f"matrix: expected a square one, found {rows} x {columns}")
    settings.setdefault("accounts", rows)
    weights = np.ascontiguousarray(made.data, dtype=np.float64) if weighted else None
    return from_edges(np.ascontiguousarray(made.row), np.ascontiguousarray(made.col), weight=weights, **settings)


def _names(nodes: Iterable[Hashable]) -> list[str]:
    names = [str(node) for node in nodes]
    if len(set(names)) < len(names):
        raise ValueError("nodes: two of them have the same text; give them names that differ")
    return names


def _named(
    names: Sequence[str],
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64] | None,
    way: Direction,
    settings: dict[str, Any],
) -> Network:
    if list(names) == [str(at) for at in range(len(names))]:
        settings.setdefault("accounts", len(names))
        return from_edges(source, target, weight=weights, edges=way, **settings)
    lone = set(range(len(names))) - set(source.tolist()) - set(target.tolist())
    if lone:
        first = names[min(lone)]
        raise ValueError(f"nodes: {len(lone)} have no edge, {first!r} among them, and a network of names has those of its rows\n"
                         "  hint: remove them, or relabel the nodes 0, 1, 2, …")
    return from_edges([names[at] for at in source], [names[at] for at in target], weight=weights, edges=way, **settings)


def to_networkx(network: Network) -> networkx.DiGraph[Any]:
    """A networkx graph; nodes are called by the ids of the accounts."""
    import networkx

    graph: networkx.DiGraph[Any] = networkx.DiGraph()
    names = _plain(network)
    graph.add_nodes_from(names)
    follower, followed, weight = edge_arrays(network)
    pairs = ((names[u], names[v]) for u, v in zip(follower.tolist(), followed.tolist(), strict=True))
    if weight is None:
        graph.add_edges_from(pairs)
    else:
        graph.add_weighted_edges_from((u, v, w) for (u, v), w in zip(pairs, weight.tolist(), strict=True))
    return graph


def to_igraph(network: Network) -> igraph.Graph:
    """An igraph graph; vertices carry the ids of the accounts as `name`."""
    import igraph

    follower, followed, weight = edge_arrays(network)
    graph = igraph.Graph(n=len(network), edges=np.column_stack((follower, followed)), directed=True)
    graph.vs["name"] = [str(name) for name in _plain(network)]
    if weight is not None:
        graph.es["weight"] = weight
    return graph


def to_scipy(network: Network) -> scipy.sparse.csr_array:
    """A sparse matrix with the weight of a follow (1 where there are none) at (follower, followed)."""
    import scipy.sparse

    offsets, targets, weights = network.rows()
    data = np.ones(len(targets)) if weights is None else np.array(weights)
    shape = (len(network), len(network))
    return scipy.sparse.csr_array((data, targets.astype(np.int64), offsets.astype(np.int64)), shape=shape)


def edge_arrays(
    network: Network, *, threads: int | None = None
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32], npt.NDArray[np.float64] | None]:
    """A row an edge: who follows, who is followed, weight. Numbers are places in `network.names()`."""
    return network.edges(options(1, threads, None, False))


def _plain(network: Network) -> list[Any]:
    names = network.names()
    return names.tolist() if isinstance(names, np.ndarray) else names
