"""truereach as an entrant.

Two ways to take the time, chosen by what the binary can do. `kernel`: `truereach bench kernels` reports the seconds of the
kernel alone, as peers are timed. `process`: the whole process on a snapshot in the page cache (start, open, kernel, answer printed),
an upper bound of the kernel, and all there is for jobs that bench has no stage for with the same parameters.
"""

import csv
import json
import os
import resource
import subprocess
import time

import numpy as np

from common import Graph, Options

METHODS = ("leiden", "louvain", "labels")
# The kernels of `truereach bench kernels` that do the same work as the job. The others are timed as a process.
KERNELS = {"pagerank", "personal", "components", "core", "open", *METHODS}


class Truereach:
    def __init__(self, binary, graph: Graph, job, options: Options, timing="auto"):
        self.binary, self.graph, self.job, self.options = binary, graph, job, options
        known = job in KERNELS and timing != "process" and self._has_bench()
        if timing == "kernel" and not known:
            raise RuntimeError(f"this binary cannot time the kernel of {job} alone: use --timing process")
        self.timed = "kernel" if known else "process"
        self.snapshot = os.path.join(graph.scratch, f"{os.path.basename(graph.path)}.{options.layout}.trg")
        self.again = os.path.join(graph.scratch, "again.trg")

    @property
    def name(self):
        return "truereach"

    @property
    def version(self):
        return self._call("--version")[0].split()[-1]

    @property
    def threads(self):
        return self.graph.threads

    def load(self):
        if self.job != "ingest" and not os.path.exists(self.snapshot):
            self._call(*self._ingest(self.snapshot))
        if self.job == "cascade":
            with open(self._starters, "w") as file:
                file.writelines(f"{starter}\n" for starter in self.options.starters)

    def run(self, keep=False):
        """One run: seconds, seconds of CPU (None where unknown), and the answer if it is to be kept."""
        if self.timed == "kernel":
            seconds, cpu = self._kernel(), None
            printed = self._call(*self.command())[0] if keep else None
        else:
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            printed = self._call(*self.command())[0]
            seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, cpu, self._answer(printed) if keep else None

    def _kernel(self):
        """Seconds of the kernel as bench reports them: the one place that knows its document."""
        threads = self.graph.threads
        command = ["bench", "kernels", self.snapshot, "--kernel", self.job, "--runs", 1, "--threads-list", threads]
        command += ["--tolerance", self.options.tolerance, "--iterations", self.options.iterations]
        command += self._rounds("--rounds")
        command += ["--effort", self.options.effort, "--sources", max(1, len(self.options.sources)), "--format", "json"]
        row = json.loads(self._call(*command, *self._common)[0])["rows"][0]
        if row.get("failure") or (row["stage"], row["threads"]) != (self.job, threads):
            raise RuntimeError(f"bench: {row.get('failure') or 'another kernel than asked for'}")
        return row["seconds"][0]

    def _has_bench(self):
        probe = subprocess.run([self.binary, "bench", "kernels", "--help"], check=False, capture_output=True, text=True)
        return probe.returncode == 0 and "--threads-list" in probe.stdout

    def command(self):
        """The arguments of one timed run: equal work with what the peers are asked for."""
        options = self.options
        if self.job == "ingest":
            # No peer writes a file.
            return [*self._rows(), "--dry-run"]
        if self.job == "open":
            return ["verify", self.snapshot, *self._common]
        asked = ["--trust", "--format", "json", *self._common]
        if self.job == "pagerank":
            return ["rank", "pagerank", self.snapshot, *self._stop, "--top", 1, *asked]
        if self.job == "personal":
            # The first and the last source: a source's ranking does not depend on the others.
            ends = f"{options.sources[0]},{options.sources[-1]}"
            return ["rank", "personal", self.snapshot, "--from", ends, *self._stop, "--top", 1, *asked]
        if self.job in ("components", "core"):
            return ["rank", self.job, self.snapshot, "--top", 1, *asked]
        if self.job in METHODS:
            passes = ["--iterations", options.iterations, "--effort", options.effort]
            passes = self._rounds("--iterations") if self.job == "labels" else passes
            find = ["--method", self.job, "--undirected", *passes]
            return ["communities", self.snapshot, *find, "--top", 1, *asked]
        if self.job == "cascade":
            cascade = ["--model", "wc", "--worlds", options.worlds, "--draws", 0, "--creators", "@" + self._starters]
            return ["reach", self.snapshot, *cascade, *asked]
        raise ValueError(f"truereach does not do {self.job}")

    def _rounds(self, option):
        """Of label propagation, where they are limited."""
        return [option, self.options.rounds] if self.job == "labels" and self.options.rounds else []

    @property
    def _common(self):
        return ["--threads", self.graph.threads, "--rng-seed", self.options.seed, "--quiet"]

    @property
    def _stop(self):
        return ["--damping", self.options.damping, "--stop", "change", "--tolerance", self.options.tolerance]

    @property
    def _starters(self):
        return os.path.join(self.graph.scratch, "starters.txt")

    def _ingest(self, target):
        return [*self._rows(), "--layout", self.options.layout, "-o", target, "--force"]

    def _rows(self):
        rows = "undirected" if self.graph.undirected else "follower,followee"
        return ["ingest", self.graph.path, "--edges", rows, *self._common]

    def _answer(self, printed):
        """What the timed command says, and the whole vector from a second, untimed run of the same work."""
        if self.job == "ingest":
            self._call(*self._ingest(self.again))
        if self.job in ("ingest", "open"):
            card = json.loads(self._call("info", self.again if self.job == "ingest" else self.snapshot, "--json")[0])
            edges = counted(card, "follows") // (2 if self.graph.undirected else 1)
            return {"accounts": counted(card, "accounts"), "edges": edges}
        found = json.loads(printed)
        if self.job == "pagerank":
            scores = self._column("rank", "pagerank", "pagerank")
            return {"scores": scores, "iterations": found["summary"]["iterations"]}
        if self.job == "personal":
            ends = {"scores": str(self.options.sources[0]), "last": str(self.options.sources[-1])}
            rows = self._rows_of(command_of_all(self.command()))
            return {
                end: values([row for row in rows if row["from"] == source], "pagerank") for end, source in ends.items()
            }
        if self.job == "components":
            return {"components": found["summary"]["components"], "largest": found["rows"][0]["accounts"]}
        if self.job == "core":
            return {"cores": self._column("rank", "core", "core").astype(np.int64)}
        if self.job in METHODS:
            return {"labels": self._column("communities", None, "community").astype(np.int64)}
        spread = next(row for row in found["rows"] if row["figure"].startswith("spread"))
        # The 95% interval of the simulation alone is 1.96 standard errors to either side.
        return {"mean": spread["people"], "error": (spread["sim_error_high"] - spread["sim_error_low"]) / 2 / 1.959964}

    def _column(self, verb, part, column):
        """A figure of every account, in the order of their ids."""
        command = command_of_all(self.command()) if part else self.command()
        return values(self._rows_of(command, "-o" if part else "--members"), column)

    def _rows_of(self, command, output="-o"):
        """What a command writes to a file."""
        target = os.path.join(self.graph.scratch, "answer.csv")
        self._call(*command, output, target, "--force")
        with open(target, newline="") as file:
            return list(csv.DictReader(file))

    def _call(self, *command):
        done = subprocess.run([self.binary, *map(str, command)], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"truereach {command[0]}: {done.stderr.strip()[:300]}")
        return done.stdout, done.stderr


def command_of_all(command):
    """The same of every account, in the format of the file it is written to."""
    top, form = command.index("--top"), command.index("--format")
    changed = [*command[: top + 1], 0, *command[top + 2 :]]
    return changed[:form] + changed[form + 2 :]


def values(rows, column):
    """A column by the ids of the accounts."""
    found = np.zeros(len(rows))
    found[[int(row["account"]) for row in rows]] = [float(row[column]) for row in rows]
    return found


def counted(card, name):
    """A count in the data card, wherever it stands."""
    if isinstance(card, dict):
        if isinstance(card.get(name), int):
            return card[name]
        card = list(card.values())
    if isinstance(card, list):
        for part in card:
            found = counted(part, name)
            if found is not None:
                return found
    return None
