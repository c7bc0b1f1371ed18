"""What the platform's engineers and the bank's other systems can see of the journey afterwards."""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import yaml

from .journey import expect, until
from .machine import ROOT

FUNCTIONS = "/click-to-pay/functions"


def logs(machine, group):
    pages = machine.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


def as_operator(machine, stack, enrollment_id):
    """The last chapter of docs/deploy.md, with its own line: settings from the stack's outputs, then `doctor`, with the
    rights of support alone."""
    page = (ROOT / "docs/deploy.md").read_text()
    line = re.search(r"awk -F'\\t' '(.+)' >sandbox\.env", page)[1]
    told = machine.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    text = "".join(f"{output['OutputKey']}\t{output['OutputValue']}\n" for output in told)
    settings = machine.scratch / "operator.env"
    settings.write_text(subprocess.run(["awk", "-F\t", line], input=text, check=True, capture_output=True, text=True).stdout)
    iam = machine.client("iam")
    iam.create_user(UserName="support")
    policy = next(output["OutputValue"] for output in told if output["OutputKey"] == "SupportPolicy")
    iam.attach_user_policy(UserName="support", PolicyArn=policy)
    key = iam.create_access_key(UserName="support")["AccessKey"]
    environment = {**os.environ, **machine.variables, "SSL_CERT_FILE": str(machine.certificate), "NO_PROXY": "127.0.0.1",
                   "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    commands = {"changes": (0, "50123197928"), f"timeline {enrollment_id}": (0, "ENABLED"), "unmatched": (0, "0 not"),
                "consents": (2, "AccessDenied")}
    for command, (code, word) in commands.items():
        done = subprocess.run([machine.binaries / "doctor", *command.split(), "--config", settings], env=environment, text=True,
                              capture_output=True)
        said = done.stdout + done.stderr
        expect(f"doctor {command} answers", done.returncode == code and word in said, said)
    print("       support's doctor: changes, timeline and unmatched, and no consents")


def at_reconciliation(machine):
    """The second schedule: it has run, under its role, and found nothing amiss."""
    def ran():
        lines = [line for line in logs(machine, FUNCTIONS) if "enrollments were reconciled" in line]
        return [json.loads(line) for line in lines]

    runs = until("the schedule reconciles", 90, ran)
    expect("nothing failed", all(run["failed"] == 0 for run in runs), runs)
    print(f"after  the schedule started reconcile-enrollments: {len(runs)} runs")


def at_logs(machine, secrets):
    """One line per thing that happened, and never a secret."""
    lines = logs(machine, FUNCTIONS)
    told = {json.loads(line)["message"] for line in lines if line.startswith("{")}
    expect("the logs tell what happened", {"a card was pushed", "the status moved", "Mastercard answered"} <= told, told)
    wrong = [line for line in lines if '"level":"ERROR"' in line]
    expect("nothing went wrong on the way", not wrong, wrong)
    for name, secret in secrets.items():
        expect(f"the logs are silent about the {name}", not any(secret in line for line in lines))
    print(f"       {len(lines)} log lines, none with {', '.join(secrets)}")


def at_metrics(machine):
    """ministack keeps metric filters and does not apply them. So they are applied here to the lines that were logged."""
    lines = [json.loads(line) for line in logs(machine, FUNCTIONS) if line.startswith("{")]
    filters = machine.client("logs").describe_metric_filters(logGroupName=FUNCTIONS)["metricFilters"]
    points = {}
    for one in filters:
        catches, metric = pattern_of(one["filterPattern"]), one["metricTransformations"][0]
        field = metric["metricValue"].removeprefix("$.")
        for line in filter(catches, lines):
            value = 1 if field == "1" else line[field]
            expect(f"{metric['metricName']} is a number", isinstance(value, (int, float)), line)
            expect("it has its dimensions", all(name in line for name in metric.get("dimensions", {})), line)
            points.setdefault(metric["metricName"], []).append(value)
    expect("there are metrics", {"UpstreamMilliseconds", "StatusMoved", "CatalogAgeHours", "Healed"} <= set(points), points)
    print("       metrics from log lines: " + ", ".join(f"{name} {len(values)}" for name, values in sorted(points.items())))
    pages = machine.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    for alarm in alarms:
        page = re.search(r"docs/runbooks/[a-z-]+\.md", alarm["AlarmDescription"])
        expect(f"{alarm['AlarmName']} names its runbook", page and (ROOT / page[0]).exists())
        own = alarm["Namespace"].startswith("ClickToPayIssuer")
        known = {one["metricTransformations"][0]["metricName"] for one in filters}
        expect(f"{alarm['AlarmName']} watches a metric that exists", not own or alarm["MetricName"] in known)
    print(f"       {len(alarms)} alarms, each with its runbook")


def pattern_of(pattern):
    """CloudWatch's filter language, as far as the template uses it: `=` with text or `*`, `&&`, `||` and brackets."""
    asked = re.sub(r'\$\.(\w+) = ("[^"]*")', r"line.get('\1') == \2", pattern.strip("{ }"))
    asked = re.sub(r"\$\.(\w+) = \*", r"line.get('\1') is not None", asked)
    asked = compile(asked.replace("&&", "and").replace("||", "or"), pattern, "eval")
    return lambda line: eval(asked, {"__builtins__": {}}, {"line": line})


def at_events(machine, names, enrollment_id):
    """ministack keeps the pipe and does not run it. So its filter and its template are applied here to what the table's
    stream really holds: the filter is an `exists`, and each path of the template has to lead somewhere."""
    template = yaml.load((ROOT / "infra/template.yaml").read_text(), Loader=tolerant())
    pipe = template["Resources"]["StatusChanges"]["Properties"]
    pattern = json.loads(pipe["SourceParameters"]["FilterCriteria"]["Filters"][0]["Pattern"])
    schema = json.loads((ROOT / "docs/events/enrollment-status-changed.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    seen = []
    for record in records(machine, names["Enrollments"]):
        if not matches(record, pattern):
            continue
        fill = lambda path: lookup(record, path[1].removeprefix("$.").split("."))  # noqa: E731
        event = json.loads(re.sub(r"<([^>]+)>", fill, pipe["TargetParameters"]["InputTemplate"]))
        problems = [error.message for error in validator.iter_errors(event)]
        expect("the event keeps its schema", not problems, problems)
        expect("it is about this enrollment", event["enrollmentId"] == enrollment_id, event)
        seen.append(event)
    way = [seen[0]["from"], *(event["to"] for event in seen)]
    expect("each change is told", way[0] == "" and way[1] == "PENDING" and way[-1] == "ENABLED", way)
    expect("none is left out", all(one["to"] == next["from"] for one, next in zip(seen, seen[1:])), way)
    print(f"       {len(seen)} events for the bank's other systems: {' -> '.join(way[1:])}")


def records(machine, table):
    """As DynamoDB's own JSON: the client's low-level form is the same but for binary values, of which there are none."""
    streams = machine.client("dynamodbstreams")
    arn = machine.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            yield from page["Records"]
            iterator = page.get("NextShardIterator") if page["Records"] else None


def at_items(machine, names):
    """What one enrollment leaves behind: what docs/scale.md computes with."""
    sizes = {}
    for page in machine.client("dynamodb").get_paginator("scan").paginate(TableName=names["Enrollments"]):
        for item in page["Items"]:
            kind = item["sk"]["S"].split("#")[0].lower()
            size = sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
            sizes.setdefault(kind, []).append(size)
    print("       items, about: " + ", ".join(f"{kind} {len(of)} x {max(of)} B" for kind, of in sorted(sizes.items())))


def matches(record, pattern):
    """EventBridge's pattern language, as far as the template uses it: nested names and `exists`."""
    if isinstance(pattern, list):
        expect("the pattern is an exists", pattern == [{"exists": True}], pattern)
        return record is not None
    return all(isinstance(record, dict) and matches(record.get(name), part) for name, part in pattern.items())


def lookup(record, path):
    for name in path:
        expect(f"every event has {'.'.join(path)}", name in record)
        record = record[name]
    return record


def tolerant():
    """CloudFormation's own tags, of which none is needed here."""
    class Loader(yaml.SafeLoader):
        pass

    def construct(loader, _, node):
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        construct_node = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
        return construct_node(node, deep=True)

    Loader.add_multi_constructor("!", construct)
    return Loader


def at_memory():
    """The most that each function's process has held, in MiB: with debug binaries, so an upper bound."""
    most = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            environment = (status.parent / "environ").read_bytes()
            name = re.search(rb"\0AWS_LAMBDA_FUNCTION_NAME=click-to-pay-([A-Za-z]+)", environment)
            if name and (peak := re.search(r"VmHWM:\s+(\d+)", status.read_text())):
                most[name[1].decode()] = max(most.get(name[1].decode(), 0), int(peak[1]) // 1024)
        except OSError:
            continue
    print("       at most " + ", ".join(f"{name} {size} MiB" for name, size in sorted(most.items())))
