"""networkx: pure Python, small graphs only."""

import networkx as nx

PACKAGE = "networkx"
THREADED = set()
NOTES = {"pagerank": "its tolerance is for each account: set to ours divided by their number"}


def load(graph):
    kind = nx.Graph if graph.undirected else nx.DiGraph
    return nx.read_edgelist(graph.path, nodetype=int, data=False, create_using=kind)


def ingest(graph, _):
    read = load(graph)
    return lambda: {"accounts": read.number_of_nodes(), "edges": read.number_of_edges()}


def pagerank(graph, options):
    n = graph.number_of_nodes()
    scores = nx.pagerank(graph, alpha=options.damping, tol=options.tolerance / n, max_iter=500)
    return lambda: {"scores": [scores[v] for v in range(n)]}


def components(graph, _):
    search = nx.weakly_connected_components if graph.is_directed() else nx.connected_components
    found = list(search(graph))
    return lambda: {"components": len(found), "largest": max(map(len, found))}


def core(graph, _):
    cores = nx.core_number(graph)
    return lambda: {"cores": [cores[v] for v in range(len(cores))]}


def louvain(graph, options):
    found = nx.community.louvain_communities(graph, seed=options.seed)
    return lambda: {"labels": _labels(found, graph.number_of_nodes())}


def labels(graph, options):
    found = list(nx.community.fast_label_propagation_communities(graph, seed=options.seed))
    return lambda: {"labels": _labels(found, graph.number_of_nodes())}


def _labels(communities, n):
    label = [0] * n
    for number, members in enumerate(communities):
        for member in members:
            label[member] = number
    return label
