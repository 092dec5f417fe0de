#!/bin/sh
# Every race of docs/BENCHMARKS.md, one after the other, into one Markdown file.
#
#     benches/peers/all.sh DATA_DIR TRUEREACH_BIN [PYTHON]
#
# DATA_DIR: the graphs of prepare.py; a graph that is missing is skipped and named. Writes DATA_DIR/side-by-side.md and .jsonl.
# RUNS and THREADS may be set. Keep the machine otherwise idle: cpu_seconds in the records shows a disturbed run.
set -eu
data=$1 binary=$2 python=${3:-python3}
here=$(cd "$(dirname "$0")" && pwd)
records=$data/side-by-side.jsonl
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
: > "$records"

race() { # GRAPH JOB [more arguments of race.py]
    graph=$1 job=$2
    shift 2
    if [ ! -f "$data/$graph" ]; then
        echo "skipped: $job on $graph, which is not in the data folder (see prepare.py)" >&2
        return
    fi
    "$python" "$here/race.py" --job "$job" --graph "$data/$graph" --truereach "$binary" --out "$records" \
        --scratch "$scratch" --runs "${RUNS:-5}" --threads "${THREADS:-2}" "$@" ||
        echo "failed: $job on $graph" >&2
}

race rmat20.el ingest
race rmat20.el open
# scikit-network reads text slowly and was not tried on this graph: it races on the smaller ones.
race rmat20.el pagerank --peer graphblas,scipy,networkit,graph_mate,igraph,rustworkx
race slashdot.el pagerank
race rmat20.el personal
race rmat20.el components --peer graph_mate,rustworkx,networkit,scipy,igraph
race rmat20.und.el core --peer networkit,igraph,rustworkx
race lfr200k.und.el leiden --truth "$data/lfr200k.truth"
race lfr200k.und.el leiden --peer networkit --truth "$data/lfr200k.truth" --effort fast --passes 1
race rmat20.und.el leiden --peer networkit --effort fast --passes 1
race rmat20.und.el leiden --peer networkit --passes 2
race slashdot.und.el leiden
race lastfm.und.el leiden
race lfr200k.und.el louvain --truth "$data/lfr200k.truth" --effort fast
race rmat20.und.el louvain --peer networkit --effort fast --passes 2
race lfr200k.und.el labels --truth "$data/lfr200k.truth"
race nethept.el cascade
race slashdot.el cascade --worlds 500

"$python" "$here/table.py" "$records" > "$data/side-by-side.md"
echo "$data/side-by-side.md"
