"""A release and its rollback, as docs/deploy.md has them: all invocations go through the functions' aliases. ministack gives AWS SAM no
parameters, so that a second deployment with another Release would publish nothing; here the versions are published as SAM does it."""

import os
import subprocess
import sys
import time

from . import stack
from .bank import enroll
from .emulator import ROOT
from .journey import expect

ALIAS = "live"


def check(emulator, api, token, names):
    client = emulator.client("lambda")
    code = lambda: enroll(api, token, "70003").json().get("code")  # noqa: E731
    refused = rollback(emulator)
    expect("the first release has none before", refused.returncode == 1 and "no version before 1" in refused.stderr, refused)

    functions = [names[name.removesuffix("Aliaslive")] for name in names if name.endswith("Aliaslive")]
    enrolls = names["Enroll"]
    for function in functions:
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        changed = {"MAINTENANCE": "on"} if function == enrolls else {}
        client.update_function_configuration(FunctionName=function, Description="next", Environment={"Variables": {**variables, **changed}})
    expect("what is not released gets no traffic", (unreleased := code()) != "maintenance", unreleased)
    for function in functions:
        version = client.publish_version(FunctionName=function)["Version"]
        expect("the version is a new one", version == "2", f"{function} {version}")
        client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=version)
    expect("the release gets the traffic", (released := code()) == "maintenance", released)

    start = time.monotonic()
    done = rollback(emulator)
    elapsed = time.monotonic() - start
    expect("all functions are rolled back", done.returncode == 0 and done.stdout.count("version 2 to 1") == len(functions), done)
    expect("the version before gets the traffic back", (rolled_back := code()) != "maintenance", rolled_back)
    print(f"       infra/rollback: {len(functions)} functions back at the version before in {elapsed:.1f} s")


def rollback(emulator):
    environment = {**os.environ, **emulator.variables}
    return subprocess.run([sys.executable, ROOT / "infra/rollback", stack.STACK], env=environment, text=True, capture_output=True)
