"""The JSON that the benchmarks write with `--json FILE`, and that plot.py reads.

    {"benchmark": "offline", "rounds": 25, "processors": 2, "load": 0.1, "date": "2026-11-30",
     "groups": [{"title": "", "unit": "ms",
                 "bars": [{"name": "`ensure`", "median": 9.1, "best": 8.7, "peak_mb": 12.0, ...}]}]}

A bar may have further keys, such as `processor` (milliseconds of processor time).
"""

import datetime
import json
import os
import statistics
from pathlib import Path


def bar(name, times, **more):
    """One row of a table: the median and the best of `times`, in milliseconds."""
    return {
        "name": name,
        "median": round(statistics.median(times), 3),
        "best": round(min(times), 3),
        "times": [round(each, 3) for each in times],
        **{key: round(value, 3) for key, value in more.items()},
    }


def write(path, benchmark, rounds, groups):
    """Writes the results of one run; does nothing if no path is given."""
    if not path:
        return
    document = {
        "benchmark": benchmark,
        "rounds": rounds,
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "date": datetime.date.today().isoformat(),
        "groups": [{"title": title, "unit": "ms", "bars": bars} for title, bars in groups],
    }
    Path(path).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def read(path):
    return json.loads(Path(path).read_text())
