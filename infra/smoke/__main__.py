"""Deploys the template, runs one journey and deletes the stack: `python -m smoke --binaries DIR` in `infra/`.

infra/try-without-aws builds the binaries first."""

import argparse
import contextlib
import pathlib
import signal
import sys
import tempfile
import time

from . import bank, fakes, journey, observability, regions, releases, roles, stack
from .emulator import ROOT, Emulator, package


def main():
    arguments = argparse.ArgumentParser(prog="try-without-aws", description=__doc__)
    arguments.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target/debug")
    arguments.add_argument("--second-region", action="store_true", help="also fail over to a second region")
    given = arguments.parse_args()
    binaries = given.binaries.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with tempfile.TemporaryDirectory(prefix="click-to-pay-") as scratch:
        scratch = pathlib.Path(scratch)
        functions = package(binaries, scratch)
        with Emulator(scratch, binaries) as emulator:
            try:
                run(emulator, functions, given.second_region)
            except BaseException:
                print_logs(emulator, scratch)
                raise


def run(emulator, functions, second_region):
    start = time.monotonic()
    elapsed = lambda: f"{time.monotonic() - start:.0f} s"  # noqa: E731
    fakes.extension(emulator)
    identity = fakes.Identity(emulator)
    answers, choices = stack.answers(emulator, identity), stack.choices(emulator, identity)
    deployment = stack.Deployment(emulator)
    outputs = deployment.deploy({**answers, **choices})
    names = stack.physical(emulator)
    print(f"Deployed infra/template.yaml with {len(functions)} functions, {len(names)} resources ({elapsed()})")
    print(f"       from {len(answers)} answers, and {len(choices)} choices for the emulator, each given once, with {len(deployment.commands)} "
          f"commands: {', '.join(deployment.commands)}")
    deployment.check_repetition()
    fakes.notification_endpoint(emulator, names["ReceiveNotificationAliaslive"])

    token = identity.token("40000")
    api = journey.Api(emulator, outputs["ApiUrl"])
    journey.refresh(emulator, api, token, names)
    enrollment_id, secrets = journey.enroll(api, token, "70001")
    observability.check_reconciliation(emulator)
    observability.check_logs(emulator, {**secrets, "token": token})
    observability.check_metrics(emulator)
    observability.check_events(emulator, names, enrollment_id)
    observability.check_items(emulator, names)
    observability.check_operator_commands(emulator, enrollment_id)
    observability.check_memory()
    roles.check(emulator, api, token, names, deployment.secret_arns()["RedirectKeys"])
    bank.check_step_up(api, identity)
    bank.check_limit(api, identity.token(bank.CLIENT), 2)
    bank.check_erasure(emulator, names)
    bank.check_audit(emulator, names, outputs, enrollment_id)
    releases.check(emulator, api, identity.token("40002"), names)
    if second_region:
        regions.check(emulator, api, identity, names)
        print(f"Failed over ({elapsed()})")
    print(f"Enabled ({elapsed()})")

    deployment.delete()
    print(f"Deleted ({elapsed()})")


def print_logs(emulator, scratch):
    """Prints the logs of the functions and of ministack after a failure."""
    sys.stderr.write((scratch / "ministack.log").read_text()[-4000:])
    logs = emulator.client("logs")
    with contextlib.suppress(logs.exceptions.ClientError):
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=observability.FUNCTIONS):
            lines = [event["message"] for event in page["events"]]
            sys.stderr.writelines(f"{line}\n" for line in lines if '"WARN"' in line or '"ERROR"' in line)


if __name__ == "__main__":
    main()
