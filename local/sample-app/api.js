// A client of the public API; infra/openapi.yaml describes it. Nothing here is specific to the sample: copy it.

// Milliseconds. The server responds within 28 seconds.
const TIMEOUT = 30_000;
// Milliseconds. The pause between two requests for the status, if the response does not say.
const DEFAULT_PAUSE = 5_000;
// Milliseconds. How long `cardsAsOf` saves a call to Mastercard.
const CARDS_MAX_AGE = 60_000;
// How often a request is sent again without asking the cardholder, by the code of its problem.
const REPETITIONS = { request_in_progress: 5, service_unavailable: 5, too_many_requests: 5, internal_error: 1 };
// Seconds. Instead of a longer pause the cardholder is asked.
const LONGEST_PAUSE = 5;

// Milliseconds from this page's running time to the server's time, by the latest time that the server wrote. A cached response has
// an earlier one.
let serverAhead = -Infinity;

// The server's time, for the consent. The clock of the device may be wrong; it counts only before the first response. A page of another
// origin than the API cannot read `Date`: it has the time of `GET /cards`.
export function serverTime() {
  return new Date(Number.isFinite(serverAhead) ? performance.now() + serverAhead : Date.now());
}

function noteServerTime(time) {
  const ahead = Date.parse(time) - performance.now();
  if (ahead > serverAhead) serverAhead = ahead;
}

// A problem document (RFC 9457). Branch on `code` and `retryable`, never on the texts.
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.code);
    this.status = status;
    this.code = body.code;
    this.retryable = body.retryable ?? false;
    this.enrollmentId = body.enrollmentId;
    this.requestId = body.requestId;
    this.authentication = body.authentication;
    // What is wrong with a request that is `invalid_request`.
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  // The bank requires a stronger or a more recent login (RFC 9470). `authentication` has what to request from it.
  get needsStepUp() {
    return this.code === "insufficient_user_authentication";
  }
}

export class Api {
  constructor(token) {
    this.token = token;
  }

  // Step 5: the token requestors that a card can be pushed to, in the order to show them.
  async tokenRequestors(platform, accountRange) {
    const range = accountRange ? `&accountRange=${accountRange}` : "";
    return (await this.send("GET", `/token-requestors?platform=${platform}${range}`)).tokenRequestors;
  }

  // The state of each card at one token requestor. Cards are `{ cardContractId, accountRange? }`.
  async cards(cards, tokenRequestorId) {
    const query = new URLSearchParams();
    for (const { cardContractId, accountRange } of cards) {
      query.append("cardContractId", accountRange ? `${cardContractId}:${accountRange}` : cardContractId);
    }
    if (tokenRequestorId) query.append("tokenRequestorId", tokenRequestorId);
    const list = await this.send("GET", `/cards?${query}`);
    this.listed = { cardsAsOf: list.cardsAsOf, at: Date.now() };
    noteServerTime(list.cardsAsOf);
    return list.cards;
  }

  // Steps 6 to 12. Sending the same key and body again is safe: the card is pushed once. Shortly after `cards` it is faster.
  enroll(key, body) {
    const { listed } = this;
    // It does not show what this request does.
    this.listed = undefined;
    // Both times are of this device's clock, which may differ from the server's.
    const isRecent = listed && Date.now() - listed.at <= CARDS_MAX_AGE;
    return this.post("/enrollments", key, isRecent ? { ...body, cardsAsOf: listed.cardsAsOf } : body);
  }

  // A new attempt of an enrollment that is READY, TOKENIZED or EXPIRED.
  restart(enrollmentId, key, body) {
    return this.post(`/enrollments/${encodeURIComponent(enrollmentId)}/attempts`, key, body);
  }

  enrollment(enrollmentId) {
    return this.send("GET", `/enrollments/${encodeURIComponent(enrollmentId)}`);
  }

  // The cardholder's enrollments of one card, newest first, at most twenty.
  async enrollments(cardContractId) {
    return (await this.send("GET", `/enrollments?cardContractId=${encodeURIComponent(cardContractId)}`)).enrollments;
  }

  // Where a card is enabled: its tokens at all token requestors and wallets.
  async tokens(cardContractId) {
    return (await this.send("GET", tokensPath(cardContractId))).tokens;
  }

  // `action` is `suspend`, `resume` or `remove`. `body` is `{ confirm: true }` once the cardholder confirmed a removal; the others
  // have none. Sending the same key again is safe: the token is changed once.
  changeToken(cardContractId, tokenId, action, key, body) {
    return this.post(`${tokensPath(cardContractId)}/${encodeURIComponent(tokenId)}/${action}`, key, body);
  }

  // After step 25: polls as `Retry-After` says until the enrollment is final, or `signal` is aborted.
  async follow(enrollmentId, { onUpdate, signal }) {
    while (!signal.aborted) {
      let pause = DEFAULT_PAUSE;
      try {
        const path = `/enrollments/${encodeURIComponent(enrollmentId)}`;
        const { body: enrollment, retryAfter } = await this.exchange("GET", path);
        if (retryAfter) pause = retryAfter * 1000;
        if (signal.aborted) return;
        onUpdate(enrollment);
        if (enrollment.final) return;
      } catch (problem) {
        if (!problem.retryable) throw problem;
        if (problem.retryAfter) pause = problem.retryAfter * 1000;
      }
      await sleepOrReturn(pause);
    }
  }

  post(path, key, body) {
    return this.send("POST", path, { key, body });
  }

  // Sends a request, and again as long as that may help within seconds. With the same key nothing is done twice.
  async send(method, path, content) {
    for (let repetitions = 0; ; repetitions += 1) {
      try {
        return (await this.exchange(method, path, content)).body;
      } catch (problem) {
        // API Gateway's 429 says no time.
        const pause = problem.retryAfter ?? 2 ** repetitions;
        if (repetitions >= (REPETITIONS[problem.code] ?? 0) || pause > LONGEST_PAUSE) throw problem;
        await sleep(pause * 1000);
      }
    }
  }

  // The response's body, and the seconds of `Retry-After`.
  async exchange(method, path, { key, body } = {}) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (key) headers["Idempotency-Key"] = key;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT);
      response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
      noteServerTime(response.headers.get("Date"));
      if (response.ok) return { body: await response.json(), retryAfter: retryAfter(response) };
    } catch {
      // Also a response whose body was cut off: what the server did is not known.
      throw new Problem(0, { code: "unreachable", retryable: true });
    }
    throw await toProblem(response);
  }
}

const tokensPath = (cardContractId) => `/cards/${encodeURIComponent(cardContractId)}/tokens`;

// Error responses of API Gateway, CloudFront and WAF have no code. After one of 500 and above it is not known whether anything was done.
async function toProblem(response) {
  const { status } = response;
  const body = await response.json().catch(() => ({}));
  const code = body.code ?? codeOf(status, body.message);
  const retryable = body.retryable ?? (status === 429 || status >= 500);
  return new Problem(status, { ...body, code, retryable }, retryAfter(response));
}

function codeOf(status, message) {
  if (status >= 500) return "unavailable";
  // WAF's 403 says nothing about scopes.
  if (status === 403 && message === "Forbidden") return "insufficient_scope";
  return { 401: "unauthenticated", 404: "not_found", 429: "too_many_requests" }[status] ?? "unknown";
}

const retryAfter = (response) => Number(response.headers.get("Retry-After")) || undefined;

// Ends early when the cardholder comes back to the page, and not while it is hidden.
const sleepOrReturn = (milliseconds) => new Promise((resolve) => {
  const end = () => {
    if (document.visibilityState === "hidden") return;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", end);
    resolve();
  };
  const timer = setTimeout(end, milliseconds);
  document.addEventListener("visibilitychange", end);
});

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
