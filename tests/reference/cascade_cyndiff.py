"""Expected spread on NetHEPT by CyNetDiff: independent cascade and linear threshold.

    python cascade_cyndiff.py --data DIR        writes cascade_nethept.json

The graphs are `nethept-imm-inf/graph_ic.inf` and `graph_lt.inf`, lines `u v p`, influence flowing
u -> v, every value passed as it stands in the file. CyNetDiff stores values as 32-bit floats; the
largest rounding is recorded. Seeds are the accounts of largest out-degree, ties to the smaller id.
The figure is the number of activated accounts, seeds included: mean over the runs and its standard
error (sample standard deviation / sqrt(runs)). A test should allow both sides' standard errors.

For one seed set at a time the generator is seeded afresh, so each figure is reproducible alone.
"""

import array
import math
import time

import numpy as np
from importlib.metadata import version
from cynetdiff.models import IndependentCascadeModel, LinearThresholdModel
from cynetdiff.utils import check_csr_arrays

import graphs

SIZES = [1, 5, 50]
SEED = 20240131


def read(path):
    """`u v p` lines as three arrays."""
    table = np.array([line.split() for line in graphs.text(path).splitlines()])
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2].astype(np.float64)


def csr(n, src, dst, value):
    """Compressed rows in the array types CyNetDiff takes: row starts, targets, values."""
    order = np.lexsort((dst, src))
    degree = np.bincount(src, minlength=n)
    starts = np.concatenate([[0], np.cumsum(degree)[:-1]])
    starts = array.array("I", starts.tolist())
    targets = array.array("I", dst[order].tolist())
    values = array.array("f", value[order].tolist())
    check_csr_arrays(starts, targets)
    # Read the arrays back and compare with the file: the same edges, values equal up to rounding.
    ends = np.append(np.array(starts)[1:], len(targets))
    back = np.repeat(np.arange(n), ends - np.array(starts))
    assert np.array_equal(back, src[order]) and np.array_equal(np.array(targets), dst[order])
    rounding = float(np.abs(np.array(values, dtype=float) - value[order]).max())
    return starts, targets, values, rounding


def spread(model, seeds, runs):
    """Mean and standard error of the activated accounts, seeds included."""
    model.set_rng(np.random.default_rng([SEED, len(seeds)]))
    model.set_seeds(seeds)
    total = squares = 0
    started = time.perf_counter()
    for _ in range(runs):
        model.reset_model()
        model.advance_until_completion()
        reached = model.get_num_activated_nodes()
        total += reached
        squares += reached * reached
    variance = (squares - total * total / runs) / (runs - 1)
    seconds = time.perf_counter() - started
    return {"mean": total / runs, "standard_error": math.sqrt(variance / runs),
            "standard_deviation": math.sqrt(variance), "runs": runs}, seconds


def main():
    parser = graphs.arguments(__doc__)
    parser.add_argument("--runs-ic", type=int, default=1_000_000)
    parser.add_argument("--runs-lt", type=int, default=300_000)
    args = parser.parse_args()
    folder = args.data / "nethept-imm-inf"
    result = {
        "versions": {"cynetdiff": version("cynetdiff"), "numpy": np.__version__},
        "counts": "activated accounts, seeds included",
        "generator": f"numpy default_rng([{SEED}, number of seeds])",
        "seed_sets": {},
        "models": {},
    }
    setups = [
        ("independent_cascade", "graph_ic.inf.gz", IndependentCascadeModel, "activation_probs", args.runs_ic),
        ("linear_threshold", "graph_lt.inf.gz", LinearThresholdModel, "influence", args.runs_lt),
    ]
    for name, file, kind, argument, runs in setups:
        src, dst, value = read(folder / file)
        n = int(max(src.max(), dst.max())) + 1
        degree = np.bincount(src, minlength=n)
        ranked = sorted(range(n), key=lambda v: (-degree[v], v))
        for size in SIZES:  # both files list the same edges, so the seed sets agree
            chosen = [int(v) for v in ranked[:size]]
            assert result["seed_sets"].setdefault(str(size), chosen) == chosen
        result["smallest_out_degree_chosen"] = {str(s): int(degree[ranked[s - 1]]) for s in SIZES}
        starts, targets, values, rounding = csr(n, src, dst, value)
        model = kind(starts, targets, **{argument: values})
        incoming = np.bincount(dst, weights=value, minlength=n)
        entry = {
            "file": f"nethept-imm-inf/{file}", "accounts": n, "edges": len(src),
            "self_loops": int(np.count_nonzero(src == dst)), "largest_incoming_sum": float(incoming.max()),
            "largest_rounding_to_float32": rounding, "spread": {},
        }
        for size in SIZES:
            entry["spread"][str(size)], seconds = spread(model, result["seed_sets"][str(size)], runs)
            figure = entry["spread"][str(size)]
            print(f"{name} {size}: {figure['mean']:.4f} +- {figure['standard_error']:.4f}, {seconds:.0f} s", flush=True)
        result["models"][name] = entry
    graphs.write_json(args.out / "cascade_nethept.json", result)


if __name__ == "__main__":
    main()
