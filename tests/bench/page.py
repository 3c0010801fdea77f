#!/usr/bin/env python3
"""Rewrites the tables and plots of docs/performance.md from the JSON files of its benchmarks.

    python3 tests/bench/page.py [docs/performance.md]

The JSON files lie in the directory named like the page, docs/performance; the plots are written beside
them. A table of the page stands between `<!-- table: NAME -->` and `<!-- end of table -->`; only the
lines between the two are replaced. A table without results stays as it is.
"""

import argparse
import re
import sys
from pathlib import Path

import results
from plot import Plot, text_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
MARKED = re.compile(r"(<!-- table: (\S+) -->\n)(.*?)(<!-- end of table -->)", re.DOTALL)

MODES = {
    "cold": "cold: nothing is in the cache",
    "warm": "warm: the server confirms cached pages",
    "offline": "offline: everything comes from the cache",
}
# The bars of the plots, and the two tools whose times the ratio compares.
OURS, PEER = "ensure", "uv, copies"
# Bars of the offline plot: the others are too long, too short, or not tools.
OFFLINE_BARS = (
    "`ensure --no-compile-bytecode`",
    "`ensure`",
    "`uv venv --seed --offline`, hard links",
    "`uv venv --seed --offline`, copies",
    "`virtualenv`, warm",
)
OFFLINE_BASE = "`ensure`"


def row(*cells):
    return "| " + " | ".join(cells) + " |"


TEXTS = {"command", "date", "mode", "results", "set", "tool"}


def table(head, rows):
    """Columns of numbers are aligned to the right."""
    rule = "|".join("---" if name in TEXTS else "---:" for name in head)
    return [row(*head), f"|{rule}|", *(row(*cells) for cells in rows)]


def ratio(value, base):
    return f"{value / base:.2f}" if base else ""


def bars_of(document, title=None):
    return [bar for group in document["groups"] if title in (None, group["title"]) for bar in group["bars"]]


def median_of(bars, name):
    return next((bar["median"] for bar in bars if bar["name"] == name), None)


class Page:
    """The results of all benchmarks, as tables and plots by name."""

    def __init__(self, directory):
        files = {path.stem: path for path in sorted(directory.glob("*.json"))}
        self.documents = {name: results.read(path) for name, path in files.items()}

    def tables(self):
        if "offline" in self.documents:
            yield "offline", self.offline()
        for name in ("online", "online-far"):
            if name in self.documents:
                yield name, self.online(self.documents[name])
                yield f"{name}-memory", self.memory(self.documents[name])
        if "add" in self.documents:
            yield "add", self.add()
        if self.documents:
            yield "runs", self.runs()

    def offline(self):
        bars = bars_of(self.documents["offline"])
        base = median_of(bars, OFFLINE_BASE)
        head = ("command", "median", "best", "times `ensure`", "processor", "peak memory, MB")
        rows = []
        for bar in bars:
            is_floor = bar["name"].startswith("floor")  # only its writing is timed
            more = ("", "") if is_floor else (text_of(bar["processor"]), f"{bar['peak_mb']:.0f}")
            times = (text_of(bar["median"]), text_of(bar["best"]), ratio(bar["median"], base))
            rows.append((bar["name"], *times, *more))
        return table(head, rows)

    def sets(self, document):
        """(set, mode, bars) of each group."""
        for group in document["groups"]:
            name, _, mode = group["title"].rpartition(", ")
            yield name, mode, group["bars"]

    def online(self, document):
        tools = list(dict.fromkeys(bar["name"] for bar in bars_of(document)))
        rows = []
        for name, mode, bars in self.sets(document):
            medians = [median_of(bars, tool) for tool in tools]
            times = ["" if median is None else f"{median:.0f}" for median in medians]
            ours, peer = median_of(bars, OURS), median_of(bars, PEER)
            rows.append((name, mode, *times, ratio(ours, peer) if ours else ""))
        return table(("set", "mode", *tools, f"{OURS} / {PEER}"), rows)

    def memory(self, document):
        rows = []
        for name, mode, bars in self.sets(document):
            peaks = {bar["name"]: f"{bar['peak_mb']:.0f}" for bar in bars}
            rows.append((name, mode, *(peaks.get(tool, "") for tool in (OURS, PEER, "pip"))))
        return table(("set", "mode", OURS, PEER, "pip"), rows)

    def add(self):
        bars = bars_of(self.documents["add"])
        return table(("tool", "median", "best"), [(b["name"], text_of(b["median"]), text_of(b["best"])) for b in bars])

    def runs(self):
        rows = [
            (f"[{name}.json](performance/{name}.json)", document["date"], str(document["rounds"]),
             str(document["processors"]), f"{document['load']:.1f}")
            for name, document in self.documents.items()
        ]  # fmt: skip
        return table(("results", "date", "rounds", "processors", "load"), rows)

    def plots(self):
        if "offline" in self.documents:
            bars = bars_of(self.documents["offline"])
            chosen = [bar for bar in bars if bar["name"] in OFFLINE_BARS]
            yield "offline", Plot("An environment with pip, offline", chosen)
        for name, document in self.documents.items():
            if name.startswith("online"):
                for mode, title in MODES.items():
                    bars = list(self.pairs(document, mode))
                    if bars:
                        yield f"{name}-{mode}", Plot(title.capitalize(), bars)
        if "add" in self.documents:
            bars = bars_of(self.documents["add"])
            yield "add", Plot("One package more, beside many others", bars)

    def pairs(self, document, mode):
        """The two tools side by side for each set."""
        for name, set_mode, bars in self.sets(document):
            for bar in bars:
                if set_mode == mode and bar["name"] in (OURS, PEER):
                    yield {**bar, "name": f"{bar['name'].partition(',')[0]}: {name}"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("page", nargs="?", type=Path, default=PAGE, help="docs/performance.md by default")
    path = parser.parse_args().page
    directory = path.with_suffix("")
    page = Page(directory)
    tables = {name: "\n".join(lines) + "\n" for name, lines in page.tables()}
    text = path.read_text()
    named = {name for _, name, _, _ in MARKED.findall(text)}
    if unknown := sorted(tables.keys() - named):
        sys.exit(f"{path} has no place for these tables: {', '.join(unknown)}")
    path.write_text(MARKED.sub(lambda m: m[1] + tables.get(m[2], m[3]) + m[4], text))
    for name, plot in page.plots():
        (directory / f"{name}.svg").write_text("\n".join(plot.svg()) + "\n")


if __name__ == "__main__":
    main()
