"""Correctness before speed: each answer is scored by the same independent code, then ours is held against the peer's."""

import numpy as np

import score

# Two correct simulations are further apart than this once in 16,000 comparisons.
APART = 4.0


class Judge:
    """Scores of one job on one graph. References are computed once, and only when asked for."""

    def __init__(self, job, graph, options, truth=None):
        self.job, self.graph, self.options = job, graph, options
        self.edges = score.read_edges(graph.path)
        self.truth = None if truth is None else np.loadtxt(truth, dtype=np.int64)
        self._reference = None

    def score(self, answer):
        """The figures by which an answer is judged."""
        if self.job == "pagerank":
            if self._reference is None:
                self._reference = score.pagerank(self._rows(), self.options.damping)
            error = score.pagerank_error(answer["scores"], self._reference)
            return {"error": float(f"{error:.3g}"), "iterations": answer.get("iterations")}
        if self.job == "personal":
            if "plain" in answer:
                return {"error": None}
            ends = {"scores": self.options.sources[0], "last": self.options.sources[-1]}
            self._reference = self._reference or {
                end: score.pagerank(self._rows(), self.options.damping, source) for end, source in ends.items()
            }
            errors = [score.pagerank_error(answer[end], self._reference[end]) for end in ends]
            return {"error": float(f"{max(errors):.3g}")}
        if self.job == "core":
            cores = np.asarray(answer["cores"]).astype(np.int64)
            return {"largest": int(cores.max()), "sum": int(cores.sum()), "digest": hash(cores.tobytes())}
        if self.job in ("leiden", "louvain", "labels"):
            return score.partition(self.edges, answer["labels"], self.truth)
        return answer

    def _rows(self):
        """Each tie as follows both ways."""
        return np.concatenate([self.edges, self.edges[:, ::-1]]) if self.graph.undirected else self.edges

    def compare(self, ours, theirs):
        """Whether the answers are the same within what the job allows (None: a matter of quality), and that in words."""
        if self.job == "pagerank":
            bound = score.pagerank_bound(self.options.damping, self.options.tolerance)
            words = f"L1 error {ours['error']:.1e} / {theirs['error']:.1e}"
            if ours["iterations"] and theirs["iterations"]:
                words += f", iterations {ours['iterations']} / {theirs['iterations']}"
            return max(ours["error"], theirs["error"]) <= bound, words
        if self.job == "personal":
            bound = score.pagerank_bound(self.options.damping, self.options.tolerance)
            if theirs["error"] is None:
                return (None if ours["error"] <= bound else False), f"L1 error {ours['error']:.1e} / another question"
            words = f"L1 error {ours['error']:.1e} / {theirs['error']:.1e}"
            return max(ours["error"], theirs["error"]) <= bound, words
        if self.job == "components":
            same = (ours["components"], ours["largest"]) == (theirs["components"], theirs["largest"])
            return same, f"{ours['components']:,} / {theirs['components']:,} components"
        if self.job == "core":
            return ours == theirs, f"largest core {ours['largest']} / {theirs['largest']}"
        if self.job in ("ingest", "open"):
            return ours["edges"] == theirs["edges"], f"{ours['edges']:,} / {theirs['edges']:,} edges"
        if self.job == "cascade":
            error = theirs["error"] or ours["error"]
            apart = score.standard_errors_apart(ours["mean"], ours["error"], theirs["mean"], error)
            return abs(apart) < APART, f"spread {ours['mean']:.1f} / {theirs['mean']:.1f}, {apart:+.1f} s.e. apart"
        words = f"modularity {ours['modularity']:.4f} / {theirs['modularity']:.4f}"
        words += f", communities {ours['communities']:,} / {theirs['communities']:,}"
        if "nmi" in ours:
            words += f", NMI {ours['nmi']:.3f} / {theirs['nmi']:.3f}"
        if ours["disconnected"] or theirs["disconnected"]:
            words += f", disconnected {ours['disconnected']:,} / {theirs['disconnected']:,}"
        return comparable(ours["modularity"], theirs["modularity"]), words


def comparable(ours, theirs):
    """None: a matter of quality. False: one side found so little that its time says nothing, as one community of all."""
    return None if min(ours, theirs) >= max(ours, theirs) / 2 else False
