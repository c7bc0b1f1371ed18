// From an enrollment to what the cardholder is told, and what they can do next. Nothing in here is about the sample.

// What can be done next: `wait`, `continue` at the token requestor, begin `again` the same enrollment, try a `new` one,
// `call` the bank, or nothing more than `done`.
const NEXT = {
  PENDING: "wait",
  READY: "continue",
  AUTHORIZED: "wait",
  ENABLED: "done",
  SUSPENDED: "call",
  DEACTIVATED: "new",
  DECLINED: "call",
  CANCELLED: "new",
  EXPIRED: "again",
};

// The key of the text, its fallback, and the next step. A status or reason of the future falls back.
export function outcome({ status, reason, retryable, final, redirectUrl }) {
  let next = NEXT[status] ?? (retryable ? "new" : "call");
  if (next === "continue" && !redirectUrl) next = "wait";
  if (next === "wait" && final) next = "call";
  return { keys: [`status.${status}.${reason}`, `status.${status}`, "status.unknown"], next };
}

// Problems that say nothing of how it ends: the enrollment that they name does.
const UNDECIDED = ["enrollment_in_progress", "enrollment_not_restartable", "push_outcome_unknown"];

// The same for a problem of the API: `follow` the enrollment that it names, `retry` with the same key, or go `back`.
export function trouble({ code, retryable, enrollmentId }) {
  const next = enrollmentId && UNDECIDED.includes(code) ? "follow" : retryable ? "retry" : "back";
  return { keys: [`error.${code}`, "error.internal_error"], next };
}
