#!/usr/bin/env python3
"""Names the tests that were skipped, with the reasons, and counts all: from the reports of ctest.

    test_summary.py REPORT.xml ...

A ctest may be skipped as a whole, or some of the tests in it, which say so in a line of their own.
"""

import re
import sys
from xml.etree import ElementTree

_SKIPPED = re.compile(r"^(?:\d+: )?skipped: (.+)$", re.MULTILINE)


def skipped_in(case):
    """The lines that begin with `skipped: ` in the output of a test, or ctest's own word for it."""
    reasons = _SKIPPED.findall(case.findtext("system-out") or "")
    if not reasons and case.find("skipped") is not None:
        reasons = [case.find("skipped").get("message", "no reason is given")]
    return [f"{case.get('name')}: {reason}" for reason in reasons]


def main():
    cases = [case for path in sys.argv[1:] for case in ElementTree.parse(path).iter("testcase")]
    skipped = sorted({line for case in cases for line in skipped_in(case)})
    print(f"== {len(skipped)} {'test' if len(skipped) == 1 else 'tests'} skipped{':' if skipped else ''}")
    for line in skipped:
        print(f"   {line}")
    states = [case.get("status") for case in cases]
    not_run = sum(state in ("notrun", "disabled") for state in states)
    failed = len(states) - states.count("run") - not_run
    percent = 100 * (len(states) - failed) // max(len(states), 1)
    # The words of ctest, for all of its runs together.
    print(f"{percent}% tests passed, {failed} tests failed out of {len(states)}")


if __name__ == "__main__":
    main()
