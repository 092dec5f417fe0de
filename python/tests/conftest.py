"""What tests share: the shipped network, and a small one."""

import pathlib

import numpy as np
import pytest

import truereach as tr

ROOT = pathlib.Path(__file__).parents[2]
LASTFM = ROOT / "datasets" / "lastfm-asia"


@pytest.fixture(scope="session")
def lastfm(tmp_path_factory: pytest.TempPathFactory) -> tr.Network:
    path = tmp_path_factory.mktemp("lastfm") / "lastfm.trg"
    tr.ingest([LASTFM], output=path)
    return tr.read(path)


@pytest.fixture
def small() -> tr.Network:
    """1, 2 and 3 follow 0; 4 follows 1."""
    return tr.from_edges(np.array([1, 2, 3, 4]), np.array([0, 0, 0, 1]))
