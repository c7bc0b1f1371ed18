"""What a bank's security review asks for: step-up authentication, limits of a client, the audit trail, erasure."""

import datetime
import gzip
import json
import time
import uuid

from .journey import expect
from .observability import piped
from .stack import STACK

CLIENT, PSEUDONYM = "40001", "b993c8014a9a736ee31cb4d3369778be"  # printf 40001 | sha256sum


def enroll(api, token, card):
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"cardContractId": card, "platform": "ios", "callback": "mobile-app",
            "consent": {"termsVersion": "2026-01", "acceptedAt": now}}
    return api.request("POST", "/enrollments", token, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})


def check_step_up(api, identity):
    """RFC 9470: a login that is too weak is refused with what is needed."""
    refused = enroll(api, identity.token(CLIENT, acr="password"), "70001")
    challenge = refused.headers.get("WWW-Authenticate", "")
    expect("a weak login is refused", refused.status_code == 401, f"{refused.status_code} {refused.text}")
    expect("the challenge names what is needed", "insufficient_user_authentication" in challenge and identity.ACR in challenge, challenge)
    print(f"       a login without {identity.ACR}: 401, insufficient_user_authentication")


def check_limit(api, token, limit):
    """A client's attempts of an hour; the card is not the client's, so that none is pushed."""
    # A new window begins with each full hour of UTC, and all attempts have to be in one.
    left = 3600 - time.time() % 3600
    if left < 60:
        time.sleep(left + 1)
    statuses = [enroll(api, token, "70001") for _ in range(limit + 1)]
    expect("the last one is refused", statuses[-1].status_code == 429, [f"{each.status_code} {each.text}" for each in statuses])
    expect("the others are not", all(each.status_code != 429 for each in statuses[:-1]), statuses)
    seconds = int(statuses[-1].headers["Retry-After"])
    print(f"       enrollment {limit + 1} of a client in an hour: 429, Retry-After {seconds} s")


def check_erasure(emulator, names):
    """Nothing is left of the client but the record that it was erased."""
    done = emulator.doctor("erase", "--client-id", CLIENT, "--yes")
    expect("the client is erased", done.returncode == 0, done.stdout + done.stderr)
    items = emulator.client("dynamodb").scan(TableName=names["Enrollments"], ConsistentRead=True)["Items"]
    left = [item["pk"]["S"] for item in items if CLIENT in json.dumps(item, default=str)]
    expect("nothing of the client is left", not left, left)
    records = [item["state"]["S"] for item in items if item["pk"]["S"].startswith("ERASURE#")]
    expect("the erasure has a record", records == ["finished"], records)
    counts = json.loads(done.stdout.splitlines()[-1])
    print(f"       doctor erase: {counts['enrollments']} enrollments, {counts['counters']} counters; the record is stored")


def check_audit(emulator, names, outputs, enrollment_id):
    """The lines of the table's stream, delivered by the deployed stream to the bucket, read with doctor. ministack does not run
    pipes, its Firehose neither adds line breaks nor compresses, and its CloudFormation makes a bucket without Object Lock: .ci/check-guard
    looks for the lock."""
    lines = [json.dumps(line) for line in piped(emulator, names, "audit.yaml", "Lines", "audit-line.schema.json")]
    body = gzip.compress("".join(f"{line}\n" for line in lines).encode())
    emulator.client("firehose").put_record(DeliveryStreamName=f"{STACK}-audit", Record={"Data": body})
    s3 = emulator.client("s3")
    objects = s3.list_objects_v2(Bucket=outputs["AuditBucket"])["Contents"]
    expect("the line is where doctor and Athena look", all(each["Key"].startswith("lines/day=20") for each in objects), objects)

    def read(*arguments):
        done = emulator.doctor("audit", "--json", *arguments)
        expect("doctor audit answers", done.returncode == 0, done.stderr)
        return [(line["actor"], line["action"], line["status"]) for line in json.loads(done.stdout)]

    journey = read("--enrollment", enrollment_id)
    expect("the journey is audited", journey[:2] == [("app", "requested", "PENDING"), ("app", "pushed", "READY")], journey)
    expect("who did what", {actor for actor, *_ in journey} >= {"app", "browser", "processing"}, journey)
    erased = read("--client-id", CLIENT)
    expect("the erasure is audited", erased[-2:] == [("operator", "erasure", "started"), ("operator", "erasure", "finished")], erased)
    text = "\n".join(lines)
    expect("no line has an id of a client", f'"{CLIENT}"' not in text and '"40000"' not in text and PSEUDONYM in text)
    print(f"       audit trail: {len(lines)} lines, {len(journey)} of the journey; doctor audit reads them from the bucket")
