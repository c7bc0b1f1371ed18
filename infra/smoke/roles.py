"""Who can open a redirect: every role of the stack, and support, try to get both halves of it, the sealed redirect from the table
and the key that it is sealed with."""

import datetime
import json
import uuid

from botocore.exceptions import ClientError

from .journey import expect
from .observability import records

MAY_OPEN = {"EnrollRole", "GetEnrollmentRole"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def check(emulator, api, token, names, redirect_keys):
    """Enrolls a card, so that its redirect is stored, and lets everybody try."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"cardContractId": "70002", "platform": "ios", "callback": "mobile-app",
            "consent": {"termsVersion": "2026-01", "acceptedAt": now}}
    response = api.request("POST", "/enrollments", token, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    expect("another card is pushed", response.status_code == 201, f"{response.status_code} {response.text}")
    table = names["Enrollments"]
    items = emulator.client("dynamodb").scan(TableName=table, ConsistentRead=True)["Items"]
    with_redirect = [item for item in items if "redirect" in item]
    expect("one item has a sealed redirect", len(with_redirect) == 1, len(with_redirect))
    check_plaintext(items, list(records(emulator, table)), response.json())

    readers, holders, exporters = set(), set(), set()
    everybody = identities(emulator, names)
    for name, credentials in everybody.items():
        dynamodb, manager = (emulator.client(service, **credentials) for service in ("dynamodb", "secretsmanager"))
        if any(may(read) for read in ways(dynamodb, table, with_redirect[0])):
            readers.add(name)
        if may(lambda: manager.get_secret_value(SecretId=redirect_keys)):  # noqa: B023
            holders.add(name)
        if any(may(copy) for copy in copies(dynamodb, table)):
            exporters.add(name)
    expect("only enroll and get-enrollment have the key of a redirect", holders == MAY_OPEN, holders)
    expect("nobody can make a backup or an export", not exporters, exporters)
    # Otherwise the check would prove nothing. The role of the pipe reads the stream, as far as ministack lets it.
    others = {"ReceiveNotificationRole", "ReceiveCallbackRole", "ReconcileEnrollmentsRole"}
    expect("others can read the sealed redirect", MAY_OPEN | others <= readers, readers)
    expect("support cannot read a redirect", "support" not in readers, readers)
    print(f"       {len(everybody)} roles: {len(readers)} can read a sealed redirect, {len(holders)} can open it")


def check_plaintext(items, stream, enrollment):
    """Nobody with the table, its stream, a backup or an export has a redirect, a receipt or a signature."""
    secrets = [enrollment["redirectUrl"], enrollment["signature"], *enrollment["pushAccountReceipts"]]
    stored = b"\0".join(texts([items, stream]))
    expect("the items are searched", enrollment["enrollmentId"].encode() in stored)
    for secret in secrets:
        expect("no item and no record of the stream has a redirect, receipt or signature", secret.encode() not in stored)


def texts(value):
    """Every text and binary value, at any depth."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        value = value.encode() if isinstance(value, str) else value
        yield bytes(value) if isinstance(value, bytes | bytearray) else str(value).encode()
        return
    for inner in value:
        yield from texts(inner)


def identities(emulator, names):
    """Credentials by name: of each role of the stack, and of support."""
    iam, sts = emulator.client("iam"), emulator.client("sts")
    account = f"arn:aws:iam::{sts.get_caller_identity()['Account']}:root"
    # The roles trust services only. Here root may take their place; what the roles may do stays as it is.
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]}
    roles = {role["RoleName"]: role["Arn"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]}
    found = {}
    for name, physical in names.items():
        if physical in roles:
            iam.update_assume_role_policy(RoleName=physical, PolicyDocument=json.dumps(trust))
            session = sts.assume_role(RoleArn=roles[physical], RoleSessionName="smoke")["Credentials"]
            found[name] = {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"],
                           "aws_session_token": session["SessionToken"]}
    key = iam.create_access_key(UserName="support")["AccessKey"]
    found["support"] = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    return found


def ways(dynamodb, table, item):
    """Calls that return the sealed redirect. Reading the stream is not among them: ministack does not know the ARN of a stream when
    it evaluates policies, and denies it to all roles."""
    key, owner = {name: item[name] for name in ("pk", "sk")}, {":pk": item["pk"]}

    def sealed(items):
        return [item for item in items if "redirect" in item]

    return [
        lambda: sealed([dynamodb.get_item(TableName=table, Key=key)["Item"]]),
        lambda: sealed(dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}})["Responses"][table]),
        lambda: sealed(dynamodb.query(TableName=table, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=owner)["Items"]),
        lambda: sealed(dynamodb.scan(TableName=table)["Items"]),
    ]


def copies(dynamodb, table):
    """Calls that copy the table."""
    arn = f"arn:aws:dynamodb:{dynamodb.meta.region_name}:000000000000:table/{table}"
    return [
        lambda: dynamodb.create_backup(TableName=table, BackupName="smoke"),
        lambda: dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket="artifacts"),
    ]


def may(read):
    """Whether the call is allowed and returns something."""
    try:
        return bool(read())
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return False
