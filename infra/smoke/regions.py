"""The drill of docs/disaster-recovery.md: an enrollment that begins in one region ends in another, which has what a global table
replicated before the first was lost. ministack has no global tables; the items are copied."""

from . import stack
from .bank import enroll
from .journey import Api, accept, expect, until

# Roles are global, and ministack derives their names from the stack's.
STACK = f"{stack.STACK}-passive"
SECOND, NEVER = "eu-central-1", "cron(0 0 1 1 ? 2099)"
CLIENT, CARD = "40001", "80001"


def check(emulator, api, identity, names):
    second = emulator.in_region(SECOND)
    # The same keys as in the first region, those of redirects too.
    deployment = stack.Deployment(second, STACK)
    outputs = deployment.deploy({**stack.answers(second, identity), **stack.choices(second, identity), "RefreshEvery": NEVER, "ReconcileEvery": NEVER})
    others = stack.physical(second, STACK)
    print(f"       {SECOND}: the same template, with both schedules stopped")

    token = identity.token(CLIENT)
    started = enroll(api, token, CARD)
    expect("the enrollment begins in the first region", started.status_code == 201, f"{started.status_code} {started.text}")
    enrollment = started.json()
    replicated = replicate(emulator, names["Enrollments"], second, others["Enrollments"])

    # From here on the first region is lost.
    invoke(second, others["SyncRequestorsAliaslive"])
    passive = Api(second, outputs["ApiUrl"])
    requestors = passive.request("GET", "/token-requestors?platform=ios", token).json()["tokenRequestors"]
    expect("a refresh fills the catalog of the second region", requestors)
    path = f"/enrollments/{enrollment['enrollmentId']}"
    resumed = passive.request("GET", path, token).json()
    expect("the second region opens the redirect", resumed.get("redirectUrl") == enrollment["redirectUrl"], resumed)
    returned, _ = accept(passive, resumed["redirectUrl"])
    expect("the browser returns to the second region", returned.status_code == 303, f"{returned.status_code} {returned.text}")

    def ended():
        invoke(second, others["ReconcileEnrollmentsAliaslive"])
        status = passive.request("GET", path, token).json()
        return status["final"] and status

    final = until("the second region's reconciliation ends the enrollment", 90, ended)
    expect("the status is ENABLED", final["status"] == "ENABLED", final)
    print(f"       {SECOND}: {replicated} items replicated; an enrollment that began in {emulator.region} is {final['status']}")
    deployment.delete()


def replicate(first, table, second, other):
    source, target = first.client("dynamodb"), second.client("dynamodb")
    items = source.scan(TableName=table, ConsistentRead=True)["Items"]
    for item in items:
        target.put_item(TableName=other, Item=item)
    return len(items)


def invoke(emulator, function):
    answer = emulator.client("lambda").invoke(FunctionName=function, Payload=b"{}")
    expect(f"{function} succeeds", "FunctionError" not in answer, answer)
