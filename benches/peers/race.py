"""truereach beside pip-installable peers: one job on one graph, in turn, A B A B … in one run.

    python race.py --job pagerank --graph rmat20.el --truereach target/release/truereach [--peer networkit,scipy] [--runs 5]

One JSON line a pair on standard output (or appended to --out); table.py makes the Markdown table of them. A peer that does
not use several threads meets us with one thread as well as with --threads.
"""

import argparse
import ast
import datetime
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import score
from common import THREAD_VARIABLES, Graph, Options, alternate, rounded, summarise, version
from judge import Judge
from ours import Truereach

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "pagerank": "graphblas scipy networkit graph_mate igraph rustworkx sknetwork",
    "personal": "networkit scipy sknetwork",
    "components": "graph_mate rustworkx networkit scipy igraph sknetwork",
    "core": "networkit igraph rustworkx sknetwork",
    "leiden": "networkit igraph sknetwork leidenalg",
    "louvain": "networkit igraph sknetwork",
    "labels": "networkit igraph sknetwork",
    "ingest": "graph_mate scipy rustworkx graphblas networkit igraph",
    "open": "scipy networkit",
    "cascade": "cynetdiff pynetim",
}
LIMIT = 60.0
TIES_ONLY = (
    "core",
    "leiden",
    "louvain",
    "labels",
)  # defined on undirected graphs: directed ones are read differently by peers


def declared(peer):
    """The constants of a peer's module and the names of its functions, read without importing the peer."""
    with open(os.path.join(HERE, "entrants", f"{peer}.py")) as file:
        body = ast.parse(file.read()).body
    plain = [node for node in body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    known = {"JOBS": {node.name for node in body if isinstance(node, ast.FunctionDef)}}
    for node in plain:
        if node.targets[0].id.isupper():
            empty = isinstance(node.value, ast.Call)  # set()
            known[node.targets[0].id] = set() if empty else ast.literal_eval(node.value)
    return known


class Peer:
    """A peer in its own long-living process (worker.py)."""

    def __init__(self, name, graph, job, options):
        self.name, self.options = name, options
        self.about = declared(name)
        self.version = version(self.about["PACKAGE"])
        self.single = job not in self.about["THREADED"]
        self.threads = 1 if self.single else graph.threads
        self.peak_mb = None
        environment = os.environ | {variable: str(graph.threads) for variable in THREAD_VARIABLES}
        command = [sys.executable, os.path.join(HERE, "worker.py"), name, job, graph.path, str(graph.threads)]
        self.process = subprocess.Popen(
            [*command, graph.scratch], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def load(self):
        self._order(do="load")

    def run(self, keep=False):
        reply = self._order(do="run", keep=keep, options=vars(self.options))
        self.peak_mb = reply["peak_mb"]
        answer = reply.get("answer")
        if answer:
            answer = {k: np.load(v["file"]) if isinstance(v, dict) else v for k, v in answer.items()}
        return reply["seconds"], reply["cpu"], answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _order(self, **order):
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError("its process ended")
        reply = json.loads(line)
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply


def pair(name, graph, args, options, judge):
    """One peer beside ours: answers first, then times. Yields a record for each number of our threads."""
    known = declared(name)
    if ("reopen" if args.job == "open" else args.job) not in known["JOBS"]:
        raise RuntimeError(f"does not do {args.job}")
    if version(known["PACKAGE"]) is None:
        raise RuntimeError("not installed")
    if args.job == "leiden":
        options = Options(**(vars(options) | {"iterations": known["LEIDEN_ITERATIONS"]}))
    passes = {"rounds" if args.job == "labels" else "iterations": args.passes} if args.passes else {}
    own = Options(**(vars(options) | passes))
    single = args.job not in known["THREADED"]
    counts = sorted({1, args.threads}) if single else [args.threads]
    ours = [Truereach(args.truereach, Graph(graph.path, n, graph.scratch), args.job, own, args.timing) for n in counts]
    peer = Peer(name, graph, args.job, options)
    try:
        entrants = [*ours, peer]
        scores, first = [], []
        for entrant in entrants:
            entrant.load()
            seconds, _, answer = entrant.run(keep=True)
            first.append(seconds)
            scores.append(judge.score(answer))
        cpu = [[] for _ in entrants]

        def timed(place):
            seconds, used, _ = entrants[place].run()
            cpu[place].append(used)
            return seconds

        # A run that long is not repeated: the first one, whose answer was judged, is the only one and the row says so.
        if max(first) > args.limit:
            times = [[seconds] for seconds in first]
        else:
            times = alternate(
                [lambda place=place: timed(place) for place in range(len(entrants))], args.runs, args.limit
            )
        for place, entrant in enumerate(ours):
            same, words = judge.compare(scores[place], scores[-1])
            yield {
                "job": args.job,
                "graph": os.path.basename(graph.path),
                "accounts": score.accounts(judge.edges),
                "edges": len(judge.edges),
                "same": same,
                "answers": words,
                "ours": side(entrant, times[place], cpu[place], scores[place]) | {"timed": entrant.timed},
                "peer": side(peer, times[-1], cpu[-1], scores[-1])
                | {"single": peer.single, "peak_mb": peer.peak_mb, "note": known.get("NOTES", {}).get(args.job)},
                "machine": machine(),
                "options": {k: v for k, v in vars(own).items() if k not in ("starters", "sources")},
                "race": summarise(times[place], times[-1]),
            }
    finally:
        peer.close()


def side(entrant, seconds, cpu, scored):
    about = {"name": entrant.name, "version": entrant.version, "threads": entrant.threads}
    shown = {k: v for k, v in scored.items() if k != "digest"}
    return about | {"seconds": rounded(seconds), "cpu_seconds": rounded(filter(None, cpu)), "scored": shown}


def machine():
    """Where it ran, and how many programs wanted a core in the last minute."""
    processor = "unknown processor"
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        processor = names[0] if names else processor
    return {"processor": processor, "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}


def command(args):
    """The command that made a row, without the paths of this machine."""
    words = ["python benches/peers/race.py --job", args.job, "--graph", os.path.basename(args.graph)]
    if args.peer:
        words += ["--peer", args.peer]
    if args.job == "cascade":
        words += ["--worlds", str(args.worlds)]
    if args.passes:
        words += ["--passes", str(args.passes)]
    if args.layout != "names":
        words += ["--layout", args.layout]
    if args.effort != "full":
        words += ["--effort", args.effort]
    if args.truth:
        words += ["--truth", os.path.basename(args.truth)]
    if args.limit != LIMIT:
        words += ["--limit", f"{args.limit:g}"]
    if args.timing != "auto":
        words += ["--timing", args.timing]
    words += ["--runs", str(args.runs), "--threads", str(args.threads), "--truereach target/release/truereach"]
    return " ".join(words)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--job", required=True, choices=PEERS)
    parser.add_argument("--graph", required=True, help="edge list `u v`: u follows v; `.und.` in the name: ties")
    parser.add_argument("--truereach", required=True, help="the binary")
    parser.add_argument("--peer", help="names, separated by commas [default: all that do the job at scale]")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--timing", choices=["auto", "process", "kernel"], default="auto", help="of ours, see ours.py")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds beyond which a run is not repeated")
    parser.add_argument("--worlds", type=int, default=10_000, help="cascades of one run")
    parser.add_argument(
        "--passes",
        type=int,
        help="of our Leiden, Louvain and labels [default: the peer's default, 1 of Louvain, of labels until nothing changes]",
    )
    parser.add_argument("--layout", choices=["names", "followers"], default="names", help="of our snapshot")
    parser.add_argument("--effort", choices=["full", "fast"], default="full", help="of our Leiden and Louvain")
    parser.add_argument("--truth", help="the planted community of each account, one a line")
    parser.add_argument("--out", help="append the JSON lines to this file")
    parser.add_argument("--scratch", help="folder for snapshots, kept between calls [default: a temporary one]")
    args = parser.parse_args()
    if args.job in TIES_ONLY and not Graph(args.graph).undirected:
        parser.error(f"{args.job} needs an undirected graph: a file with `.und.` in its name, every tie once")
    if min(args.runs, args.threads, args.worlds) < 1:
        parser.error("--runs, --threads and --worlds must be at least 1")
    return args


def main():
    args = parse()
    with tempfile.TemporaryDirectory() as temporary:
        graph = Graph(os.path.abspath(args.graph), args.threads, os.path.abspath(args.scratch or temporary))
        options = Options(worlds=args.worlds, effort=args.effort, layout=args.layout)
        judge = Judge(args.job, graph, options, args.truth)
        if args.job == "cascade":
            starters = tuple(score.most_followed(judge.edges, 50))
            options = Options(worlds=args.worlds, starters=starters, layout=args.layout)
        if args.job == "personal":
            sources = tuple(score.most_followed(judge.edges, 64))
            judge.options = options = Options(sources=sources, layout=args.layout)
        for name in (args.peer or PEERS[args.job].replace(" ", ",")).split(","):
            stamp = {"date": datetime.date.today().isoformat(), "command": command(args)}
            try:
                for record in pair(name, graph, args, options, judge):
                    emit(record | stamp, args.out)
            except (
                RuntimeError,
                ValueError,
                ArithmeticError,
            ) as error:  # a line of the report, and on to the next peer
                failed = {"job": args.job, "graph": os.path.basename(args.graph), "peer": {"name": name}}
                emit(failed | {"error": str(error)} | stamp, args.out)


def emit(record, out):
    """The JSON line: on standard output, or in a file with a line for people on standard output."""
    text = json.dumps(record)
    if not out:
        print(text, flush=True)
        return
    with open(out, "a") as file:
        file.write(text + "\n")
    print(f"{record['job']:10} {record['graph']:16}", in_words(record), flush=True)


def in_words(record):
    if "race" not in record:
        return f"{record['peer']['name']}: {record['error']}"
    ours, peer, race = record["ours"], record["peer"], record["race"]
    return (
        f"ours on {ours['threads']}: {race['ours']:.4g} s, {peer['name']} on {peer['threads']}: {race['theirs']:.4g} s, "
        f"ratio {race['ratio']:.2f} [{race['low']:.2f}, {race['high']:.2f}], {record['answers']}"
    )


if __name__ == "__main__":
    main()
