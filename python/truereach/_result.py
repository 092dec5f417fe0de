"""What a verb answers, as Python has it."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _truereach

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas
    import polars
    import pyarrow

#: Rows that a notebook shows.
SHOWN = 20


class Result:
    """A table with what stands beside it.

    `result["reach"]` is a column: a read-only NumPy view of numbers (NaN where some are missing), or a list of texts.
    `to_arrow`, `to_pandas`, `to_polars` give all of it; any program that speaks the Arrow PyCapsule interface takes the
    result itself. `notes`, `assumptions`, `summary` and `provenance` say what the figures rest on.
    """

    def __init__(
        self, tables: list[_truereach.Table], text: str, said: list[str], unmet: str | None
    ) -> None:
        self._tables, self._unmet = tables, unmet
        #: What the verb printed besides tables.
        self.text = text
        #: What it said to the person who asked.
        self.said = said
        #: Whether the goal that was asked for was met.
        self.converged = unmet is None

    @property
    def _table(self) -> _truereach.Table:
        if not self._tables:
            raise ValueError("this verb answers in words, not in a table: see .text")
        return self._tables[0]

    @property
    def tables(self) -> list[Result]:
        """All tables, where a verb gives several."""
        return [Result([table], self.text, self.said, self._unmet) for table in self._tables]

    @cached_property
    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = json.loads(self._table.about())
        return about

    @property
    def columns(self) -> list[str]:
        """Names of the columns; an interval is two, `…_low` and `…_high`."""
        return self._table.columns

    @property
    def digest(self) -> str:
        """A 64-bit digest of all tables: columns, rows in whatever order, summaries. Equal results have equal digests."""
        return f"{sum(table.digest for table in self._tables) % 2**64:016x}"

    @property
    def assumptions(self) -> list[str]:
        """What is assumed, a sentence each."""
        return list(self._about["assumptions"])

    @property
    def notes(self) -> list[str]:
        """What else a reader must know, a sentence each."""
        return list(self._about["notes"])

    @property
    def summary(self) -> dict[str, Any]:
        """Figures about the whole."""
        return dict(self._about["summary"])

    @property
    def provenance(self) -> dict[str, Any]:
        """Engine and version, command, parameters, seed, checksum of the network."""
        return dict(self._about["provenance"])

    def meaning(self, column: str) -> str:
        """What a column means."""
        for about in self._about["columns"]:
            ends = [about["name"] + "_low", about["name"] + "_high"] if about["interval"] else []
            if column == about["name"] or column in ends:
                unit = f" ({about['unit']})" if about["unit"] else ""
                return f"{about['about']}{unit}"
        raise KeyError(f"no column {column!r}; there are {', '.join(self.columns)}")

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, column: str) -> Any:
        return self._table.column(column)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, a dictionary each; what is missing is None."""
        rows: list[dict[str, Any]] = json.loads(self.to_json())["rows"]
        return iter(rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.Table:
        """As a pyarrow table, without a copy."""
        import pyarrow

        return pyarrow.table(self._table)

    def to_pandas(self) -> pandas.DataFrame:
        """As a pandas data frame."""
        import pandas

        return pandas.DataFrame({name: self[name] for name in self.columns})

    def to_polars(self) -> polars.DataFrame:
        """As a polars data frame, without a copy."""
        import polars

        return polars.DataFrame(self._table)

    def to_dict(self) -> dict[str, Any]:
        """Columns by name: lists of texts and NumPy arrays."""
        return {name: self[name] for name in self.columns}

    def to_json(self) -> str:
        """The document that `--format json` prints, to the byte."""
        return self._table.json()

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> None:
        """Writes the table; the ending says how: .csv .tsv .xlsx .json .ndjson .parquet .arrow .svg .txt."""
        self._table.save(os.fspath(path), force)

    def svg(self) -> str | None:
        """The verb's own picture, if it has one."""
        return self._table.svg()

    def plot(self, column: str | None = None, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draws a column of numbers against the first column of texts, with its interval (needs matplotlib)."""
        import matplotlib.pyplot as plt

        name, label = self._drawn(column)
        values = np.asarray(self[name], dtype=float)[:SHOWN]
        labels = [str(text) for text in self[label][:SHOWN]] if label else [str(at) for at in range(len(values))]
        if ax is None:
            _, ax = plt.subplots(figsize=(7, 0.5 + 0.32 * max(len(values), 1)), layout="constrained")
        places = np.arange(len(values))
        ax.barh(places, values, color="#4477aa")
        ends = self._interval(name)
        if ends is not None:
            low, high = (np.asarray(self[end], dtype=float)[:SHOWN] for end in ends)
            ax.hlines(places, low, high, color="#222222", linewidth=1.2)
        ax.set_yticks(places, labels)
        ax.invert_yaxis()
        ax.set_xlabel(self.meaning(name))
        return ax

    def _drawn(self, column: str | None) -> tuple[str, str | None]:
        kinds = {name: isinstance(self[name], np.ndarray) for name in self.columns}
        label = next((name for name, number in kinds.items() if not number and any(self[name])), None)
        if column is None:
            likely = [name for name in ("reach", "people", "pagerank") if kinds.get(name)]
            numbers = [
                name
                for name, number in kinds.items()
                if number and name != "rank" and not name.endswith(("_low", "_high")) and np.isfinite(self[name]).any()
            ]
            if not likely + numbers:
                raise ValueError("this table has no column of numbers to draw")
            column = (likely + numbers)[0]
        elif not kinds.get(column, False):
            raise ValueError(f"{column!r} is no column of numbers of this table")
        return column, label

    def _interval(self, column: str) -> tuple[str, str] | None:
        for stem in (column, f"{column}_interval", "interval"):
            ends = (f"{stem}_low", f"{stem}_high")
            if ends[0] in self.columns and column in ("reach", "people", stem):
                return ends
        return None

    def __repr__(self) -> str:
        if not self._tables:
            return self.text
        width = 100
        more = len(self) - SHOWN
        lines = self._table.aligned(width).splitlines()
        if more > 0:
            lines = lines[: SHOWN + 1] + [f"… {more} more rows"]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if not self._tables:
            return f"<pre>{html.escape(self.text)}</pre>"
        lines = [f"<pre>{html.escape(repr(self))}</pre>", self._bars()]
        lines += [f"<div><small>{html.escape(note)}</small></div>" for note in self.notes]
        if self.assumptions:
            said = "".join(f"<li>{html.escape(text)}</li>" for text in self.assumptions)
            lines.append(f"<details><summary>{len(self.assumptions)} assumptions</summary><ul>{said}</ul></details>")
        return "".join(lines)

    def _bars(self) -> str:
        """A small picture: one bar a row."""
        try:
            name, _ = self._drawn(None)
        except ValueError:
            return ""
        values = np.asarray(self[name], dtype=float)[:SHOWN]
        finite = values[np.isfinite(values)]
        top = float(finite.max()) if len(finite) else 0.0
        if top <= 0:
            return ""
        bars = [
            f'<rect x="0" y="{4 * at}" width="{max(200 * value / top, 0):.1f}" height="3" fill="#4477aa"/>'
            for at, value in enumerate(values)
            if np.isfinite(value)
        ]
        height = 4 * len(values)
        title = html.escape(f"{name}: {self.meaning(name)}")
        return f'<svg width="200" height="{height}" role="img"><title>{title}</title>{"".join(bars)}</svg>'
