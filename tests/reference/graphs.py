"""Readers for the edge lists the reference scripts use.

Every reader takes the data folder and returns `(ids, src, dst)`: the account ids in order of first
appearance (or, for GML, in file order), and one index into `ids` per line of the file, exactly as
listed. Cleaning (self-loops, repeats, direction) is done by `simple`, so that each script states
what it drops.
"""

import argparse
import gzip
import json
import re
from pathlib import Path

import numpy as np


def arguments(doc):
    """The command line every script shares: `--data DIR` and `--out DIR`."""
    parser = argparse.ArgumentParser(description=doc.strip().splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds one folder per data set")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent, help="where to write")
    return parser


def text(path):
    """The text of a file, plain or gzipped."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as handle:
        return handle.read()


def edge_list(path, separator=None, header=False):
    """Pairs of integer ids, one per line; `#` lines and, with `header`, the first line are skipped."""
    lines = text(path).splitlines()[1 if header else 0:]
    pairs = [line.split(separator)[:2] for line in lines if line.strip() and not line.startswith("#")]
    return index([(int(a), int(b)) for a, b in pairs])


def gml(path):
    """Nodes and edges of a GML file."""
    content = text(path)
    nodes = [int(x) for x in re.findall(r"\bnode\s*\[\s*id\s+(\d+)", content)]
    pairs = re.findall(r"\bedge\s*\[\s*source\s+(\d+)\s+target\s+(\d+)", content)
    return index([(int(a), int(b)) for a, b in pairs], nodes)


def index(pairs, nodes=()):
    """Number the ids by first appearance, listed nodes first."""
    ids = list(dict.fromkeys([*nodes, *(x for pair in pairs for x in pair)]))
    position = {x: i for i, x in enumerate(ids)}
    src = np.array([position[a] for a, _ in pairs], dtype=np.int64)
    dst = np.array([position[b] for _, b in pairs], dtype=np.int64)
    return ids, src, dst


def simple(src, dst, directed):
    """Drop self-loops, merge repeats; undirected also merges the two directions of a pair."""
    keep = src != dst
    src, dst = src[keep], dst[keep]
    if not directed:
        src, dst = np.minimum(src, dst), np.maximum(src, dst)
    pairs = np.unique(np.stack([src, dst], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


GRAPHS = {
    "wiki-vote": lambda data: edge_list(data / "wiki-vote/wiki-Vote.txt.gz"),
    "soc-slashdot0902": lambda data: edge_list(data / "soc-slashdot0902/soc-Slashdot0902.txt.gz"),
    "email-eu-core": lambda data: edge_list(data / "email-eu-core/email-Eu-core.txt.gz", header=True),
    "polblogs": lambda data: gml(data / "polblogs/polblogs.gml.gz"),
    "football": lambda data: gml(data / "small-classics/football.gml"),
    "lastfm-asia": lambda data: edge_list(data / "lastfm-asia/lastfm_asia_edges.csv.gz", ",", True),
    "musae-facebook": lambda data: edge_list(data / "musae-facebook/facebook_edges.csv.gz", ",", True),
}


def load(data, name):
    """`(ids, src, dst)` of a data set by name."""
    return GRAPHS[name](data)


def write_json(path, value):
    """Indented JSON with a final newline; lists of numbers stay on one line."""
    body = json.dumps(value, indent=2)
    body = re.sub(r"\[\s+([^\[\]{}\"]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", body)
    path.write_text(body + "\n", encoding="utf-8")
