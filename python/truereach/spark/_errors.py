"""What went wrong elsewhere, in one sentence."""

from __future__ import annotations

import re

from .._truereach import EngineError

#: How an error of ours stands in the text of an exception that Spark passes on.
_OURS = re.compile(r"(?:EngineError|ParameterError|InputError|NotEstimableError|MemoryError): (.+?)(?=\n\S|\n\n|\Z)", re.DOTALL)
_LINES = re.compile(r"^(?:\s*at |\s*File |Traceback)")


def cause(error: BaseException) -> EngineError:
    """The error behind what Spark raised: ours if one of our processes raised it, else Spark's own first sentence."""
    if isinstance(error, EngineError):
        return error
    text = str(error)
    found = _OURS.findall(text)
    if found:
        lines = [line.strip() for line in str(found[-1]).splitlines()]
        kept: list[str] = []
        for line in lines:
            if not line or _LINES.match(line):
                break
            kept.append(line)
        said = "\n  ".join(kept)
        return EngineError(said.removeprefix("--engine: "))
    first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    return EngineError(f"Spark: {first[:500]}")
