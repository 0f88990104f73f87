"""The page that says, operator by operator, what passes, what fails and what is out of scope."""
import collections
import dataclasses

import cases
import ways


@dataclasses.dataclass
class Result:
    case: cases.Case
    operator: str
    out_of_scope: str | None
    outcomes: dict  # way -> ways.Outcome; empty when out of scope
    emitters: set = dataclasses.field(default_factory=set)  # of the compiled kernels
    form: set = dataclasses.field(default_factory=set)  # operations between DequantizeLinear and QuantizeLinear

    @property
    def passed(self):
        return not self.out_of_scope and all(outcome.passed for outcome in self.outcomes.values())

    @property
    def is_folded_only(self):
        return list(self.outcomes) == [ways.FOLDED]

    @property
    def failed(self):
        return not self.out_of_scope and not self.passed

    def describe(self):
        """One line: which ways fail and how."""
        kinds = collections.defaultdict(list)
        for way, outcome in self.outcomes.items():
            if not outcome.passed:
                kinds[outcome.describe()].append(way)
        everything = len(self.outcomes)
        return "; ".join(kind if len(ways) == everything else f"{kind} ({', '.join(ways)})" for kind, ways in kinds.items())


def name_operators(all_cases):
    """Operator that each case tests. A case whose name ends in _expanded tests the operator of the case before."""
    single = {case.name: case.operators[0] for case in all_cases if not case.is_expanded and case.operators}
    names = {}
    for case in all_cases:
        if case.category != "node":
            names[case.name] = case.category
        elif case.is_expanded:
            base = cases.EXPANDED.sub("", case.name)
            names[case.name] = single.get(base, case.operators[0]) + ", as function body"
        else:
            names[case.name] = single.get(case.name, "no operator")
    return names


def count(results):
    scope = [result for result in results if not result.out_of_scope]
    passed = sum(result.passed for result in scope)
    return len(results), len(scope), passed, len(scope) - passed


def format_notes(results):
    reasons = collections.Counter(result.out_of_scope or result.describe() for result in results if not result.passed)
    reasons["folded only"] = sum(result.passed and result.is_folded_only for result in results)
    return "; ".join(f"{number} {reason}" for reason, number in sorted(reasons.items()) if number)


def format_types(results):
    names = {name for result in results if result.passed for name in result.case.types}
    return " ".join(sorted(cases.SHORT_NAMES.get(name, name.lower()) for name in names))


def format_set(results, attribute):
    return " ".join(sorted(set().union(*(getattr(result, attribute) for result in results if result.passed))))


def format_page(results, command):
    """Markdown. Operators in alphabetical order, the other folders of the suite behind them."""
    groups = collections.defaultdict(list)
    for result in results:
        groups[result.operator].append(result)
    total, scope, passed, failed = count(results)
    passing_ways = collections.Counter(way for result in results for way, outcome in result.outcomes.items() if outcome.passed)
    lines = ["# Scoreboard", "",
             f"What `{command}` found; [Conformance.md](Conformance.md) says what is tested and how. Written by that command: do not edit.", "",
             f"{passed} of {scope} cases in scope pass, {failed} fail; {total - scope} of {total} are out of scope.",
             "Ways that pass: " + ", ".join(f"{way} {number}" for way, number in passing_ways.items()) + ".",
             f"Folded only are {sum(result.is_folded_only for result in results)} cases: of element types that only constants have, or of shapes that depend on the data.", "",
             "- *types*: of the inputs and outputs of the cases that pass.",
             "- *code*: the emitters of their kernels on this machine. It is empty where nothing is left to compute when the network runs.",
             "- *integer form*: the operations of qcc on 8-bit codes that float cases become between DequantizeLinear and QuantizeLinear.",
             "  Functions of one code become tables later. Cases that stay float there do not count.", "",
             "| operator | cases | pass | fail | out of scope | types | code | integer form | reasons |",
             "|---|---|---|---|---|---|---|---|---|"]
    for name in sorted(groups, key=lambda name: (groups[name][0].case.category != "node", name)):
        total, scope, passed, failed = count(groups[name])
        lines.append(f"| {name} | {total} | {passed} | {failed} | {total - scope} | {format_types(groups[name])} | "
                     f"{format_set(groups[name], 'emitters')} | {format_set(groups[name], 'form')} | {format_notes(groups[name])} |")
    lines += ["", "## Out of scope", "", "| reason | cases | which |", "|---|---|---|"]
    reasons = collections.defaultdict(list)
    for result in results:
        if result.out_of_scope:
            reasons[result.out_of_scope].append(result.case.name.removeprefix("test_"))
    lines += [f"| {reason} | {len(names)} | {' '.join(sorted(names))} |" for reason, names in sorted(reasons.items())]
    failing = sorted((result for result in results if result.failed), key=lambda result: (result.operator, result.case.name))
    if failing:
        lines += ["", "## Failing", "", "| case | how |", "|---|---|"]
        lines += [f"| {result.case.name} | {result.describe()} |" for result in failing]
    return "\n".join(lines) + "\n"


def check_page(results, page):
    """Types, emitters and integer forms of cases that the page does not list, one line for each case."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.count("|") == 10]
    listed = {row[0]: [set(cell.split()) for cell in row[5:8]] for row in rows}
    for result in results:
        # What a body tests is known only beside its operator's own case, which a part of the suite may lack.
        if result.passed and not result.case.is_expanded:
            found = [set(format_types([result]).split()), result.emitters, result.form]
            for what, names, known in zip(("types", "code", "integer form"), found, listed.get(result.operator, [set()] * 3)):
                if names - known:
                    yield f"{result.case.name}: the page's {what} of {result.operator} lack {' '.join(sorted(names - known))}"


def format_failures(results):
    """Text for those who mend them: the failing cases by operator, with the messages."""
    groups = collections.defaultdict(list)
    for result in results:
        if result.failed:
            groups[result.operator].append(result)
    lines = []
    for name in sorted(groups, key=lambda name: (-len(groups[name]), name)):
        lines.append(f"{name}: {len(groups[name])}")
        for result in groups[name]:
            text = next(outcome.text for outcome in result.outcomes.values() if not outcome.passed)
            lines.append(f"  {result.case.name}: {result.describe()}: {text}")
    return "\n".join(lines) + "\n"
