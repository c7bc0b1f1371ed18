"""A scheduled refresh and one enrollment from the list of token requestors to `ENABLED`, through the deployed API."""

import datetime
import json
import re
import time
import urllib.parse
import uuid

import requests


class Api:
    """The deployed API. Its name does not resolve here, so the Host header carries it."""

    def __init__(self, emulator, api_url):
        host = urllib.parse.urlsplit(api_url).hostname
        self.session, self.base = requests.Session(), emulator.aws_url
        self.session.trust_env, self.session.verify = False, str(emulator.certificate)
        self.session.headers["Host"] = f"{host.split('.')[0]}.execute-api.localhost:{emulator.aws_port}"

    def request(self, method, path, token=None, **more):
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        return self.session.request(method, self.base + path, headers=headers, allow_redirects=False, timeout=30, **more)


def until(what, seconds, poll):
    """Polls once a second until the result is true; returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := poll():
            return result
        time.sleep(1)
    raise SystemExit(f"{what}: not within {seconds} s")


def expect(what, holds, detail=""):
    if not holds:
        raise SystemExit(f"{what}: no. {detail}")


def refresh(emulator, api, token, names):
    """Steps 1 to 5."""
    def token_requestors():
        answer = api.request("GET", "/token-requestors?platform=web", token)
        expect("the list of token requestors", answer.status_code == 200, f"{answer.status_code} {answer.text}")
        return answer.json()["tokenRequestors"]

    requestors = until("the schedule refreshes the catalog", 120, token_requestors)
    print(f"  1-2  the schedule started sync-requestors: {len(requestors)} token requestors can be reached from the web")
    # ministack does not pass the result on to the next function as Lambda's destination does.
    answer = emulator.client("lambda").invoke(FunctionName=names["FetchAssets"], Payload=b"{}")
    fetched = json.loads(answer["Payload"].read())
    expect("all artwork is fetched", "FunctionError" not in answer and fetched["stored"] and not fetched["failed"], fetched)
    objects = emulator.client("s3").list_objects_v2(Bucket=names["LogoBucket"], Prefix="logos/")["KeyCount"]
    expect("the bucket has logos", objects > 0)
    print(f"  3-4  fetch-assets stored artwork of {len(fetched['stored'])} assets: {objects} objects")
    with_logo = [requestor for requestor in token_requestors() if requestor["logos"]]
    expect("the list has logos", with_logo)
    print(f"    5  GET /token-requestors: {len(with_logo)} of them with a logo")


def enroll(api, token, card):
    """Steps 6 to 25."""
    anonymous = api.request("GET", f"/cards?cardContractId={card}")
    expect("without a token the API answers 401", anonymous.status_code == 401, anonymous.status_code)
    state = lambda: api.request("GET", f"/cards?cardContractId={card}", token).json()["cards"][0]["state"]  # noqa: E731
    expect("the card is eligible", state() == "eligible", state())
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {"cardContractId": card, "platform": "ios", "callback": "mobile-app",
            "consent": {"termsVersion": "2026-01", "acceptedAt": now}}
    response = api.request("POST", "/enrollments", token, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    expect("the enrollment starts", response.status_code == 201, f"{response.status_code} {response.text}")
    enrollment = response.json()
    print(f" 6-12  POST /enrollments: {enrollment['status']}")

    returned, callback = accept(api, enrollment["redirectUrl"])
    app = returned.headers.get("Location", "")
    expect("the browser is redirected to the app", returned.status_code == 303 and app.startswith("bankapp://"), returned.status_code)
    print("13-25  Click to Pay: accepted; GET /callback: 303 to the app")

    status = lambda: api.request("GET", f"/enrollments/{enrollment['enrollmentId']}", token).json()  # noqa: E731
    final = until("the enrollment ends", 90, lambda: (current := status())["final"] and current)
    expect("the status is ENABLED", final["status"] == "ENABLED", final)
    expect("the card is already enabled", state() == "already_enabled", state())
    print(f"after  GET /enrollments/{{enrollmentId}}: {final['status']}; GET /cards: already_enabled")
    secrets = {"receipt": enrollment["pushAccountReceipts"][0], "signature": enrollment["signature"], "state": callback.path.split("/")[-1]}
    return enrollment["enrollmentId"], secrets


def accept(api, redirect_url):
    """The cardholder accepts in Click to Pay; returns the API's answer to the browser's return, and the callback's URL."""
    browser = requests.Session()
    browser.trust_env = False
    page = browser.get(redirect_url, allow_redirects=False, timeout=30)
    expect("Click to Pay opens", page.status_code == 200, page.status_code)
    page = browser.post(link(page, "action", "/accept"), timeout=30)
    back = browser.get(link(page, "href", "/return"), allow_redirects=False, timeout=30).headers["Location"]
    callback = urllib.parse.urlsplit(back)
    return api.request("GET", f"{callback.path}?{callback.query}"), callback


def link(page, attribute, ending):
    found = [value for value in re.findall(rf' {attribute}="([^"]*)"', page.text) if value.endswith(ending)]
    expect(f"the page has {ending}", found)
    return urllib.parse.urljoin(page.url, found[0].replace("&amp;", "&"))
