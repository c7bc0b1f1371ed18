"""A refresh on schedule, and one cardholder from the app's door to `ENABLED` and back: all through what was deployed."""

import datetime
import json
import re
import time
import urllib.parse
import uuid

import requests


class Api:
    """The deployed API. Its name does not resolve here, so ministack is told it in the Host header."""

    def __init__(self, machine, api_url):
        host = urllib.parse.urlsplit(api_url).hostname
        self.session, self.base = requests.Session(), machine.aws_url
        self.session.trust_env, self.session.verify = False, str(machine.certificate)
        self.session.headers["Host"] = f"{host.split('.')[0]}.execute-api.localhost:{machine.aws_port}"

    def ask(self, method, path, token=None, **more):
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.session.request(method, self.base + path, headers=headers, allow_redirects=False, timeout=30, **more)


def until(what, seconds, look):
    """Looks once a second until there is something to see."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(1)
    raise SystemExit(f"{what}: not within {seconds} s")


def expect(what, holds, shown=""):
    if not holds:
        raise SystemExit(f"{what}: no. {shown}")


def refresh(machine, api, token, names):
    """Steps 1 to 5."""
    def offered():
        answer = api.ask("GET", "/token-requestors?platform=web", token)
        expect("the list of token requestors", answer.status_code == 200, f"{answer.status_code} {answer.text}")
        return answer.json()["tokenRequestors"]

    requestors = until("the schedule refreshes the catalog", 120, offered)
    print(f"  1-2  the schedule started sync-requestors: {len(requestors)} token requestors can be reached from the web")
    # ministack does not carry a return value on to the next function; Lambda's destination does.
    answer = machine.client("lambda").invoke(FunctionName=names["FetchAssets"], Payload=b"{}")
    fetched = json.loads(answer["Payload"].read())
    expect("all artwork is fetched", "FunctionError" not in answer and fetched["stored"] and not fetched["failed"], fetched)
    objects = machine.client("s3").list_objects_v2(Bucket=names["LogoBucket"], Prefix="logos/")["KeyCount"]
    expect("the bucket has logos", objects > 0)
    print(f"  3-4  fetch-assets stored artwork of {len(fetched['stored'])} assets: {objects} objects")
    with_logo = [requestor for requestor in offered() if requestor["logos"]]
    expect("the list has logos", with_logo)
    print(f"    5  GET /token-requestors: {len(with_logo)} of them with a logo")


def enroll(api, token, card):
    """Steps 6 to 25."""
    anonymous = api.ask("GET", f"/cards?cardContractId={card}")
    expect("without a token nothing is told", anonymous.status_code == 401, anonymous.status_code)
    state = lambda: api.ask("GET", f"/cards?cardContractId={card}", token).json()["cards"][0]["state"]  # noqa: E731
    expect("the card is eligible", state() == "eligible", state())
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    wish = {"cardContractId": card, "platform": "ios", "callback": "mobile-app",
            "consent": {"termsVersion": "2026-01", "acceptedAt": now}}
    begun = api.ask("POST", "/enrollments", token, json=wish, headers={"Idempotency-Key": str(uuid.uuid4())})
    expect("the enrollment begins", begun.status_code == 201, f"{begun.status_code} {begun.text}")
    begun = begun.json()
    print(f" 6-12  POST /enrollments: {begun['status']}")

    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(begun["redirectUrl"], allow_redirects=False, timeout=30)
    expect("Click to Pay opens", page.status_code == 200, page.status_code)
    page = browser.post(link(page, "action", "/accept"), timeout=30)
    back = browser.get(link(page, "href", "/return"), allow_redirects=False, timeout=30).headers["Location"]
    way = urllib.parse.urlsplit(back)
    returned = api.ask("GET", f"{way.path}?{way.query}")
    app = returned.headers.get("Location", "")
    expect("the browser is passed on to the app", returned.status_code == 303 and app.startswith("bankapp://"), returned.status_code)
    print("13-25  Click to Pay: accepted; GET /callback: 303, on to the app")

    look = lambda: api.ask("GET", f"/enrollments/{begun['enrollmentId']}", token).json()  # noqa: E731
    final = until("the enrollment ends", 90, lambda: (seen := look())["final"] and seen)
    expect("it ends well", final["status"] == "ENABLED", final)
    expect("the card says so too", state() == "already_enabled", state())
    print(f"after  GET /enrollments/{{enrollmentId}}: {final['status']}; GET /cards: already_enabled")
    secrets = {"receipt": begun["pushAccountReceipts"][0], "signature": begun["signature"], "state": way.path.split("/")[-1]}
    return begun["enrollmentId"], secrets


def link(page, attribute, ending):
    found = [value for value in re.findall(rf' {attribute}="([^"]*)"', page.text) if value.endswith(ending)]
    expect(f"the page has {ending}", found)
    return urllib.parse.urljoin(page.url, found[0].replace("&amp;", "&"))
