#!/usr/bin/env python3
"""Runs the node tests of ONNX through qcc-run: compiled, with Reference, and folded at compile time.

    run.py --qcc-run build/bin/qcc-run --cases DIRECTORY_OR_ARCHIVE [--only REGEX] [--tenth] [--scoreboard FILE.md]

The exit status is 0 when exactly the cases of expected.json fail; a passing case that it lists is an error too. docs/Conformance.md has the rest.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import re
import sys
import tempfile
import time

import cases
import facts
import rules
import scoreboard
import ways

EXPECTED = pathlib.Path(__file__).parent / "expected.json"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--qcc-run", required=True)
    parser.add_argument("--cases", required=True, action="append", type=pathlib.Path, help="folder or .tar.xz; may be repeated")
    parser.add_argument("--only", type=re.compile, help="cases whose name matches")
    parser.add_argument("--operator", help="cases that use this operator")
    parser.add_argument("--tenth", action="store_true", help="a fixed tenth of the cases")
    parser.add_argument("--expected", type=pathlib.Path, default=EXPECTED, help="the cases that are known to fail")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scoreboard", type=pathlib.Path, help="write the page")
    parser.add_argument("--check-page", type=pathlib.Path, help="find what a page written by --scoreboard does not say")
    parser.add_argument("--failures", type=pathlib.Path, help="write the failing cases with their messages")
    parser.add_argument("--update-expected", action="store_true", help="make the file of expectations say what was found")
    parser.add_argument("-v", "--verbose", action="store_true", help="print every case")
    return parser.parse_args()


def run_case(qcc_run, case, operator, scratch, wants_facts):
    reason = rules.find_reason(case)
    if reason:
        return scoreboard.Result(case, operator, reason, {})
    emitters, form = set(), set()
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        try:
            runner = ways.Runner(qcc_run, case, folder)
            outcomes = runner.run()
            if wants_facts and case.category == "node":
                qcc, inputs = pathlib.Path(qcc_run).with_name("qcc"), case.load_inputs(case.data[0])
                emitters, form = facts.find_emitters(qcc, runner, inputs), facts.find_form(qcc, runner, inputs)
        except Exception as error:  # a case that the tool cannot read is a finding, not the end of the run
            outcomes = {ways.COMPILED: ways.Outcome("crashed", text=f"the runner itself: {error!r}")}
    return scoreboard.Result(case, operator, None, outcomes, emitters, form)


def report(result, arguments):
    if arguments.verbose or (arguments.only and result.failed):
        print(f"{result.case.name}: {result.out_of_scope or result.describe() or 'passed'}")
        for way, outcome in result.outcomes.items():
            if outcome.text:
                print(f"    {way}: {outcome.text}")


def run_all(selected, operators, arguments, scratch):
    results = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(lambda case: run_case(arguments.qcc_run, case, operators[case.name], scratch, bool(arguments.scoreboard or arguments.check_page)), selected):
            report(result, arguments)
            results.append(result)
            if sys.stderr.isatty():
                print(f"\r{len(results)} of {len(selected)}", end="", file=sys.stderr, flush=True)
    return results


def update_expected(results, expected, path):
    ran = {result.case.name for result in results}
    kept = {name: reason for name, reason in expected.items() if name not in ran}
    kept |= {result.case.name: expected.get(result.case.name) or result.describe() for result in results if result.failed}
    path.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def check_expected(results, expected, path):
    """Cases that pass or fail against expectation, one line each."""
    for result in results:
        if result.failed and result.case.name not in expected:
            yield f"{result.case.name} fails: {result.describe()}"
        elif not result.failed and result.case.name in expected:
            yield f"{result.case.name} passes; take it out of {path.name}"


def print_summary(results, seconds):
    total, scope, passed, failed = scoreboard.count(results)
    print(f"{total} cases in {seconds:.0f} s: {passed} of {scope} in scope pass, {failed} fail, {total - scope} out of scope")
    kinds = collections.Counter((way, outcome.describe()) for result in results for way, outcome in result.outcomes.items())
    for (way, kind), number in sorted(kinds.items(), key=lambda item: (item[0][0], -item[1])):
        print(f"  {way}: {number} {kind}")


def main():
    arguments = parse_arguments()
    start = time.monotonic()

    def is_wanted(name):
        return (not arguments.only or arguments.only.search(name)) and (not arguments.tenth or cases.is_in_tenth(name))

    # Many small files: in memory where there is such a folder.
    memory = pathlib.Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as scratch:
        found = []
        for index, path in enumerate(arguments.cases):
            folder = path if path.is_dir() else cases.unpack(path, pathlib.Path(scratch) / f"suite{index}", is_wanted)
            found += cases.find_cases(folder)
        operators = scoreboard.name_operators(found)
        selected = [case for case in found if is_wanted(case.name)
                    and (not arguments.operator or arguments.operator in case.operators)]
        if not selected:
            print("no case is selected", file=sys.stderr)
            return 2
        results = run_all(selected, operators, arguments, scratch)
    print_summary(results, time.monotonic() - start)
    if arguments.scoreboard:
        arguments.scoreboard.write_text(scoreboard.format_page(results, "test/Conformance/run.py"))
    if arguments.failures:
        arguments.failures.write_text(scoreboard.format_failures(results))
    expected = json.loads(arguments.expected.read_text())
    if arguments.update_expected:
        update_expected(results, expected, arguments.expected)
        return 0
    unexpected = list(check_expected(results, expected, arguments.expected))
    if arguments.check_page:
        unexpected += scoreboard.check_page(results, arguments.check_page.read_text())
    print(*unexpected, f"{len(unexpected)} unexpected", sep="\n")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
