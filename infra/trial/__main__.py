"""Deploys, tries and deletes. `python -m trial --binaries DIR` in `infra/`; infra/try-without-aws builds them first."""

import argparse
import contextlib
import pathlib
import signal
import sys
import tempfile
import time

from . import journey, looks, stack, stand_ins
from .machine import ROOT, Machine, package


def main():
    arguments = argparse.ArgumentParser(prog="try-without-aws", description=__doc__)
    arguments.add_argument("--binaries", type=pathlib.Path, default=ROOT / "target/debug")
    binaries = arguments.parse_args().binaries.resolve()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with tempfile.TemporaryDirectory(prefix="click-to-pay-") as scratch:
        scratch = pathlib.Path(scratch)
        functions = package(binaries, scratch)
        with Machine(scratch, binaries) as machine:
            try:
                run(machine, functions)
            except BaseException:
                complaints(machine, scratch)
                raise


def run(machine, functions):
    began = time.monotonic()
    took = lambda: f"{time.monotonic() - began:.0f} s"  # noqa: E731
    machine.client("s3").create_bucket(
        Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": machine.client("s3").meta.region_name})
    stand_ins.extension(machine)
    places = stack.secrets(machine)
    identity = stand_ins.Identity(machine)
    outputs = stack.deploy(machine, stack.STACK, "template.yaml", stack.parameters(machine, places, identity))
    names = physical(machine)
    print(f"Deployed infra/template.yaml with {len(functions)} functions, {len(names)} resources ({took()})")
    stand_ins.door(machine, names["ReceiveNotification"])

    token = identity.token("40000")
    api = journey.Api(machine, outputs["ApiUrl"])
    journey.refresh(machine, api, token, names)
    enrollment_id, secrets = journey.enroll(api, token, "70001")
    looks.at_reconciliation(machine)
    looks.at_logs(machine, {**secrets, "token": token})
    looks.at_metrics(machine)
    looks.at_events(machine, names, enrollment_id)
    looks.at_items(machine, names)
    looks.as_operator(machine, stack.STACK, enrollment_id)
    looks.at_memory()
    print(f"Enabled ({took()})")

    for name in (stack.STACK, f"{stack.STACK}-secrets"):
        stack.delete(machine, name)
    print(f"Deleted ({took()})")


def complaints(machine, scratch):
    """What the functions and ministack have to say, when it went wrong."""
    sys.stderr.write((scratch / "ministack.log").read_text()[-4000:])
    logs = machine.client("logs")
    with contextlib.suppress(logs.exceptions.ClientError):
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/{stack.STACK}/functions"):
            lines = [event["message"] for event in page["events"]]
            sys.stderr.writelines(f"{line}\n" for line in lines if '"WARN"' in line or '"ERROR"' in line)


def physical(machine):
    pages = machine.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.STACK)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


if __name__ == "__main__":
    main()
