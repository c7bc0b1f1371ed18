"""Rewrites a source file so that it contains the original and all of its mutants: the environment variable MUTANT of a process selects one.
The mutants are those that `cargo mutants --list --json` names."""

import bisect
import dataclasses
import re

import tree_sitter
import tree_sitter_rust

ACTIVE = "crate::mutation::active()"
MODULE = '''
#[allow(missing_docs)]
pub mod mutation {
    use std::{env, sync::OnceLock};
    /// The number in MUTANT; 0 for the original.
    pub fn active() -> u32 {
        static ACTIVE: OnceLock<u32> = OnceLock::new();
        *ACTIVE.get_or_init(|| env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or_default())
    }
}
'''


@dataclasses.dataclass
class Mutant:
    number: int
    package: str
    file: str
    genre: str
    name: str
    replacement: str
    start: tuple  # line and column, from 1
    end: tuple
    return_type: str = ""


@dataclasses.dataclass
class Site:
    """A part of the file that one or more mutants change."""

    start: int
    end: int
    genre: str
    mutants: list
    node: object = None
    inner: list = dataclasses.field(default_factory=list)


def marked(number, text):
    """Text of one mutant, which compiler errors are found by."""
    return f"/*<{number}*/{text}/*>{number}*/"


def active(number):
    """The selected mutant, at a place of this one."""
    return f"/*[{number}*/{ACTIVE}/*]{number}*/"


def is_active(number):
    return f"{active(number)} == {number}"


class Source:
    def __init__(self, text):
        self.bytes = text.encode()
        self.lines = [0]
        for line in text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line.encode()))
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))
        self.tree = parser.parse(self.bytes)

    def offset(self, position):
        line, column = position
        begin = self.lines[line - 1]
        text = self.bytes[begin:self.lines[line]].decode()
        return begin + len(text[:column - 1].encode())

    def node(self, start, end, kinds):
        """The smallest node of these kinds that includes the range."""
        node = self.tree.root_node.descendant_for_byte_range(start, end)
        while node and node.type not in kinds:
            node = node.parent
        return node

    @staticmethod
    def is_operator_of(node, start, genre):
        if node and genre == "BinaryOperator":
            return node.child_by_field_name("operator").start_byte == start
        return node is not None

    def text(self, start, end):
        return self.bytes[start:end].decode()

    def site(self, mutant):
        """What the mutant changes; `None` if a selection cannot be made there: what is returned as `impl …` has one type, and in
        `if let … && …` the operator is no expression of its own."""
        if mutant.genre == "FnValue" and "impl " in mutant.return_type:
            return None
        start, end = self.offset(mutant.start), self.offset(mutant.end)
        kinds = {
            "BinaryOperator": ("binary_expression", "compound_assignment_expr"),
            "UnaryOperator": ("unary_expression",),
            "MatchArm": ("match_arm",),
            "StructField": ("struct_expression",),
        }.get(mutant.genre)
        node = self.node(start, end, kinds) if kinds else None
        if kinds and not self.is_operator_of(node, start, mutant.genre):
            return None
        if node:
            start, end = node.start_byte, node.end_byte
        return Site(start, end, mutant.genre, [mutant], node)

    def rewritten(self, mutants):
        """The file with these mutants, each of which has a site."""
        sites = {}
        for mutant in mutants:
            site = self.site(mutant)
            known = sites.setdefault((site.start, site.end, site.genre), site)
            if known is not site:
                known.mutants.append(mutant)
        # Outer sites first.
        root = Site(0, len(self.bytes), "File", [])
        for site in sorted(sites.values(), key=lambda site: (site.start, -site.end)):
            parent = root
            while inside := next((inner for inner in parent.inner if inner.start <= site.start and site.end <= inner.end), None):
                parent = inside
            parent.inner.append(site)
        text = self.render(root, 0, len(self.bytes))
        lost = [mutant.name for mutant in mutants if f"/*<{mutant.number}*/" not in text]
        if lost:
            raise ValueError(f"not in the rewritten file: {lost}")
        return text

    def render(self, parent, start, end):
        parts, at = [], start
        for site in parent.inner:
            if start <= site.start and site.end <= end:
                parts += [self.text(at, site.start), self.with_mutants(site)]
                at = site.end
        return "".join([*parts, self.text(at, end)])

    def with_mutants(self, site):
        if site.genre == "FnValue":
            early = [marked(it.number, f"if {is_active(it.number)} {{ return {it.replacement}; }}") for it in site.mutants]
            return f"{' '.join(early)} {self.render(site, site.start, site.end)}"
        if site.genre == "MatchArm":
            [mutant] = site.mutants
            pattern = site.node.child_by_field_name("pattern")
            condition = pattern.child_by_field_name("condition")
            guard = marked(mutant.number, f"!({is_active(mutant.number)})")
            if condition:
                before = self.render(site, site.start, condition.start_byte)
                return f"{before}{guard} && ({self.render(site, condition.start_byte, condition.end_byte)}){self.render(site, condition.end_byte, site.end)}"
            return f"{self.render(site, site.start, pattern.end_byte)} if {guard} {self.render(site, pattern.end_byte, site.end)}"
        arms = "".join(f"{it.number} => {marked(it.number, self.mutated(site, it))}, " for it in site.mutants)
        return f"(match {active(site.mutants[0].number)} {{ {arms}_ => {self.render(site, site.start, site.end)} }})"

    def mutated(self, site, mutant):
        start, end = self.offset(mutant.start), self.offset(mutant.end)
        if mutant.genre == "StructField":
            end += len(re.match(rb"\s*,?", self.bytes[end:])[0])
        return self.text(site.start, start) + mutant.replacement + self.text(end, site.end)


def mutant_at(text, line, column):
    """The number of the mutant at this position of a rewritten file, and whether its own text is there or only the selection."""
    begins = [0]
    for each in text.splitlines(keepends=True):
        begins.append(begins[-1] + len(each))
    at = begins[line - 1] + column - 1
    marks = [(it.start(), it[1], int(it[2])) for it in re.finditer(r"/\*([<>\[\]])(\d+)\*/", text)]
    open_marks = []
    for _, kind, number in marks[:bisect.bisect_right(marks, at, key=lambda mark: mark[0])]:
        if kind in "<[":
            open_marks.append((number, kind == "<"))
        else:
            open_marks.pop()
    return open_marks[-1] if open_marks else None
