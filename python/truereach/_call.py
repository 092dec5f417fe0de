"""From a function call to the words of the command line, and from its answer to a result."""

from __future__ import annotations

import errno
import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from . import _progress, _truereach
from ._result import Result as Result

T = TypeVar("T")
#: One value or several.
Many: TypeAlias = T | Iterable[T]
#: One value or several, or numbers by name: `{"like": 1, "share": 5}` is `like=1,share=5`.
Values: TypeAlias = Many[str] | Many[float] | Mapping[str, float]
#: A file or folder.
Path: TypeAlias = str | os.PathLike[str]
#: A network in memory, or files to read.
NetworkLike: TypeAlias = "_truereach.Network | Path | list[Path]"


def text(value: object) -> str:
    """A value as the command line has it. Numbers keep every digit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    item = getattr(value, "item", None)
    if callable(item):
        value = item()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)


def several(value: object) -> list[str]:
    """One value or several, a mapping as `name=number` each."""
    if isinstance(value, (str, os.PathLike)) or not isinstance(value, Iterable):
        return [text(value)]
    if isinstance(value, Mapping):
        return [f"{text(name)}={text(number)}" for name, number in value.items()]
    return [text(one) for one in value]


def files(paths: object) -> list[str]:
    """Files to read, which must be there: Python has an exception of its own for those that are not."""
    named = several(paths)
    for path in named:
        if path != "-" and not os.path.exists(path):
            raise FileNotFoundError(errno.ENOENT, "cannot open: there is no file or folder of this name", path)
    return named


def words_of(name: str, how: str, value: object) -> list[str]:
    """The words of one parameter."""
    flag = f"--{name}"
    if how == "flag":
        if not isinstance(value, bool):
            raise TypeError(f"{name.replace('-', '_')}: expected True or False, found {type(value).__name__}")
        return [flag] if value else []
    if how == "comma":
        parts = several(value)
        if any("," in part for part in parts):
            # A list in a file is one id a line, whatever is in them.
            parts = [text(value)] if isinstance(value, str) else [listed(parts)]
        return [f"{flag}={','.join(parts)}"] if parts else []
    if how == "many":
        return [f"{flag}={part}" for part in several(value)]
    if isinstance(value, (list, tuple, dict, set)):
        raise TypeError(f"{name.replace('-', '_')}: expected one value, found {type(value).__name__}")
    return [f"{flag}={text(value)}"]


def listed(parts: list[str]) -> str:
    """A file with one part a line, as the command line reads lists; it goes when Python ends."""
    file = tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False)
    with file:
        file.write("".join(f"{part}\n" for part in parts))
    _LISTS.append(file.name)
    return f"@{file.name}"


_LISTS: list[str] = []


def _forget() -> None:
    while _LISTS:
        try:
            os.unlink(_LISTS.pop())
        except OSError:
            pass


def options(seed: int, threads: int | None, memory: str | None, progress: Any) -> dict[str, Any]:
    """How a call runs; of this the seed alone changes the answer."""
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**64:
        raise ValueError(f"seed: expected a whole number from 0 to 2**64 - 1, found {seed!r}")
    return {"seed": seed, "threads": threads, "memory": memory, "progress": _progress.chosen(progress)}


def call(
    verb: str,
    network: NetworkLike | None,
    positional: list[object],
    named: dict[str, tuple[str, object, object]],
    seed: int,
    threads: int | None,
    memory: str | None,
    progress: Any,
    small_cells: bool,
) -> Result:
    """Asks a verb."""
    words = verb.split()
    for name, (how, value, default) in named.items():
        if value is None or (value == default and type(value) is type(default)):
            continue
        words += words_of(name, how, value)
    # On the command line NETWORK stands last.
    named_files = [part for value in positional if value is not None for part in several(value)]
    held = network if isinstance(network, _truereach.Network) else None
    if held is not None:
        words += named_files
    elif network is not None or named_files:
        words += ["--", *named_files, *(files(network) if network is not None else [])]
    try:
        answer = _truereach.ask(words, held, small_cells, options(seed, threads, memory, progress))
    finally:
        _forget()
    tables, said, notes, unmet = answer
    if unmet is not None:
        warnings.warn(f"goal not met: {unmet}", _truereach.GoalNotMet, stacklevel=3)
    return Result(tables, said, notes, unmet)
