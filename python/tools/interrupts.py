"""How soon Ctrl-C is answered in the longest kernels: milliseconds from the key to KeyboardInterrupt, pressed at three moments."""

import os
import signal
import threading
import time
from collections.abc import Callable

import numpy as np

import truereach as tr

ACCOUNTS, FOLLOWS = 200_000, 4_000_000


def calls(network: tr.Network) -> dict[str, Callable[[], object]]:
    """Work that takes longer than anybody waits."""
    return {
        "reach of all": lambda: tr.reach(network, all=True, model="wc", half_width=0.0005),
        "reach": lambda: tr.reach(network, creators="0", model="wc", worlds=10_000_000),
        "select": lambda: tr.select(network, count=200, model="wc", certify=0.99),
        "pagerank": lambda: [tr.pagerank(network, top=1, tolerance=1e-14) for _ in range(999)],
        "personal": lambda: tr.personal(network, from_=[str(at) for at in range(2000)], damping=0.99, top=1),
        "betweenness": lambda: [tr.betweenness(network) for _ in range(999)],
        "harmonic": lambda: [tr.harmonic(network) for _ in range(999)],
        "triangles": lambda: [tr.triangles(network) for _ in range(999)],
        "communities": lambda: tr.communities(network, runs=5000),
        "overlap": lambda: [tr.similar(network, of="0") for _ in range(999)],
        "risk": lambda: [tr.risk(network, creators=["0", "1"], model="wc", hazard=0.1) for _ in range(999)],
        "contain": lambda: [tr.contain(network, fallen="0", voices=20, model="wc") for _ in range(999)],
        "audit": lambda: [tr.audit(network, no_keep=True) for _ in range(999)],
    }


def answered(call: Callable[[], object], after: float) -> float | None:
    """Milliseconds until Ctrl-C is answered, pressed after so many seconds; nothing if the work ended before."""
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(after, press)
    timer.start()
    try:
        call()
    except KeyboardInterrupt:
        return 1000 * (time.monotonic() - pressed[0])
    finally:
        timer.cancel()
    return None


if __name__ == "__main__":
    tr.progress.default = False
    random = np.random.default_rng(1)
    source = random.integers(0, ACCOUNTS, FOLLOWS)
    target = (ACCOUNTS * random.random(FOLLOWS) ** 4).astype(np.int64)
    made = tr.from_edges(source, target, accounts=ACCOUNTS)
    for name, call in calls(made).items():
        took = [answered(call, after) for after in (0.4, 1.1, 2.3)]
        print(f"{name:<14}" + "".join("     ended" if ms is None else f"{ms:7.0f} ms" for ms in took), flush=True)
