"""The stacks: deployed with the commands of docs/deploy.md, and deleted."""

import os
import shutil
import subprocess

from .fakes import SUBJECT
from .journey import expect

STAGE = "local"
STACK = f"click-to-pay-{STAGE}"
SECRETS = {
    "TOKEN_CONNECT_SIGNING_KEY": "token-connect-signing-key.pem",
    "CLIENT_ENCRYPTION_CERTIFICATE": "client-encryption-certificate.pem",
    "PROCESSING_SIGNING_KEY": "processing-signing-key.pem",
    "PROCESSING_ENCRYPTION_CERTIFICATE": "processing-encryption-certificate.pem",
    "PROCESSING_DECRYPTION_KEY": "processing-decryption-key.pem",
}


class Deployment:
    """A stack that is deployed from a file of answers, in the emulator's region. It has a folder of its own, with a samconfig.toml."""

    def __init__(self, emulator, stack=STACK):
        self.emulator, self.stack, self.commands = emulator, stack, []
        self.folder = emulator.scratch / stack
        self.folder.mkdir()
        for file in ("secrets.yaml", "parameters"):
            shutil.copy(emulator.scratch / "infra" / file, self.folder)
        self.answers, self.samconfig = self.folder / "answers.env", self.folder / "samconfig.toml"
        self.samconfig.write_text(f'version = 0.1\n\n[{STAGE}.deploy.parameters]\nstack_name = "{stack}"\n')

    def run(self, *command):
        """Runs a command as a bank types it."""
        name, *arguments = (str(part) for part in command)
        programs = {"doctor": self.emulator.binaries / "doctor", "sam": os.environ.get("SAM") or shutil.which("sam"),
                    "infra/parameters": self.folder / "parameters"}
        environment = {**os.environ, **self.emulator.variables, **(self.emulator.trust if name == "doctor" else {})}
        done = subprocess.run([programs[name], *arguments], env=environment, cwd=self.emulator.scratch, text=True, capture_output=True)
        if done.returncode:
            print(done.stdout + done.stderr)
            raise SystemExit(f"{name} {arguments[0]} failed with {done.returncode}")
        self.commands.append(name if "/" in name else f"{name} {arguments[0]}")
        return done.stdout

    def init(self):
        return self.run("doctor", "init", "--env", STAGE, "--answers", self.answers, "--samconfig", self.samconfig,
                        "--settings", self.folder / "settings.env", "--apply", "--yes")

    def deploy(self, answers):
        """Steps 3 and 9 of docs/deploy.md; returns the stack's outputs. All invocations go through the functions' aliases."""
        self.answers.write_text("".join(f"{name}={value}\n" for name, value in answers.items()))
        self.init()
        self.run("doctor", "check", "--env", STAGE, "--config", self.samconfig)
        parameters = self.folder / "parameters.yaml"
        parameters.write_text(self.run("infra/parameters", STAGE))
        self.run("sam", "deploy", "--template-file", "infra/template.yaml", "--config-file", self.samconfig, "--config-env", STAGE,
                 "--no-progressbar", "--parameter-overrides", f"file://{parameters}", "Release=smoke")
        return outputs(self.emulator, self.stack)

    def check_repetition(self):
        """Another run with the same answers finds its values in AWS and in its files."""
        lines = self.init().splitlines()
        changed = [line for line in lines if line.startswith(("+", "~", "- ", "stored", "wrote"))]
        expect("doctor init changes nothing the second time", not changed, changed)
        expect("it compares both files", sum(line.startswith("same") for line in lines) == 2, lines)
        print("       doctor init once more: nothing is stored or written")

    def secret_arns(self):
        return outputs(self.emulator, f"{self.stack}-secrets")

    def delete(self):
        for name in (self.stack, f"{self.stack}-secrets"):
            delete(self.emulator, name)


def outputs(emulator, stack):
    description = emulator.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    if not description["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in description["StackStatus"]:
        raise SystemExit(f"{stack} is {description['StackStatus']}: {description.get('StackStatusReason')}")
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}


def physical(emulator, stack=STACK):
    """The physical id of each resource, by logical name."""
    pages = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}


def delete(emulator, stack):
    cloudformation = emulator.client("cloudformation")
    identifier = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=identifier, WaiterConfig={"Delay": 1})


def answers(emulator, identity):
    """What a bank answers: each value once, with the emulator's addresses."""
    key = lambda name: (emulator.portal / name).read_text().strip()  # noqa: E731
    return {
        "AWS_REGION": emulator.region,
        "TOKEN_CONNECT_URL": f"{emulator.mastercard_url}/mdes",
        "TOKEN_CONNECT_CONSUMER_KEY": key("token-connect-consumer-key.txt"),
        "PROCESSING_URL": f"{emulator.mastercard_url}/global-processing/digital",
        "PROCESSING_CONSUMER_KEY": key("processing-consumer-key.txt"),
        **{name: f"file:{emulator.portal / file}" for name, file in SECRETS.items()},
        "REDIRECT_KEYS": f"file:{emulator.scratch / 'redirect-keys'}",
        "ACCOUNT_RANGES": "5555550000000000000,5555560000000000000,9300000000000000000",
        "ALLOWED_REDIRECT_ORIGINS": f"50123197928={emulator.mastercard_url}",
        "JWT_ISSUER": identity.issuer,
        "JWT_AUDIENCE": identity.AUDIENCE,
        "CLIENT_ID_CLAIM": "client_id",
        "APP_LINKS": "mobile-app=bankapp://click-to-pay",
    }


def choices(emulator, identity):
    """Parameters that have defaults, for what is tried here. They switch off what ministack lacks and shorten the schedules."""
    layer = emulator.client("lambda").publish_layer_version(
        LayerName="AWS-Parameters-and-Secrets-Lambda-Extension", Content={"ZipFile": empty_zip()})
    return {
        "Architecture": "x86_64",
        "NotificationClientSubjects": SUBJECT,
        # AWS's public parameter with the latest ARN is not in ministack, and its name is reserved there too.
        "SecretsExtensionLayerArn": layer["LayerVersionArn"],
        "DeletionProtection": "false",
        "MetricMath": "false",
        "RefreshEvery": "rate(1 minute)",
        "ReconcileEvery": "rate(1 minute)",
        "StepUpAcrValues": identity.ACR,
        "ClientLimitPerHour": "2",
        "AuditTrail": "on",
    }


def empty_zip():
    return b"PK\x05\x06" + b"\0" * 18
