// The public API as an app calls it: infra/openapi.yaml is its contract. Nothing in here is about the sample; copy it.

// The longest that the server works on an answer is 28 seconds.
const PATIENCE = 30_000;

// A problem document (RFC 9457). Branch on `code` and `retryable`, never on the sentences.
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.code);
    this.status = status;
    this.code = body.code;
    this.retryable = body.retryable ?? false;
    this.enrollmentId = body.enrollmentId;
    this.requestId = body.requestId;
    this.retryAfter = retryAfter;
  }
}

export class Api {
  constructor(token) {
    this.token = token;
  }

  // Step 5: whom a card can be pushed to from here, best first.
  async tokenRequestors(platform, accountRange) {
    const range = accountRange ? `&accountRange=${accountRange}` : "";
    return (await this.ask("GET", `/token-requestors?platform=${platform}${range}`)).tokenRequestors;
  }

  // The state of each card at one token requestor. Cards are `{ cardContractId, accountRange? }`.
  async cards(cards, tokenRequestorId) {
    const query = new URLSearchParams();
    for (const { cardContractId, accountRange } of cards) {
      query.append("cardContractId", accountRange ? `${cardContractId}:${accountRange}` : cardContractId);
    }
    if (tokenRequestorId) query.append("tokenRequestorId", tokenRequestorId);
    return (await this.ask("GET", `/cards?${query}`)).cards;
  }

  // Steps 6 to 12. The same key and wish may be sent as often as need be: the card is pushed once.
  enroll(key, wish) {
    return this.askUntilDone("/enrollments", key, wish);
  }

  // The same once more, for an enrollment that is READY or EXPIRED.
  restart(enrollmentId, key, wish) {
    return this.askUntilDone(`/enrollments/${encodeURIComponent(enrollmentId)}/attempts`, key, wish);
  }

  enrollment(enrollmentId) {
    return this.ask("GET", `/enrollments/${encodeURIComponent(enrollmentId)}`);
  }

  // After step 25: asks with growing pauses until nothing more will be found out, or `signal` says stop.
  async follow(enrollmentId, { tell, signal }) {
    for (let pause = 500; !signal.aborted; pause = Math.min(pause * 1.5, 10_000)) {
      try {
        const enrollment = await this.enrollment(enrollmentId);
        if (signal.aborted) return;
        tell(enrollment);
        if (enrollment.final) return;
      } catch (problem) {
        if (!problem.retryable) throw problem;
      }
      await sleep(pause);
    }
  }

  // While a first request with this key still runs, the server says when to come back.
  async askUntilDone(path, key, wish) {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.ask("POST", path, { key, body: wish });
      } catch (problem) {
        if (problem.code !== "request_in_progress" || tries === 5) throw problem;
        await sleep((problem.retryAfter ?? 1) * 1000);
      }
    }
  }

  async ask(method, path, { key, body } = {}) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (key) headers["Idempotency-Key"] = key;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      response = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
    } catch {
      throw new Problem(0, { code: "unreachable", retryable: true });
    }
    if (response.ok) return response.json();
    throw await problem(response);
  }
}

// API Gateway refuses in its own words, without a code.
async function problem(response) {
  const codes = { 401: "unauthenticated", 404: "not_found", 429: "too_many_requests", 503: "unavailable" };
  const body = await response.json().catch(() => ({}));
  const code = body.code ?? codes[response.status] ?? "internal_error";
  const retryable = body.retryable ?? [429, 503].includes(response.status);
  return new Problem(response.status, { ...body, code, retryable }, Number(response.headers.get("Retry-After")) || undefined);
}

const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
