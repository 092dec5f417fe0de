"""From a function call to the words of the command line, and from its answer to a result."""

from __future__ import annotations

import errno
import operator
import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from . import _progress, _truereach
from ._result import Result as Result

if TYPE_CHECKING:
    from .spark import Engine as Engine
else:
    Engine = Any

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
    listed = paths if isinstance(paths, (list, tuple)) else [paths]
    for path in listed:
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"expected a network, the path of one or a list of paths, found {type(path).__name__}")
    named = several(paths)
    for path in named:
        if path != "-" and not os.path.exists(path):
            raise FileNotFoundError(errno.ENOENT, "cannot open: there is no file or folder of this name", path)
    return named


def words_of(name: str, how: str, value: object, lists: list[str]) -> list[str]:
    """The words of one parameter; files that hold its lists are noted in `lists`."""
    flag = f"--{name}"
    if how == "flag":
        if not isinstance(value, bool):
            raise TypeError(f"{name.replace('-', '_')}: expected True or False, found {type(value).__name__}")
        return [flag] if value else []
    if how in ("comma", "list"):
        parts = several(value)
        if not isinstance(value, str) and any("," in part for part in parts):
            if how == "comma":
                raise _truereach.ParameterError(f"{flag}: a comma stands between values, and cannot be in one")
            parts = [listed(flag, parts, lists)]
        return [f"{flag}={','.join(parts)}"] if parts else []
    if how == "many":
        return [f"{flag}={part}" for part in several(value)]
    if isinstance(value, (list, tuple, dict, set)):
        raise TypeError(f"{name.replace('-', '_')}: expected one value, found {type(value).__name__}")
    return [f"{flag}={text(value)}"]


def listed(flag: str, parts: list[str], lists: list[str]) -> str:
    """A file with one part a line, as the command line reads lists of ids with commas in them."""
    for part in parts:
        if part != part.strip() or "\n" in part or "\r" in part or part.startswith("#"):
            raise _truereach.ParameterError(f"{flag}: {part!r} cannot be told in a list beside ids with commas")
    file = tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False)
    lists.append(file.name)
    with file:
        file.write("".join(f"{part}\n" for part in parts))
    return f"@{file.name}"


def whole(name: str, value: object) -> int:
    """A whole number, NumPy's too."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}: expected a whole number, found {value!r}") from None


def options(seed: int, threads: int | None, memory: str | None, progress: Any) -> dict[str, Any]:
    """How a call runs; of this the seed alone changes the answer."""
    seed, threads = whole("seed", seed), None if threads is None else whole("threads", threads)
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed: expected a whole number from 0 to 2**64 - 1, found {seed!r}")
    if threads is not None and not 1 <= threads < 2**32:
        raise _truereach.ParameterError(f"threads: must be at least 1, found {threads}")
    if memory is not None and not isinstance(memory, str):
        raise TypeError(f"memory: expected a text such as '4GiB' or '50%', found {memory!r}")
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
    engine: Engine | None = None,
) -> Result:
    """Asks a verb."""
    if any(isinstance(value, _truereach.Network) for value in positional):
        raise TypeError(f"{verb}: expected files, found a network in memory\n  hint: tr.export(network, output=…) writes it")
    # On the command line NETWORK stands last.
    tail = [part for value in positional if value is not None for part in several(value)]
    if engine is not None and network is not None and not isinstance(network, _truereach.Network):
        network = _truereach.read(["--", *files(network)], options(seed, threads, memory, False))
    held = network if isinstance(network, _truereach.Network) else None
    if held is None and (tail or network is not None):
        tail = ["--", *tail, *(files(network) if network is not None else [])]
    lists: list[str] = []
    try:
        words = verb.split()
        for name, (how, value, default) in named.items():
            # Arrays have no one truth to compare: the types go first.
            if value is not None and not (type(value) is type(default) and value == default):
                words += words_of(name, how, value, lists)
        run = options(seed, threads, memory, progress)
        if engine is None:
            answer = _truereach.ask([*words, *tail], held, small_cells, run)
        else:
            answer = engine.ask([*words, *tail], held, small_cells, run)
    finally:
        for path in lists:
            os.unlink(path)
    tables, said, notes, unmet = answer
    if unmet is not None:
        warnings.warn(f"goal not met: {unmet}", _truereach.GoalNotMet, stacklevel=3)
    return Result(tables, said, notes, unmet)
