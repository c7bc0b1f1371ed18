"""Runs the test programs with one mutant."""

import dataclasses
import os
import pathlib
import re
import subprocess
import threading

from .build import LIBRARIES

# The first ones take least and find most. `contract::bootstrap` starts programs that are built without mutants.
STAGES = [
    ("world", ["stores::"]),
    ("world", ["simulation::"]),
    ("world", ["journeys::"]),
    ("world", ["contract::", "faults::", "--skip", "contract::bootstrap"]),
]
# Seconds of one stage.
TIMEOUT = 900


@dataclasses.dataclass
class Trials:
    """Trials that run beside each other, as many as there are processors."""

    programs: dict
    running: set = dataclasses.field(default_factory=set)

    def failure(self, package, number, file=None):
        """The test that finds the mutant, `timeout`, or `None`; number 0 is the original."""
        # The tests in modules that are named after the file come first.
        of_file = [("world", [f"::{pathlib.PurePath(file).stem}::"])] if file else []
        for program, arguments in [*of_file, (package, []), *STAGES]:
            while name := self.failing_test(program, arguments, number):
                # A test that fails on a busy machine finds nothing.
                if name in ("timeout", "exit") or self.failing_test(program, ["--exact", name], number):
                    return f"{program} {name}"
                arguments = [*arguments, "--skip", name]
        return None

    def failing_test(self, program, arguments, number):
        """The first test that fails; the others are not waited for."""
        environment = {**os.environ, "MUTANT": str(number), "RUST_TEST_THREADS": "4"}
        environment.setdefault("SIMULATION_SEEDS", "0..20")
        process = subprocess.Popen([self.programs[program], *arguments], cwd=LIBRARIES.get(program, "tests"), env=environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.running.add(process)
        is_late = threading.Event()
        timer = threading.Timer(TIMEOUT, lambda: (is_late.set(), process.kill()))
        timer.start()
        try:
            for line in process.stdout:
                if failed := re.match(r"test (\S+) .*FAILED$", line):
                    return failed[1]
            return "timeout" if is_late.is_set() else "exit" if process.wait() else None
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            self.running.discard(process)

    def stop(self):
        for process in list(self.running):
            process.kill()
