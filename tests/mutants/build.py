"""Builds test programs that contain all mutants."""

import collections
import json
import pathlib
import subprocess
import sys

from .schemata import MODULE, Mutant, Source, mutant_at

# The crates whose files can be mutated, and the folders that their unit tests run in.
LIBRARIES = {"model": "shared/model", "runtime": "shared/runtime"}
# Optimized, because most of the time is spent in tests. As in the deployed functions, arithmetic wraps.
COMMAND = ["cargo", "test", "--locked", "--profile", "bench", "--package", "tests", "--package", "model", "--package", "runtime",
           "--lib", "--test", "world", "--no-run", "--message-format", "json"]


def listed(patterns, excluded):
    """The mutants of `cargo mutants` in the files of these patterns, without those excluded."""
    files = [option for flag, given in (("-f", patterns), ("-e", excluded)) for pattern in given for option in (flag, pattern)]
    command = ["cargo", "mutants", "--list", "--json", *files]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    others = sorted({it["file"] for it in found if it["package"] not in LIBRARIES})
    if not found or others:
        sys.exit(f"only files of the crates {' and '.join(LIBRARIES)} can be mutated, not {', '.join(others) or patterns}")
    position = lambda it: (it["line"], it["column"])  # noqa: E731
    return [
        Mutant(number, it["package"], it["file"], it["genre"], it["name"], it["replacement"], position(it["span"]["start"]), position(it["span"]["end"]),
               it["function"]["return_type"] if it["function"] else "")
        for number, it in enumerate(found, 1)
    ]


class Code:
    """The mutated files."""

    def __init__(self, mutants):
        by_file = collections.defaultdict(list)
        for mutant in mutants:
            by_file[mutant.file].append(mutant)
        self.by_file = by_file
        files = {*by_file, *(f"{library}/src/lib.rs" for library in LIBRARIES.values())}
        self.originals = {file: pathlib.Path(file).read_text() for file in files}
        self.sources = {file: Source(self.originals[file]) for file in by_file}

    def is_selectable(self, mutant):
        return self.sources[mutant.file].site(mutant) is not None

    def write(self, mutants):
        """Writes the files with these mutants; returns their texts."""
        numbers = {mutant.number for mutant in mutants}
        texts = dict(self.originals)
        for file, of_file in self.by_file.items():
            texts[file] = self.sources[file].rewritten([mutant for mutant in of_file if mutant.number in numbers])
        for library in LIBRARIES.values():
            texts[f"{library}/src/lib.rs"] += MODULE
        for file, text in texts.items():
            path = pathlib.Path(file)
            if path.read_text() != text:
                path.write_text(text)
        return texts


def build(mutants):
    """Builds the test programs with all mutants that compile. Returns the programs by name, the mutants that do not compile, and those that
    cannot be selected at run time, such as in a constant."""
    code = Code(mutants)
    left = [mutant for mutant in mutants if code.is_selectable(mutant)]
    unviable, unselectable = [], [mutant for mutant in mutants if mutant not in left]
    while True:
        texts = code.write(left)
        done = subprocess.run(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode == 0:
            return {it["target"]["name"]: it["executable"] for it in messages if it.get("executable")}, unviable, unselectable
        errors = [it["message"] for it in messages if it["reason"] == "compiler-message" and it["message"]["level"] == "error"]
        of_text, of_selection = set(), set()
        for span in (span for error in errors for span in error["spans"] if span["is_primary"] and span["file_name"] in texts):
            if found := mutant_at(texts[span["file_name"]], span["line_start"], span["column_start"]):
                number, is_text = found
                (of_text if is_text else of_selection).add(number)
        of_text -= of_selection
        if not of_text and not of_selection:
            sys.exit(done.stderr + "".join(error["rendered"] for error in errors))
        unviable += [mutant for mutant in left if mutant.number in of_text]
        unselectable += [mutant for mutant in left if mutant.number in of_selection]
        left = [mutant for mutant in left if mutant.number not in of_text | of_selection]
        print(f"{len(of_text | of_selection)} more mutants do not compile", flush=True)
