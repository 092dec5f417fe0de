"""Progress, where somebody sees it: a line on a terminal, a line under a notebook's cell, or a function of your own."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, TypeAlias

#: Called now and then with the phase, how much of it is done, and how much there is, if known.
Show: TypeAlias = Callable[[str, int, "int | None"], object]

#: What `progress=None` means: "auto", True, False or a function.
default: Any = "auto"

PATIENCE = 0.4


def chosen(progress: Any) -> Show | None:
    """What shows progress, or nothing."""
    if progress is None:
        progress = default
    if callable(progress):
        return progress  # type: ignore[no-any-return]
    if progress == "auto":
        progress = in_notebook() or sys.stderr.isatty()
    elif not isinstance(progress, bool):
        raise TypeError(f"progress: expected True, False, 'auto' or a function, found {progress!r}")
    if not progress:
        return None
    return Notebook() if in_notebook() else Line()


def in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    shell = sys.modules.get("IPython")
    if shell is None:
        return False
    found = shell.get_ipython()
    return found is not None and type(found).__name__ == "ZMQInteractiveShell"


def line(phase: str, done: int, total: int | None) -> str:
    """One line."""
    if not total:
        return f"{phase} …"
    share = min(done / total, 1.0)
    return f"{phase} {'█' * round(20 * share):░<20} {share:4.0%}"


class Line:
    """A line on standard error that is written over and goes at the end."""

    def __init__(self) -> None:
        self.begun, self.shown = time.monotonic(), False

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        if time.monotonic() - self.begun > PATIENCE:
            self.shown = True
            sys.stderr.write(f"\r\x1b[2K{line(phase, done, total)}")
            sys.stderr.flush()

    def __del__(self) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


class Notebook:
    """A line under the cell that is updated in place and goes at the end."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.handle: Any = None

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        if time.monotonic() - self.begun <= PATIENCE:
            return
        from IPython.display import display

        shown = {"text/plain": line(phase, done, total)}
        if self.handle is None:
            self.handle = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self.handle.update(shown, raw=True)

    def __del__(self) -> None:
        if self.handle is not None:
            self.handle.update({"text/plain": ""}, raw=True)
