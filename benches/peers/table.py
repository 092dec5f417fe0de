"""JSON lines of race.py into one Markdown section.

python table.py RECORDS.jsonl > side-by-side.md
"""

import json
import sys

TITLES = {
    "ingest": "Text edge list to a graph",
    "open": "Own binary file to a graph",
    "pagerank": "PageRank, damping .85, to an L1 change of 1e-6",
    "personal": "PageRank from each of the 64 most followed accounts, to an L1 change of 1e-6 each",
    "components": "Weak components",
    "core": "Core numbers",
    "leiden": "Leiden, modularity; the peer makes as many passes as by default",
    "louvain": "Louvain, modularity; the peer makes one pass",
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
    left, right = (
        f"{seconds(race['ours'])}, {on(ours['threads'])}, {ours['timed']}",
        f"{seconds(race['theirs'])}, {on(peer['threads'])}",
    )
    if record["job"] in ("leiden", "louvain"):
        options = record["options"]
        passes = options["iterations"]
        left += f", {options['effort']}, {passes} {'pass' if passes == 1 else 'passes'}"
    if record["options"].get("rounds"):
        left += f", {record['options']['rounds']} rounds"
    if record["options"].get("layout", "names") != "names":
        left += f", by {record['options']['layout']}"
    if record["job"] == "cascade":
        worlds = record["options"]["worlds"]
        left = f"{worlds / race['ours']:,.0f} worlds a second, {on(ours['threads'])}"
        right = f"{worlds / race['theirs']:,.0f} worlds a second, {on(peer['threads'])}"
    mark = "¹" if peer["single"] else ""
    note = f" ({peer['note']})" if peer["note"] else ""
    answers = record["answers"]
    if lower_quality(ours["scored"], peer["scored"]):
        first, rest = answers.split(", ", 1)
        answers = f"**{first}**, {rest}"
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


def lower_quality(ours, theirs):
    """Whether our partition is the worse one at the digits shown: a loss too."""
    return "modularity" in ours and round(ours["modularity"], 4) < round(theirs["modularity"], 4)


def ratio_text(ratio):
    """Losses are bold; what the noise of the machine covers is not called a win or a loss."""
    return f"**{ratio:.2f}**" if ratio < 1 else f"{ratio:.2f}"


def graphs(raced):
    sizes = {record["graph"]: (record["accounts"], record["edges"]) for record in raced}
    named = [
        f"`{name}` {accounts:,} accounts, {edges:,} {'ties' if '.und.' in name else 'follows'}"
        for name, (accounts, edges) in sizes.items()
    ]
    return f"Graphs (`benches/peers/prepare.py`): {'; '.join(named)}."


def machine(raced):
    first, loads = raced[0]["machine"], [record["machine"]["load"] for record in raced]
    return (
        f"Machine: {first['processor']}, {first['cores']} cores; {min(loads):.1f} to {max(loads):.1f} programs wanted a core "
        "while it ran, ours and the peer's included."
    )


def section(records):
    raced = [record for record in records if "race" in record]
    first = raced[0]
    days = sorted({record["date"] for record in records})
    runs = max(record["race"]["runs"] for record in raced)
    about = (
        f"truereach {first['ours']['version']} and each peer in turn, A B A B …, in one run; medians of {runs} unless said. "
        "The ratio is the peer's time over ours of neighbouring runs, median and range: above 1 we are faster, **bold is a "
        "loss** (in speed, or in modularity), and below 1.3 either way may be noise. For peers the call alone is timed, imports and loading excluded; "
        "for us the kernel alone as `truereach bench` reports it where the row says kernel, else the whole process on a "
        "snapshot in the page cache. ¹: a peer that uses one thread; we then ran with one and with more. Answers are "
        "scored by `benches/peers/score.py` before any time is taken."
    )
    lines = [
        f"## Side by side ({days[0] if len(days) == 1 else f'{days[0]} to {days[-1]}'})",
        "",
        about,
        "",
        graphs(raced),
        "",
        machine(raced),
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
