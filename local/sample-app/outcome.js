// From an enrolment to what the cardholder is told, and what they can do next. Nothing in here is about the sample.

// What can be done next: `wait`, `continue` at the token requestor, begin `again` the same enrolment, try a `new` one,
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

// The same for a problem of the API: `enrollmentId` names the enrolment to follow instead.
export function trouble({ code, retryable, enrollmentId }) {
  const next = enrollmentId && code !== "already_enabled" ? "follow" : retryable ? "retry" : "back";
  return { keys: [`error.${code}`, "error.internal_error"], next };
}
