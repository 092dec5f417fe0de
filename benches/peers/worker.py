"""A peer in its own process: loads once, then runs on demand, so that loading and importing are never timed.

    python worker.py PEER JOB GRAPH THREADS SCRATCH     (started by race.py; speaks JSON lines on standard input and output)

A peer is a module in `entrants/` with PACKAGE, THREADED (the jobs it does with several threads), `load(graph)` and one
function a job, `job(handle, options)`. The function is timed; what it returns is called later, untimed, and gives the answer
as plain numbers and arrays. For `ingest` nothing is loaded and the handle is the graph's address; for `open` it is the
address that `saved(graph)` gives of the peer's own binary file.
"""

import importlib
import json
import os
import resource
import sys
import time

import numpy as np

from common import Graph, Options


def main():
    peer, job, path, threads, scratch = sys.argv[1:]
    # Peers may print; the line to the parent must stay clean.
    line = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    module = importlib.import_module(f"entrants.{peer}")
    graph = Graph(path, int(threads), scratch)
    run = getattr(module, "reopen" if job == "open" else job)
    handle, asked = None, 0
    for text in sys.stdin:
        order = json.loads(text)
        try:
            if order["do"] == "load":
                handle = {"ingest": lambda: graph, "open": lambda: module.saved(graph)}.get(
                    job, lambda: module.load(graph)
                )()
                reply = {"ok": True}
            else:
                options = Options(**order["options"])
                before, begin = cpu_seconds(), time.perf_counter()
                finish = run(handle, options)
                seconds, after = time.perf_counter() - begin, cpu_seconds()
                reply = {"seconds": seconds, "cpu": after - before}
                if order["keep"]:
                    asked += 1
                    reply["answer"] = stored(finish(), os.path.join(scratch, f"{peer}-{asked}"))
                del finish
            reply["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        except Exception as error:  # noqa: BLE001  any failure of a peer becomes a line
            reply = {"error": f"{type(error).__name__}: {error}"[:300]}
        line.write(json.dumps(reply) + "\n")


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def stored(answer, stem):
    """Arrays go to files: an answer can hold a million numbers."""
    plain = {}
    for name, value in answer.items():
        if isinstance(value, (list, np.ndarray)):
            np.save(f"{stem}-{name}.npy", np.asarray(value))
            plain[name] = {"file": f"{stem}-{name}.npy"}
        else:
            plain[name] = value
    return plain


if __name__ == "__main__":
    main()
