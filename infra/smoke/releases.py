"""Releases and a rollback, as docs/deploy.md has them: all invocations go through the functions' aliases. ministack gives AWS SAM no
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
    functions = [names[name.removesuffix("Aliaslive")] for name in names if name.endswith("Aliaslive")]
    enrolls = names["Enroll"]
    none = rollback(emulator)
    expect("without parameters, AWS SAM names no release", none.returncode == 1 and "No release" in none.stderr, none)

    serve(client, functions, "served")
    # `cargo lambda deploy` keeps the description, which ends with the release that is live.
    publish(client, enrolls, maintenance=True)
    for function in functions:
        publish(client, function, "stopped", maintenance=function == enrolls)
    expect("what is not released gets no traffic", (unreleased := code()) != "maintenance", unreleased)
    serve(client, functions, "next")
    for function in functions[1:]:
        publish(client, function, "partial")
    expect("releases that all functions have are listed", (listed := releases(emulator)) == ["next", "stopped", "served"], listed)

    before = aliases(client, functions)
    for lacking in ["partial", "typo"]:
        refused = rollback(emulator, lacking)
        expect("a function lacks the release", refused.returncode == 1 and functions[0] in refused.stderr, refused)
    expect("a refused rollback moves nothing", (after := aliases(client, functions)) == before, after)

    # The version below the one of `next` is the stopped one, and the one below that is not of a release.
    start = time.monotonic()
    done = rollback(emulator, "served")
    elapsed = time.monotonic() - start
    expect("all functions are rolled back", done.returncode == 0 and done.stdout.count(" to 2\n") == len(functions), done)
    expect("the release that served is live", set((now := aliases(client, functions)).values()) == {"2"}, now)
    expect("it gets the traffic", (rolled_back := code()) != "maintenance", rolled_back)
    print(f"       infra/rollback: {len(functions)} functions back at the release that served in {elapsed:.1f} s")

    rollback(emulator, "stopped")
    expect("the release of one's choice gets the traffic", (chosen := code()) == "maintenance", chosen)
    rollback(emulator, "served")
    expect("and gives it back", (again := code()) != "maintenance", again)


def publish(client, function, release=None, maintenance=False):
    """Publishes a version, as AWS SAM does with this Release; returns its number."""
    now = client.get_function_configuration(FunctionName=function)
    variables, text = now["Environment"]["Variables"], now["Description"]
    for former in ["served", "stopped", "next"]:
        text = text.removesuffix(f" {former}") if release else text
    if "MAINTENANCE" in variables:
        variables["MAINTENANCE"] = "on" if maintenance else "off"
    client.update_function_configuration(
        FunctionName=function, Description=f"{text} {release}" if release else text, Environment={"Variables": variables})
    return client.publish_version(FunctionName=function)["Version"]


def serve(client, functions, release):
    """Publishes a release and gives it the traffic."""
    for function in functions:
        client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=publish(client, function, release))


def aliases(client, functions):
    return {function: client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"] for function in functions}


def releases(emulator):
    """What infra/rollback lists."""
    done = rollback(emulator)
    expect("the releases are listed", done.returncode == 0, done)
    return [line.split()[0] for line in done.stdout.splitlines()]


def rollback(emulator, *release):
    environment = {**os.environ, **emulator.variables}
    return subprocess.run([sys.executable, ROOT / "infra/rollback", stack.STACK, *release], env=environment, text=True, capture_output=True)
