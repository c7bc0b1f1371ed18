"""The stacks: deployed with the commands of docs/deploy.md, and deleted again."""

import os
import shutil
import subprocess

from .machine import REGION
from .stand_ins import SUBJECT

STACK = "click-to-pay"
SECRETS = {
    "TokenConnectSigningKey": "token-connect-signing-key.pem",
    "ClientEncryptionCertificate": "client-encryption-certificate.pem",
    "ProcessingSigningKey": "processing-signing-key.pem",
    "ProcessingEncryptionCertificate": "processing-encryption-certificate.pem",
    "ProcessingDecryptionKey": "processing-decryption-key.pem",
}


def sam(machine, *arguments):
    command = [os.environ.get("SAM") or shutil.which("sam"), *arguments]
    done = subprocess.run(command, env={**os.environ, **machine.variables}, cwd=machine.scratch, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        print(done.stdout)
        raise SystemExit(f"sam {arguments[0]} failed")


def deploy(machine, stack, template, parameters):
    """`sam deploy`, and what the stack then says of itself."""
    given = [f"{name}={value}" for name, value in parameters.items()]
    overrides = ["--parameter-overrides", *given] if given else []
    sam(machine, "deploy", "--template-file", f"infra/{template}", "--stack-name", stack, "--region", REGION,
        "--s3-bucket", "artifacts", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset",
        "--no-fail-on-empty-changeset", "--no-progressbar", *overrides)
    return outputs(machine, stack)


def outputs(machine, stack):
    told = machine.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    if not told["StackStatus"].endswith("_COMPLETE") or "ROLLBACK" in told["StackStatus"]:
        raise SystemExit(f"{stack} is {told['StackStatus']}: {told.get('StackStatusReason')}")
    return {output["OutputKey"]: output["OutputValue"] for output in told.get("Outputs", [])}


def delete(machine, stack):
    cloudformation = machine.client("cloudformation")
    identifier = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=identifier, WaiterConfig={"Delay": 1})


def secrets(machine):
    """Steps 1 and 2 of docs/deploy.md: the places, and what belongs into them."""
    places = deploy(machine, f"{STACK}-secrets", "secrets.yaml", {"Stage": "trial"})
    manager = machine.client("secretsmanager")
    for name, file in SECRETS.items():
        manager.put_secret_value(SecretId=places[name], SecretString=(machine.portal / file).read_text())
    return places


def parameters(machine, places, identity):
    """What a bank would write into samconfig.toml, with this machine's addresses. The last lines switch off what
    ministack lacks or would take too long to wait for."""
    key = lambda name: (machine.portal / name).read_text().strip()  # noqa: E731
    layer = machine.client("lambda").publish_layer_version(
        LayerName="AWS-Parameters-and-Secrets-Lambda-Extension", Content={"ZipFile": empty_zip()})
    return {
        "Architecture": "x86_64",
        "JwtIssuer": identity.issuer,
        "JwtAudience": identity.AUDIENCE,
        "AppLinks": "mobile-app=bankapp://click-to-pay",
        "AllowedRedirectOrigins": f"50123197928={machine.mastercard_url}",
        "AccountRanges": "5555550000000000000,5555560000000000000,9300000000000000000",
        "TokenConnectUrl": f"{machine.mastercard_url}/mdes",
        "TokenConnectConsumerKey": key("token-connect-consumer-key.txt"),
        "ProcessingUrl": f"{machine.mastercard_url}/global-processing/digital",
        "ProcessingConsumerKey": key("processing-consumer-key.txt"),
        **{name: places[name] for name in SECRETS},
        "NotificationClientSubjects": SUBJECT,
        "SecretsExtensionLayerArn": layer["LayerVersionArn"],
        "DeletionProtection": "false",
        "MetricMath": "false",
        "RefreshEvery": "'rate(1 minute)'",
        "ReconcileEvery": "'rate(1 minute)'",
    }


def empty_zip():
    return b"PK\x05\x06" + b"\0" * 18
