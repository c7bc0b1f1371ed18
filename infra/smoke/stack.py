"""The stacks: deployed with the commands of docs/deploy.md, and deleted."""

import base64
import os
import shutil
import subprocess

from .fakes import SUBJECT

STACK = "click-to-pay"
SECRETS = {
    "TokenConnectSigningKey": "token-connect-signing-key.pem",
    "ClientEncryptionCertificate": "client-encryption-certificate.pem",
    "ProcessingSigningKey": "processing-signing-key.pem",
    "ProcessingEncryptionCertificate": "processing-encryption-certificate.pem",
    "ProcessingDecryptionKey": "processing-decryption-key.pem",
}


def sam(emulator, *arguments):
    command = [os.environ.get("SAM") or shutil.which("sam"), *arguments]
    done = subprocess.run(command, env={**os.environ, **emulator.variables}, cwd=emulator.scratch, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout)
        raise SystemExit(f"sam {arguments[0]} failed")


def deploy(emulator, stack, template, parameters):
    """Runs `sam deploy` and returns the stack's outputs."""
    given = [f"{name}={value}" for name, value in parameters.items()]
    overrides = ["--parameter-overrides", *given] if given else []
    sam(emulator, "deploy", "--template-file", f"infra/{template}", "--stack-name", stack, "--region", emulator.region,
        "--s3-bucket", f"artifacts-{emulator.region}", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset",
        "--no-fail-on-empty-changeset", "--no-progressbar", *overrides)
    return outputs(emulator, stack)


def artifacts_bucket(emulator):
    """Lambda takes code only from a bucket of its own region."""
    emulator.client("s3").create_bucket(
        Bucket=f"artifacts-{emulator.region}", CreateBucketConfiguration={"LocationConstraint": emulator.region})


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


def secrets(emulator, stack=STACK, redirect_keys=None):
    """Steps 1 and 2 of docs/deploy.md: creates the secrets and stores their values; returns their ARNs by parameter."""
    arns = deploy(emulator, f"{stack}-secrets", "secrets.yaml", {"Stage": "smoke"})
    manager = emulator.client("secretsmanager")
    for name, file in SECRETS.items():
        manager.put_secret_value(SecretId=arns[name], SecretString=(emulator.portal / file).read_text())
    # As `openssl rand -base64 32` prints it.
    redirect_keys = redirect_keys or base64.b64encode(os.urandom(32)).decode() + "\n"
    manager.put_secret_value(SecretId=arns["RedirectKeys"], SecretString=redirect_keys)
    return arns


def parameters(emulator, arns, identity):
    """The parameters that a bank sets in samconfig.toml, with the emulator's addresses. The last ones switch off what
    ministack lacks and shorten the schedules."""
    key = lambda name: (emulator.portal / name).read_text().strip()  # noqa: E731
    layer = emulator.client("lambda").publish_layer_version(
        LayerName="AWS-Parameters-and-Secrets-Lambda-Extension", Content={"ZipFile": empty_zip()})
    return {
        "Architecture": "x86_64",
        "JwtIssuer": identity.issuer,
        "JwtAudience": identity.AUDIENCE,
        "ClientIdClaim": "client_id",
        "AppLinks": "mobile-app=bankapp://click-to-pay",
        "AllowedRedirectOrigins": f"50123197928={emulator.mastercard_url}",
        "AccountRanges": "5555550000000000000,5555560000000000000,9300000000000000000",
        "TokenConnectUrl": f"{emulator.mastercard_url}/mdes",
        "TokenConnectConsumerKey": key("token-connect-consumer-key.txt"),
        "ProcessingUrl": f"{emulator.mastercard_url}/global-processing/digital",
        "ProcessingConsumerKey": key("processing-consumer-key.txt"),
        **{name: arns[name] for name in [*SECRETS, "RedirectKeys"]},
        "NotificationClientSubjects": SUBJECT,
        # AWS's public parameter with the latest ARN is not in ministack, and its name is reserved there too.
        "SecretsExtensionLayerArn": layer["LayerVersionArn"],
        "Release": "smoke",  # so that everything goes through the functions' aliases
        "DeletionProtection": "false",
        "MetricMath": "false",
        "RefreshEvery": "'rate(1 minute)'",
        "ReconcileEvery": "'rate(1 minute)'",
        "StepUpAcrValues": identity.ACR,
        "ClientLimitPerHour": "2",
        "AuditTrail": "on",
    }


def empty_zip():
    return b"PK\x05\x06" + b"\0" * 18
