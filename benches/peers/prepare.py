"""Writes the graphs of the races into a folder outside the repository; what is there already is kept.

    python prepare.py DATA_DIR [--quality] [--nethept FOLDER]

slashdot.el, slashdot.und.el, lastfm.und.el: from `datasets/`. lfr200k.und.el and .truth: NetworKit's LFR generator, mixing
.5. rmat20.el and rmat20.und.el: R-MAT (.57, .19, .19), scale 20, edge factor 16, ids permuted. nethept.el: from a folder with
the TIM/IMM input of NetHEPT (graph.txt.gz), which is not ours to ship.
"""

import argparse
import gzip
import os

import numpy as np
import pandas as pd

DATASETS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "datasets")


def simple(rows):
    """Each edge once, none of an account with itself."""
    rows = rows[rows[:, 0] != rows[:, 1]]
    return np.unique(rows, axis=0)


def ties(rows):
    """Each pair once, whichever way it points."""
    return simple(np.sort(rows, axis=1))


def compact(rows):
    """Ids 0..n-1 in the order of the old ones: accounts without an edge are left out."""
    return np.unique(rows, return_inverse=True)[1].reshape(rows.shape)


def write(path, rows, seed=42):
    """In random order: some readers gain from sorted input."""
    rows = np.random.default_rng(seed).permutation(rows)
    pd.DataFrame(rows).to_csv(path, sep=" ", header=False, index=False)
    print(f"{path}: {rows.max() + 1:,} accounts, {len(rows):,} edges")


def shipped(folder, separator):
    """The edge list among the files of a shipped data set: digits in two columns."""
    place = os.path.join(DATASETS, folder)
    name = next(name for name in sorted(os.listdir(place)) if "edge" in name.lower() or "902" in name)
    opener = gzip.open if name.endswith(".gz") else open
    with opener(os.path.join(place, name), "rt") as file:
        lines = [line.split(separator)[:2] for line in file if line[:1].isdigit()]
    return compact(np.array(lines, dtype=np.int64))


def rmat(scale=20, factor=16, seed=42, chances=(0.57, 0.19, 0.19)):
    """One quarter of the matrix is chosen for each bit of both ids."""
    random = np.random.default_rng(seed)
    count = factor << scale
    follower, followed = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    first, second, third = np.cumsum(chances)
    for _ in range(scale):
        draw = random.random(count)
        follower = follower * 2 + (draw >= second)
        followed = followed * 2 + (((draw >= first) & (draw < second)) | (draw >= third))
    rows = compact(simple(np.column_stack([follower, followed])))
    return random.permutation(int(rows.max()) + 1)[rows]


def lfr(accounts=200_000, mixing=0.5, seed=42):
    import networkit as nk

    nk.setSeed(seed, False)
    nk.setNumberOfThreads(1)
    made = nk.generators.LFRGenerator(accounts)
    made.generatePowerlawDegreeSequence(30, 1000, -2.5)
    made.generatePowerlawCommunitySizeSequence(50, 2000, -1.5)
    made.setMu(mixing)
    graph = made.generate()
    truth = np.array(made.getPartition().getVector())
    order = np.random.default_rng(seed).permutation(accounts)
    moved = np.empty_like(truth)
    moved[order] = truth
    return order[ties(np.array(list(graph.iterEdges())))], moved


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--quality", action="store_true", help="also the 20 networks of quality.py; takes an hour")
    parser.add_argument("--nethept", help="folder with graph.txt.gz, an edge `u v` meaning that u influences v")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)

    def missing(name):
        return not os.path.exists(os.path.join(args.folder, name))

    def save(name, rows):
        if missing(name):
            write(os.path.join(args.folder, name), rows)

    if missing("lastfm.und.el"):
        save("lastfm.und.el", ties(shipped("lastfm-asia", ",")))
    if missing("slashdot.el") or missing("slashdot.und.el"):
        rows = simple(shipped("soc-slashdot0902", None))
        save("slashdot.el", rows)
        save("slashdot.und.el", ties(rows))
    if missing("rmat20.el") or missing("rmat20.und.el"):
        rows = rmat()
        save("rmat20.el", rows)
        save("rmat20.und.el", ties(rows))
    planted = {"lfr200k": {}}
    if args.quality:
        planted |= {
            f"lfr{mu}-{seed}": {"mixing": mu, "seed": seed} for mu in (0.6, 0.65, 0.7, 0.75) for seed in range(42, 47)
        }
    for name, how in planted.items():
        if missing(f"{name}.und.el") or missing(f"{name}.truth"):
            rows, truth = lfr(**how)
            save(f"{name}.und.el", rows)
            np.savetxt(os.path.join(args.folder, f"{name}.truth"), truth, fmt="%d")
    if args.nethept and missing("nethept.el"):
        with gzip.open(os.path.join(args.nethept, "graph.txt.gz"), "rt") as file:
            rows = np.array([line.split() for line in file if line[:1].isdigit()], dtype=np.int64)
        save("nethept.el", compact(simple(rows[:, ::-1])))


if __name__ == "__main__":
    main()
