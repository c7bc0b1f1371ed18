"""Checks of logs, metrics, alarms, events and stored items after the journey."""

import json
import pathlib
import re
import subprocess

import jsonschema
import yaml

from .journey import expect, until
from .emulator import ROOT
from .stack import STACK

FUNCTIONS = f"/{STACK}/functions"


def logs(emulator, group):
    pages = emulator.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    return [event["message"] for page in pages for event in page["events"]]


def events(emulator):
    """The functions' log lines that are JSON."""
    return [json.loads(line) for line in logs(emulator, FUNCTIONS) if line.startswith("{")]


def check_operator_commands(emulator, enrollment_id):
    """The last chapter of docs/deploy.md: makes the settings file with its awk command, then runs `doctor` with the rights
    of support."""
    page = (ROOT / "docs/deploy.md").read_text()
    line = re.search(r"awk -F'\\t' '(.+)' >sandbox\.env", page)[1]
    stack_outputs = emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    text = "".join(f"{output['OutputKey']}\t{output['OutputValue']}\n" for output in stack_outputs)
    converted = subprocess.run(["awk", "-F\t", line], input=text, check=True, capture_output=True, text=True)
    emulator.operator_settings.write_text(converted.stdout)
    iam = emulator.client("iam")
    iam.create_user(UserName="support")
    policy = next(output["OutputValue"] for output in stack_outputs if output["OutputKey"] == "SupportPolicy")
    iam.attach_user_policy(UserName="support", PolicyArn=policy)
    key = iam.create_access_key(UserName="support")["AccessKey"]
    support = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    commands = {"changes": (0, "50123197928"), f"timeline {enrollment_id}": (0, "ENABLED"), "unmatched": (0, "0 not"),
                "consents": (2, "AccessDenied")}
    for command, (code, expected) in commands.items():
        done = emulator.doctor(*command.split(), **support)
        output = done.stdout + done.stderr
        expect(f"doctor {command} answers", done.returncode == code and expected in output, output)
    print("       doctor as support: changes, timeline and unmatched succeed, consents is denied")


def check_reconciliation(emulator):
    """The schedule has run reconcile-enrollments without failures."""
    completed = lambda: [line for line in events(emulator) if line.get("event") == "reconciliation_completed"]  # noqa: E731
    runs = until("the schedule reconciles", 90, completed)
    expect("nothing failed", all(run["failed"] == 0 for run in runs), runs)
    print(f"after  the schedule started reconcile-enrollments: {len(runs)} runs")


def check_logs(emulator, secrets):
    """The expected events are logged, no errors, and no secrets. Lines of an invocation name it."""
    lines = logs(emulator, FUNCTIONS)
    expected = {"enrollment_status_changed", "request_completed", "mastercard_response_received"}
    found = [line for line in events(emulator) if line.get("event") in expected]
    expect("the expected events are logged", expected == {line["event"] for line in found}, found)
    fields = {"timestamp", "level", "message", "service", "cold_start", "function_request_id"}
    expect("lines of an invocation name it", all(fields <= line.keys() for line in found), found)
    errors = [line for line in lines if '"level":"ERROR"' in line]
    expect("no error is logged", not errors, errors)
    for name, secret in secrets.items():
        expect(f"the logs do not hold the {name}", not any(secret in line for line in lines))
    print(f"       {len(lines)} log lines, none with {', '.join(secrets)}")


def check_metrics(emulator):
    """Applies the metric filters to the logged lines, since ministack stores filters and does not apply them."""
    lines = events(emulator)
    filters = emulator.client("logs").describe_metric_filters(logGroupName=FUNCTIONS)["metricFilters"]
    points = {}
    for one in filters:
        matches_line, metric = compile_pattern(one["filterPattern"]), one["metricTransformations"][0]
        field = metric["metricValue"].removeprefix("$.")
        for line in filter(matches_line, lines):
            value = 1 if field == "1" else line[field]
            expect(f"{metric['metricName']} is a number", isinstance(value, (int, float)), line)
            expect("the line has the dimensions", all(name in line for name in metric.get("dimensions", {})), line)
            points.setdefault(metric["metricName"], []).append(value)
    expect("there are metrics", {"UpstreamMilliseconds", "EnrollmentStatusChanged", "CatalogAgeHours", "Healed"} <= set(points), points)
    print("       metrics from log lines: " + ", ".join(f"{name} {len(values)}" for name, values in sorted(points.items())))
    pages = emulator.client("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    for alarm in alarms:
        page = re.search(r"docs/runbooks/[a-z-]+\.md", alarm["AlarmDescription"])
        expect(f"{alarm['AlarmName']} names its runbook", page and (ROOT / page[0]).exists())
        ours = alarm["Namespace"].startswith("ClickToPayIssuer")
        defined = {one["metricTransformations"][0]["metricName"] for one in filters}
        expect(f"{alarm['AlarmName']} watches a metric that exists", not ours or alarm["MetricName"] in defined)
    print(f"       {len(alarms)} alarms, each with a runbook")


def compile_pattern(pattern):
    """A predicate from a CloudWatch filter pattern, in the subset that the template uses: `=` with text or `*`, `&&`, `||`,
    brackets."""
    expression = re.sub(r'\$\.(\w+) = ("[^"]*")', r"line.get('\1') == \2", pattern.strip("{ }"))
    expression = re.sub(r"\$\.(\w+) = \*", r"line.get('\1') is not None", expression)
    expression = compile(expression.replace("&&", "and").replace("||", "or"), pattern, "eval")
    return lambda line: eval(expression, {"__builtins__": {}}, {"line": line})


def check_events(emulator, names, enrollment_id):
    """The events of the pipe of status changes."""
    changes = piped(emulator, names, "template.yaml", "StatusChanges", "enrollment-status-changed.schema.json")
    expect("they are about this enrollment", all(event["enrollmentId"] == enrollment_id for event in changes), changes)
    statuses = [changes[0]["from"], *(event["to"] for event in changes)]
    expect("each change has an event", statuses[:2] == ["PENDING", "READY"] and statuses[-1] == "ENABLED", statuses)
    # A status PENDING has no event.
    expect("none is missing", all(following["from"] in (one["to"], "PENDING") for one, following in zip(changes, changes[1:])), statuses)
    finals = [event["final"] for event in changes]
    expect("only the last one is final", finals == [False] * (len(changes) - 1) + [True], finals)
    # The filters with StatusEvents=outcomes.
    outcomes = piped(emulator, names, "template.yaml", "StatusChanges", "enrollment-status-changed.schema.json", condition=True)
    expect("the outcomes alone can be had", outcomes == changes[-1:], outcomes)
    print(f"       {len(changes)} events for the bank's other systems: {' -> '.join(statuses[1:])}")


def piped(emulator, names, template, resource, schema, condition=False):
    """Applies a pipe's filters and input template to the records of the table's stream, since ministack stores pipes and
    does not run them. Each path of the template has to exist in each record. Where the filters depend on a condition, those of it."""
    resources = yaml.load((ROOT / "infra" / template).read_text(), Loader=cloudformation_loader())["Resources"]
    pipe = resources[resource]["Properties"]
    filters = pipe["SourceParameters"]["FilterCriteria"]["Filters"]
    if isinstance(filters[0], str):  # Fn::If: the condition's name, and what holds with it and without it
        filters = filters[1 if condition else 2]
    patterns = [json.loads(each["Pattern"]) for each in filters]
    schema = json.loads((ROOT / "docs/events" / schema).read_text())
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    events = []
    for record in records(emulator, names["Enrollments"]):
        if not any(matches(record, pattern) for pattern in patterns):
            continue
        text = lambda value: value if isinstance(value, str) else json.dumps(value)  # noqa: E731
        fill = lambda path: text(lookup(record, path[1].removeprefix("$.").split(".")))  # noqa: E731
        event = json.loads(re.sub(r"<([^>]+)>", fill, pipe["TargetParameters"]["InputTemplate"]))
        problems = [error.message for error in validator.iter_errors(event)]
        expect("the event is valid by its schema", not problems, problems)
        events.append(event)
    return events


def records(emulator, table):
    """The stream's records as DynamoDB JSON: the client's form differs in binary values only, which no event contains."""
    streams = emulator.client("dynamodbstreams")
    arn = emulator.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            yield from page["Records"]
            iterator = page.get("NextShardIterator") if page["Records"] else None


def check_items(emulator, names):
    """Prints the sizes of one enrollment's items, from which docs/scale.md computes costs."""
    sizes = {}
    for page in emulator.client("dynamodb").get_paginator("scan").paginate(TableName=names["Enrollments"]):
        for item in page["Items"]:
            kind = item["sk"]["S"].split("#")[0].lower()
            size = sum(len(name) + len(str(next(iter(value.values())))) for name, value in item.items())
            sizes.setdefault(kind, []).append(size)
    print("       items, about: " + ", ".join(f"{kind} {len(of)} x {max(of)} B" for kind, of in sorted(sizes.items())))


def matches(record, pattern):
    """Matches an EventBridge pattern, in the subset that the template uses: nested names, `exists` and values."""
    if isinstance(pattern, list):
        if pattern == [{"exists": True}]:
            return record is not None
        expect("the pattern has exists or values", not any(isinstance(value, (dict, list)) for value in pattern), pattern)
        return record in pattern
    return all(isinstance(record, dict) and matches(record.get(name), part) for name, part in pattern.items())


def lookup(record, path):
    for name in path:
        expect(f"every event has {'.'.join(path)}", name in record)
        record = record[name]
    return record


def cloudformation_loader():
    """A YAML loader that drops CloudFormation's tags."""
    class Loader(yaml.SafeLoader):
        pass

    def construct(loader, _, node):
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        construct_node = loader.construct_sequence if isinstance(node, yaml.SequenceNode) else loader.construct_mapping
        return construct_node(node, deep=True)

    Loader.add_multi_constructor("!", construct)
    return Loader


def check_memory():
    """Prints the peak resident memory of each function's process in MiB: of debug binaries, so an upper bound."""
    peaks = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            environment = (status.parent / "environ").read_bytes()
            name = re.search(rf"\0AWS_LAMBDA_FUNCTION_NAME={STACK}-([A-Za-z]+)".encode(), environment)
            if name and (peak := re.search(r"VmHWM:\s+(\d+)", status.read_text())):
                peaks[name[1].decode()] = max(peaks.get(name[1].decode(), 0), int(peak[1]) // 1024)
        except OSError:
            continue
    print("       at most " + ", ".join(f"{name} {size} MiB" for name, size in sorted(peaks.items())))
