"""A release and its rollback, as docs/deploy.md has them: all invocations go through the functions' aliases. ministack gives AWS SAM no
parameters, so that a second deployment with another Release would publish nothing; here the versions are published as SAM does it."""

import time

from .bank import enroll
from .journey import expect

ALIAS = "live"


def check(emulator, api, token, names):
    client, function = emulator.client("lambda"), names["Enroll"]
    version = lambda: client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]  # noqa: E731
    code = lambda: enroll(api, token, "70003").json().get("code")  # noqa: E731
    before = version()
    variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=function, Environment={"Variables": {**variables, "MAINTENANCE": "on"}})
    expect("what is not released gets no traffic", (unreleased := code()) != "maintenance", unreleased)
    after = client.publish_version(FunctionName=function)["Version"]
    expect("the version is a new one", after != before, after)
    client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=after)
    expect("the release gets the traffic", (released := code()) == "maintenance", released)
    start = time.monotonic()
    client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=before)
    expect("the version before gets it back", (rolled_back := code()) != "maintenance", rolled_back)
    print(f"       release: version {before} to {after} of enroll, and back in {time.monotonic() - start:.1f} s")
