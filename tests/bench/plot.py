#!/usr/bin/env python3
"""Draws the results of a benchmark as horizontal bars, one SVG file for each group.

    python3 tests/bench/plot.py RESULTS.json [--output DIRECTORY] [--title TEXT] [--group TITLE ...]

RESULTS.json is what offline.py, online.py and add.py write with `--json FILE`. The bars are medians; a
thin line reaches to the best round. Colours are readable on light and on dark pages.
"""

import argparse
import html
import re
import sys
from pathlib import Path

import results

OURS, OTHERS, TEXT, LINES = "#2f7ed8", "#9a9a9a", "#7a7a7a", "#9a9a9a66"
WIDTH, ROW, BAR, TOP, RIGHT = 760, 30, 18, 46, 96
LETTER = 7.0  # the mean width of a letter at 13 px


def is_ours(name):
    return name.strip("`").startswith("ensure")


def text_of(milliseconds):
    """Three figures: 9.12 ms, 91.2 ms, 912 ms, 9.12 s."""
    value, unit = (milliseconds / 1000, "s") if milliseconds >= 1000 else (milliseconds, "ms")
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} {unit}"


def step_of(largest):
    """The distance of the grid's lines: 1, 2 or 5 times a power of ten, at most six lines."""
    power = 10.0
    while power > largest:
        power /= 10
    while power * 10 <= largest:
        power *= 10
    return next(factor * power for factor in (0.2, 0.5, 1, 2, 5) if factor * power * 6 >= largest)


class Plot:
    def __init__(self, title, bars):
        self.title = title
        self.bars = bars
        self.left = min(330, 24 + max(len(bar["name"].replace("`", "")) for bar in bars) * LETTER)
        self.largest = max(bar["median"] for bar in bars)
        self.height = TOP + ROW * len(bars) + 30

    def x(self, value):
        return self.left + value / self.largest * (WIDTH - self.left - RIGHT)

    def svg(self):
        title = html.escape(self.title)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" width="{WIDTH}" '
            f'height="{self.height}" role="img" aria-label="{title}" '
            'font-family="system-ui, sans-serif" font-size="13">'
        )
        yield f'<text x="12" y="24" font-size="15" font-weight="600" fill="{TEXT}">{title}</text>'
        yield from self.grid()
        for number, bar in enumerate(self.bars):
            yield from self.row(TOP + ROW * number, bar)
        yield "</svg>"

    def grid(self):
        bottom = self.height - 26
        step = step_of(self.largest)
        for number in range(int(self.largest / step) + 1):
            x = self.x(number * step)
            yield f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{LINES}"/>'
            label = text_of(number * step) if number else "0"
            label = re.sub(r"\.?0+ ", " ", label) if "." in label else label
            yield f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" font-size="11" fill="{TEXT}">{label}</text>'

    def row(self, y, bar):
        ours = is_ours(bar["name"])
        middle = y + ROW / 2
        top = middle - BAR / 2
        end, best = self.x(bar["median"]), self.x(min(bar["best"], bar["median"]))
        name = html.escape(bar["name"].replace("`", ""))
        weight = ' font-weight="600"' if ours else ""
        yield (
            f'<text x="{self.left - 8:.1f}" y="{middle + 4.5:.1f}" text-anchor="end" fill="{TEXT}"{weight}>'
            f"{name}</text>"
        )
        yield (
            f'<rect x="{self.left:.1f}" y="{top:.1f}" width="{max(1, end - self.left):.1f}" height="{BAR}" '
            f'rx="2" fill="{OURS if ours else OTHERS}"><title>median {text_of(bar["median"])}, '
            f'best {text_of(bar["best"])}</title></rect>'
        )
        yield f'<line x1="{best:.1f}" y1="{top:.1f}" x2="{best:.1f}" y2="{top + BAR:.1f}" stroke="#ffffff"/>'
        yield (
            f'<text x="{end + 6:.1f}" y="{middle + 4.5:.1f}" fill="{TEXT}"{weight}>'
            f"{text_of(bar['median'])}</text>"
        )


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("results", help="what a benchmark wrote with --json")
    parser.add_argument("--output", type=Path, default=Path("."), help="the directory of the SVG files")
    parser.add_argument("--title", help="the title; the benchmark's name and the group's by default")
    parser.add_argument("--group", action="append", help="draw only the groups with these titles")
    parser.add_argument("--leave-out", action="append", default=[], help="a bar that is not drawn")
    return parser.parse_args()


def main():
    options = parse_options()
    document = results.read(options.results)
    options.output.mkdir(parents=True, exist_ok=True)
    drawn = 0
    for group in document["groups"]:
        if options.group and group["title"] not in options.group:
            continue
        words = [document["benchmark"], group["title"]]
        bars = [bar for bar in group["bars"] if bar["name"] not in options.leave_out]
        plot = Plot(options.title or ": ".join(filter(None, words)), bars)
        name = re.sub(r"\W+", "-", "-".join(filter(None, words))).strip("-").lower()
        (options.output / f"{name}.svg").write_text("\n".join(plot.svg()) + "\n")
        drawn += 1
    if not drawn:
        sys.exit(f"{options.results} has no such group; it has: "
                 + ", ".join(repr(group["title"]) for group in document["groups"]))  # fmt: skip


if __name__ == "__main__":
    main()
