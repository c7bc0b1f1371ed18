"""Enables a card through the client that openapi-python-client generates, and gets three errors. Values that this version of the API
does not have are accepted."""

import datetime
import re
import sys
import time
import uuid

import httpx
from client import AuthenticatedClient
from client.api.catalog import list_cards
from client.api.enrollments import enroll, get_enrollment
from client.models import Consent, Enrollment, EnrollmentRequest, Platform, Problem, ReadyEnrollment

base_url, token = sys.argv[1:]
api = AuthenticatedClient(base_url=base_url, token=token)


def accept_terms(redirect_url):
    """What the cardholder's browser does at the simulator's Click to Pay."""

    def find(page, pattern):
        return httpx.URL(str(page.url)).join(re.search(pattern, page.text).group(1).replace("&amp;", "&"))

    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        accepted = browser.post(find(browser.get(redirect_url), r'action="([^"]*/accept)"'))
        returned = browser.get(find(accepted, r'href="([^"]*/return)"'), follow_redirects=False)
        assert browser.get(returned.headers["location"], follow_redirects=False).status_code == 303


def code(response):
    assert isinstance(response, Problem), response
    return response.code


listed = list_cards.sync(client=api, card_contract_id=["70001", "70002", "70006", "70007"])
card = next(card for card in listed.cards if card.state == "eligible")
consent = Consent(terms_version="2026-01", accepted_at=datetime.datetime.now(datetime.timezone.utc))
request = EnrollmentRequest(
    card_contract_id=card.card_contract_id,
    platform=Platform.IOS,
    callback="mobile-app",
    consent=consent,
    cards_as_of=listed.cards_as_of,
)
key = str(uuid.uuid4())
ready = enroll.sync(client=api, body=request, idempotency_key=key)
assert isinstance(ready, ReadyEnrollment), ready

assert code(enroll.sync(client=api, body=request, idempotency_key=str(uuid.uuid4()))) == "enrollment_in_progress"
request.platform = Platform.ANDROID
assert code(enroll.sync(client=api, body=request, idempotency_key=key)) == "idempotency_key_reused"
assert code(get_enrollment.sync(client=api, enrollment_id=uuid.uuid4())) == "not_found"

accept_terms(ready.redirect_url)
while not (response := get_enrollment.sync_detailed(client=api, enrollment_id=ready.enrollment_id)).parsed.final:
    time.sleep(int(response.headers.get("Retry-After", 5)))
enrollment = response.parsed
assert enrollment.status == "ENABLED", enrollment.status

later = enrollment.to_dict() | {"status": "PAUSED", "aFieldOfALaterVersion": 1}
assert Enrollment.from_dict(later).status == "PAUSED"
print("Python: ENABLED, and three errors")
