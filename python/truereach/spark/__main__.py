"""`truereach … --engine URL`, handed over: `python -m truereach.spark URL -- WORDS`."""

from __future__ import annotations

import sys
import warnings
from urllib.parse import parse_qsl

from . import EngineError, connect


def options(url: str) -> tuple[str, dict[str, object]]:
    """The address and the options after its question mark."""
    address, _, query = url.partition("?")
    found: dict[str, object] = {}
    known = {"partitioned": bool, "explain": bool, "shards": int, "checkpoint-every": int, "local-dir": str, "store": str}
    config: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.startswith("spark."):
            config[name] = value
            continue
        if name not in known:
            raise EngineError(f"{url!r}: there is no option {name!r}\n  hint: {', '.join(known)}, or a setting of Spark (spark.…)")
        try:
            found[name.replace("-", "_")] = {"": True, "true": True, "false": False}[value] if known[name] is bool else known[name](value)
        except (KeyError, ValueError):
            wanted = "true or false" if known[name] is bool else "a number"
            raise EngineError(f"{url!r}: {name} is {value!r}, and {wanted} was meant") from None
    return address, {**found, "config": config}


def main(words: list[str]) -> int:
    """Runs the command; its exit code."""
    if len(words) < 2 or words[1] != "--":
        print("truereach: usage: python -m truereach.spark URL -- VERB …", file=sys.stderr)
        return 2
    # What pyspark thinks of versions of pandas is of no use to who asks a verb.
    warnings.simplefilter("ignore", FutureWarning)
    try:
        address, settings = options(words[0])
        with connect(address, **settings) as engine:  # type: ignore[arg-type]
            code = engine.command(["truereach", *words[2:]])
            if engine.plan:
                print("\n".join(engine.plan))
                return 0
            for done in engine.report:
                print(done, file=sys.stderr)
            if code == 0 and not engine.report:
                print("note: nothing was shared out with these parameters: it ran here", file=sys.stderr)
            return code
    except EngineError as error:
        print(f"truereach: --engine: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
