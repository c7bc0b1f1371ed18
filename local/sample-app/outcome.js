// Maps an enrollment or a problem to its text and the cardholder's next step. Nothing here is specific to the sample.

// Next steps: `wait`, `continue` at the token requestor, restart the enrollment (`again`), start a `new` one, `manage` the
// card there, `call` the bank, or `done`.
const NEXT = {
  PENDING: "wait",
  READY: "continue",
  AUTHORIZED: "wait",
  TOKENIZED: "again",
  ENABLED: "done",
  SUSPENDED: "manage",
  DEACTIVATED: "new",
  DECLINED: "call",
  CANCELLED: "new",
  EXPIRED: "again",
};

// The most attempts of one enrollment, with the first one.
const MAX_ATTEMPTS = 5;

// Details of `token_changed` and `token_list_read` in the timeline.
const TOKEN_STATES = ["active", "suspended", "inactive", "deactivated"];

// The text's key with fallbacks, for unknown statuses and reasons too, and the next step. While the enrollment is not
// final, the server still checks it, and only `wait` is safe where nothing else is left to do.
export function outcome({ status, reason, retryable, final, redirectUrl, attempt, timeline = [] }) {
  if (!final && needsAuthentication(status, timeline)) return { keys: ["status.authentication"], next: "wait" };
  if (status === "SUSPENDED" && isInactive(timeline)) return { keys: ["status.authentication_missing"], next: "manage" };
  if (status === "FAILED" && reason === "already_enabled") return { keys: ["status.FAILED.already_enabled"], next: "done" };
  let next = NEXT[status] ?? (retryable ? "new" : final ? "call" : "wait");
  // A redirect takes the login that a restart takes. The restart asks for it, and gets a new redirect.
  if (next === "continue" && !redirectUrl) next = "again";
  if (next === "again" && attempt >= MAX_ATTEMPTS) next = status === "EXPIRED" ? "new" : "wait";
  if (status === "TOKENIZED" && final) next = "call";
  if (next === "wait" && final) next = "call";
  if (next === "done" && !final) next = "wait";
  return { keys: [`status.${status}.${reason}`, `status.${status}`, "status.unknown"], next };
}

// The token is inactive until the token requestor has the cardholder authenticated. Before the server knows of the token, the
// cardholder's return says so; what happened before a restart does not count.
function needsAuthentication(status, timeline) {
  if (status === "SUSPENDED") return isInactive(timeline);
  const last = timeline.findLast(({ event }) => ["cardholder_returned", "restarted"].includes(event));
  return ["PENDING", "TOKENIZED"].includes(status) && last?.detail === "require_additional_authentication";
}

// Whether the token's last known state is inactive; a token that was suspended could be used before.
function isInactive(timeline) {
  return timeline.findLast(({ detail }) => TOKEN_STATES.includes(detail))?.detail === "inactive";
}

// Problems after which the enrollment in `enrollmentId` has the outcome.
const UNDECIDED = ["enrollment_in_progress", "enrollment_not_restartable", "too_many_attempts", "push_outcome_unknown"];

// The request has one fault, the time of the consent: it was stored for too long, or an app took the time of a wrong clock.
const needsConsent = (code, errors) =>
  code === "invalid_request" && errors.length > 0 && errors.every(({ pointer }) => pointer === "#/consent/acceptedAt");

// The same for a problem: `follow` its enrollment, `retry` with the same key, `authenticate` and then retry, `agree` again, or go
// `back`.
export function problemOutcome({ code, retryable, enrollmentId, needsStepUp, errors }) {
  if (needsConsent(code, errors)) return { keys: ["error.invalid_request.consent"], next: "agree" };
  const next = enrollmentId && UNDECIDED.includes(code) ? "follow" : retryable ? "retry" : "back";
  return { keys: [`error.${code}`, "error.unknown"], next: needsStepUp ? "authenticate" : next };
}
