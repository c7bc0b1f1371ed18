"""Runs the test programs with one mutant."""

import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from .build import LIBRARIES

# The first ones take least and find most. `contract::bootstrap` starts programs that are built without mutants.
STAGES = [
    ("world", ["stores::"]),
    ("world", ["simulation::"]),
    ("world", ["journeys::"]),
    ("world", ["contract::", "faults::", "--skip", "contract::bootstrap"]),
]
# Seconds that a stage may take with the original.
TIMEOUT = 900


@dataclasses.dataclass
class Trials:
    """Trials that run beside each other, as many as there are processors."""

    programs: dict
    running: set = dataclasses.field(default_factory=set)
    # Of each stage with the original.
    seconds: dict = dataclasses.field(default_factory=dict)

    def failure(self, package, number, file=None):
        """The test that finds the mutant, `timeout`, or `None`; number 0 is the original."""
        # The tests in modules that are named after the file come first.
        of_file = [("world", [f"::{pathlib.PurePath(file).stem}::"])] if file else []
        for program, arguments in [*of_file, (package, []), *STAGES]:
            stage, started = (program, *arguments), time.monotonic()
            timeout = self.timeout(stage) if number else TIMEOUT
            while name := self.failing_test(program, arguments, number, timeout):
                # A test that fails on a busy machine finds nothing.
                if name in ("timeout", "exit") or self.failing_test(program, ["--exact", name], number, timeout):
                    return f"{program} {name}"
                arguments = [*arguments, "--skip", name]
            if number == 0:
                self.seconds[stage] = time.monotonic() - started
        return None

    def timeout(self, stage):
        """A mutant that takes many times as long as the original loops."""
        return min(TIMEOUT, 60 + 5 * self.seconds.get(stage, max(self.seconds.values())))

    def failing_test(self, program, arguments, number, timeout):
        """The first test that fails; the others are not waited for."""
        environment = {**os.environ, "MUTANT": str(number), "RUST_TEST_THREADS": "4"}
        environment.setdefault("SIMULATION_SEEDS", "0..20")
        process = subprocess.Popen([self.programs[program], *arguments], cwd=LIBRARIES.get(program, "tests"), env=environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
        self.running.add(process)
        is_late = threading.Event()
        timer = threading.Timer(timeout, lambda: (is_late.set(), kill(process)))
        timer.start()
        try:
            for line in process.stdout:
                if failed := re.match(r"test (\S+) .*FAILED$", line):
                    return failed[1]
            return "timeout" if is_late.is_set() else "exit" if process.wait() else None
        finally:
            timer.cancel()
            kill(process)
            process.wait()
            self.running.discard(process)

    def stop(self):
        for process in list(self.running):
            kill(process)


def kill(process):
    """With the programs that its tests started, which hold its standard output too."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
