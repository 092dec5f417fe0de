"""The code in the documents runs as it stands."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).parents[2]
PEERS = ("networkit", "ndlib", "cynetdiff", "igraph", "networkx")


@pytest.mark.parametrize("path", ["docs/COMING_FROM.md", "python/README.md"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_blocks_run_in_order(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / path).read_text(encoding="utf-8")
    scope: dict[str, object] = {}
    ran, skipped = 0, []
    for block in re.findall(r"^```python\n(.*?)^```", text, re.S | re.M):
        try:
            exec(compile(block, path, "exec"), scope)
            ran += 1
        except ModuleNotFoundError as error:
            assert any(f"import {peer}" in block or f"from {peer}" in block for peer in PEERS), error
            skipped.append(str(error.name))
        except NameError as error:
            # A block about a peer's result, where the peer is not installed.
            assert skipped, error
    assert ran >= 3
    print(f"{path}: {ran} blocks ran; not installed: {', '.join(skipped) or 'none'}")
