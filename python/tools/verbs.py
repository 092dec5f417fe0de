"""Writes truereach/_verbs.py: a typed function a verb, from what the engine says of its command line.

    python tools/verbs.py            writes the file
    python tools/verbs.py --check    fails where it differs from what would be written
"""

import importlib.machinery
import importlib.util
import json
import keyword
import pathlib
import sys
import textwrap
from typing import Any

TARGET = pathlib.Path(__file__).parent.parent / "truereach" / "_verbs.py"

# What makes no sense inside a program: shells, the page to plan on, and the benchmark of the engine itself.
LEFT_OUT = {"completions", "man", "bench", "serve"}
# Of reading raw files: a network in memory was read.
READING = {"network"}
# What has a meaning to the call itself.
RUN = {"threads", "rng-seed", "memory", "quiet", "small-cells", "engine"}

HEAD = '''"""Every verb of the engine as a function. Made by tools/verbs.py from the engine's own description: do not edit."""

from __future__ import annotations

from typing import Any, Literal

from ._call import Engine, Many, NetworkLike, Path, Result, Values, call

__all__ = {names}
'''


def python_name(words: str) -> str:
    """`rank pagerank` is `pagerank`, `niche learn` is `niche_learn`; words that Python keeps get an underscore."""
    words = words.removeprefix("rank ")
    name = words.replace(" ", "_").replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def literal(parameter: dict[str, Any]) -> str:
    """The default as Python writes it."""
    default = parameter["default"]
    if parameter["kind"] == "flag":
        return "False"
    if default is None or parameter["many"]:
        return "None" if default is None else repr(default)
    kind = parameter["kind"]
    if kind in ("integer", "number"):
        return str(default)
    if kind == "boolean":
        return str(default == "true")
    return repr(default)


def annotation(parameter: dict[str, Any]) -> str:
    """The type of a parameter."""
    if parameter["kind"] == "flag":
        return "bool"
    choices = parameter["choices"]
    if choices and parameter["kind"] == "text":
        base = "Literal[" + ", ".join(repr(choice) for choice in choices) + "]"
    else:
        base = {"integer": "int", "number": "float", "boolean": "bool", "path": "Path", "text": "str"}[parameter["kind"]]
        # What the engine reads as text may be written as a number: 0.05, 80000000, a list of them.
        base = "str | float" if base == "str" else base
    if parameter["many"]:
        base = f"Many[{base}]" if base.startswith("Literal") or base == "Path" else "Values"
        return base + (" | None" if literal(parameter) == "None" else " | str" if base.startswith("Many[L") else "")
    return base + (" | None" if literal(parameter) == "None" and not parameter["required"] else "")


def function(verb: dict[str, Any]) -> str:
    """One function."""
    words = str(verb["name"])
    parameters = [p for p in verb["parameters"] if p["name"] not in RUN]
    has_network = any(p["positional"] and p["name"] == "network" for p in parameters)
    reading = {p["name"] for p in DESCRIBED["read"]["parameters"]} - {"define"}
    if has_network:
        parameters = [p for p in parameters if p["name"] not in reading]
    # A table comes back as an object; only what is a file by nature is written to one.
    if words.split()[0] not in ("run", "generate") and any(p["name"] == "format" and "table" in p["choices"] for p in parameters):
        parameters = [p for p in parameters if p["name"] not in ("output", "format")]
        if not any(p["kind"] == "path" for p in parameters):
            parameters = [p for p in parameters if p["name"] != "force"]
    positional = [p for p in parameters if p["positional"]]
    named = [p for p in parameters if not p["positional"]]
    signature = ["network: NetworkLike" + ("" if needs_network(verb) else " | None = None")] if has_network else []
    for p in positional:
        signature.append(f"{python_name(p['name'])}: {annotation(p)}" + ("" if p["required"] else " = None"))
    signature.append("*")
    for p in sorted(named, key=lambda p: not p["required"]):
        signature.append(f"{python_name(p['name'])}: {annotation(p)}" + ("" if p["required"] else f" = {literal(p)}"))
    signature += [
        "seed: int = 1",
        "threads: int | None = None",
        "memory: str | None = None",
        "progress: Any = None",
        "small_cells: bool = False",
        *(["engine: Engine | None = None"] if shares_work(words) else []),
    ]
    lines = [f"def {python_name(words)}("] + [f"    {part}," for part in signature] + [") -> Result:"]
    doc = textwrap.wrap(str(verb["about"]).replace("\\", "\\\\"), 112, break_long_words=False, initial_indent='    """')
    lines += [doc[0]] + ["    " + line for line in doc[1:]]
    described = [p for p in positional + named if p["about"]]
    if described:
        lines += ["", "    Parameters", "    ----------"]
    for p in described:
        lines.append(f"    {python_name(p['name'])}")
        about = str(p["about"]).replace("\\", "\\\\").replace('"""', "'''")
        lines += textwrap.wrap(about, 108, initial_indent="        ", subsequent_indent="        ", break_long_words=False)
    lines.append('    """')
    lines.append("    return call(")
    lines.append(f"        {words!r},")
    lines.append("        " + ("network" if has_network else "None") + ",")
    lines.append("        [" + ", ".join(python_name(p["name"]) for p in positional) + "],")
    lines.append("        {")
    for p in named:
        # Lists of ids may stand in a file, which holds any id.
        how = "list" if p["commas"] and "@FILE" in p["about"] else "comma" if p["commas"] else "many" if p["many"] else p["kind"]
        lines.append(f"            {p['name']!r}: ({how!r}, {python_name(p['name'])}, {literal(p) if not p['required'] else 'None'}),")
    lines.append("        },")
    lines.append(f"        seed, threads, memory, progress, small_cells,{' engine,' if shares_work(words) else ''}")
    lines.append("    )")
    return "\n".join(lines)


def shares_work(words: str) -> bool:
    """Whether other processes may do a verb's work: as `truereach --engine` says."""
    return words in {
        "reach", "select", "rank pagerank", "rank tunkrank", "rank components", "communities", "overlap", "run",
    }


def needs_network(verb: dict[str, Any]) -> bool:
    """Whether a verb is nothing without a network."""
    return any(p["name"] == "network" and p["required"] for p in verb["parameters"])


def described() -> dict[str, Any]:
    """What the engine says. Its compiled part is loaded alone: the rest of the package may not be written yet."""
    found = next(path for ending in importlib.machinery.EXTENSION_SUFFIXES for path in TARGET.parent.glob(f"_truereach{ending}"))
    spec = importlib.util.spec_from_file_location("_truereach", found)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    said: dict[str, Any] = json.loads(module.described())
    return said


DESCRIBED = described()


def text() -> str:
    """The whole file."""
    verbs = [verb for verb in DESCRIBED["verbs"] if verb["name"].split()[0] not in LEFT_OUT]
    names = sorted(python_name(verb["name"]) for verb in verbs)
    listed = "[\n" + "".join(f'    "{name}",\n' for name in names) + "]"
    return HEAD.replace("{names}", listed) + "\n\n" + "\n\n\n".join(function(verb) for verb in verbs) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if TARGET.read_text(encoding="utf-8") != text():
            sys.exit("truereach/_verbs.py is not what the engine describes: run python tools/verbs.py")
    else:
        TARGET.write_text(text(), encoding="utf-8")
