"""Compiles the mutants of cargo-mutants into one set of test programs, and runs these for each mutant until a test fails: tests/mutants/run."""

import argparse
import collections
import concurrent.futures
import os
import signal
import sys
import time

from .build import LIBRARIES, build, listed
from .trial import Trials


def outcomes(trials, mutants):
    """Each mutant with the test that finds it, as they end."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # As busy as with the mutants.
        originals = [pool.submit(trials.failure, package, 0) for package in LIBRARIES]
        if failed := [found for original in originals if (found := original.result())]:
            sys.exit(f"the original fails: {failed}")
        print("The original passes", flush=True)
        running = {pool.submit(trials.failure, mutant.package, mutant.number, mutant.file): mutant for mutant in mutants}
        try:
            for future in concurrent.futures.as_completed(running):
                yield running[future], future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            trials.stop()
            raise


def main():
    arguments = argparse.ArgumentParser(prog="tests/mutants/run", description=__doc__)
    arguments.add_argument("patterns", nargs="+", metavar="PATTERN", help="files whose mutants are tried, as cargo mutants takes them with -f")
    arguments.add_argument("-e", "--exclude", action="append", default=[], metavar="PATTERN", help="files that are left out of those")
    given = arguments.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    start = time.monotonic()
    mutants = listed(given.patterns, given.exclude)
    print(f"{len(mutants)} mutants", flush=True)
    programs, unviable, unselectable = build(mutants)
    for mutant in unselectable:
        print(f"not tried: {mutant.name}")
    viable = [mutant for mutant in mutants if mutant not in unviable and mutant not in unselectable]
    print(f"{len(viable)} of them compile ({time.monotonic() - start:.0f} s)", flush=True)
    report(outcomes(Trials(programs), viable), collections.Counter(mutant.package for mutant in viable), start)


def report(found, totals, start):
    by_stage, missed = collections.Counter(), collections.Counter()
    for mutant, test in found:
        print(f"{test or 'MISSED'}: {mutant.name}", flush=True)
        missed[mutant.package] += test is None
        by_stage["missed" if test is None else "timeout" if test.endswith(" timeout") else test.split("::")[0]] += 1
    print(f"{dict(by_stage)} ({time.monotonic() - start:.0f} s)")
    for package, total in totals.items():
        print(f"{package}: {total - missed[package]} of {total} found, {100 * (total - missed[package]) / total:.1f} %")
    sys.exit(1 if missed.total() else 0)


if __name__ == "__main__":
    main()
