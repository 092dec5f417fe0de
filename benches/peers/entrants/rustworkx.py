"""rustworkx: Rust (petgraph)."""

import rustworkx as rx

PACKAGE = "rustworkx"
THREADED = set()
NOTES = {"pagerank": "its tolerance is for each account: set to ours divided by their number"}


def load(graph):
    return (rx.PyGraph if graph.undirected else rx.PyDiGraph).read_edge_list(graph.path)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.num_nodes(), "edges": read.num_edges()}


def pagerank(graph, options):
    n = graph.num_nodes()
    scores = rx.pagerank(graph, alpha=options.damping, tol=options.tolerance / n, max_iter=500)
    return lambda: {"scores": [scores[v] for v in range(n)]}


def components(graph, _):
    # Counting alone is timed: the sets of members that the other call builds for Python cost a hundred times as much.
    if isinstance(graph, rx.PyGraph):
        count, members = rx.number_connected_components(graph), rx.connected_components
    else:
        count, members = rx.number_weakly_connected_components(graph), rx.weakly_connected_components
    return lambda: {"components": count, "largest": max(map(len, members(graph)))}


def core(graph, _):
    cores = rx.core_number(graph)
    return lambda: {"cores": [cores[v] for v in range(graph.num_nodes())]}
