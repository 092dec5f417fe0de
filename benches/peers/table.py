"""JSON lines of race.py into one Markdown section.

python table.py RECORDS.jsonl > side-by-side.md
"""

import json
import sys

TITLES = {
    "ingest": "Text edge list to a graph",
    "open": "Own binary file to a graph",
    "pagerank": "PageRank, damping .85, to an L1 change of 1e-6",
    "components": "Weak components",
    "core": "Core numbers",
    "leiden": "Leiden, modularity, as many passes as the peer makes by default",
    "louvain": "Louvain, modularity, one pass",
    "labels": "Label propagation",
    "cascade": "Cascades: weighted cascade from the 50 most followed accounts, starters counted",
}
HEAD = "| graph | truereach | peer | ratio (lowest–highest) | answers, ours / peer's |\n|---|---|---|---|---|"


def seconds(value):
    return f"{value:.3g} s" if value < 100 else f"{value:.0f} s"


def on(threads):
    return "1 thread" if threads == 1 else f"{threads} threads"


def row(record):
    if "race" not in record:
        return f"| {record['graph']} | | {record['peer']['name']} | not run | {record['error']} |"
    ours, peer, race = record["ours"], record["peer"], record["race"]
    left, right = f"{seconds(race['ours'])}, {on(ours['threads'])}", f"{seconds(race['theirs'])}, {on(peer['threads'])}"
    if record["job"] == "cascade":
        worlds = record["options"]["worlds"]
        left = f"{worlds / race['ours']:,.0f} worlds a second, {on(ours['threads'])}"
        right = f"{worlds / race['theirs']:,.0f} worlds a second, {on(peer['threads'])}"
    mark = "¹" if peer["single"] else ""
    note = f" ({peer['note']})" if peer["note"] else ""
    answers = record["answers"]
    if record["same"] is False:
        answers = f"**not the same**: {answers}"
        ratio = "not comparable"
    elif race["runs"] == 1:
        ratio = f"{ratio_text(race['ratio'])} (one run)"
    else:
        ratio = f"{ratio_text(race['ratio'])} ({race['low']:.2f}–{race['high']:.2f})"
    return (
        f"| {record['graph']} | {left} | {peer['name']} {peer['version']}{mark}: {right}{note} | {ratio} | {answers} |"
    )


def ratio_text(ratio):
    """Losses are bold; what the noise of the machine covers is not called a win or a loss."""
    return f"**{ratio:.2f}**" if ratio < 1 else f"{ratio:.2f}"


def section(records):
    first = next(record for record in records if "race" in record)
    days = sorted({record["date"] for record in records})
    runs = max(record["race"]["runs"] for record in records if "race" in record)
    about = (
        f"truereach {first['ours']['version']} and each peer in turn, A B A B …, in one run; medians of {runs}. The ratio is "
        "the peer's time over ours of neighbouring runs, median and range: above 1 we are faster, **bold is a loss**. For us "
        f"the {first['ours']['timed']}; for peers the call alone, imports and loading excluded. ¹: a peer that uses one "
        "thread; we then ran with one and with more. Answers are scored by `benches/peers/score.py`, before any time is taken."
    )
    lines = [
        f"## Side by side ({days[0] if len(days) == 1 else f'{days[0]} to {days[-1]}'})",
        "",
        about,
    ]
    for job, title in TITLES.items():
        rows = [record for record in records if record["job"] == job]
        if rows:
            lines += ["", f"### {title}", "", HEAD, *map(row, rows), ""]
            lines += [f"    {command}" for command in dict.fromkeys(record["command"] for record in rows)]
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1]) as file:
        records = [json.loads(line) for line in file if line.strip()]
    if not any("race" in record for record in records):
        sys.exit("no race in this file")
    print(section(records), end="")


if __name__ == "__main__":
    main()
