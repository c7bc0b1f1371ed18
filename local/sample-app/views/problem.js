// A problem of the API, with the cardholder's next step.

import { Api } from "../api.js";
import { logIn } from "../bank.js";
import { el } from "../dom.js";
import { mark } from "../mark.js";
import { problemOutcome } from "../outcome.js";
import { richText, text } from "../texts.js";
import { busy, progress } from "../waiting.js";

// `context` has the `values` of the texts while a card is being sent, and `back`: address and label's key of the way back.
export function problemView(page, problem, retry, { values, back = ["#/cards", "cards.back"] } = {}) {
  const { keys, next } = problemOutcome(problem);
  const [address, label] = back;
  const status = progress();
  const primary = (key, act) => el("button", { class: "button primary", onclick: (event) => busy(page, event.currentTarget, status, values, act) }, text(key));
  const goBack = (primary) => el("button", { class: primary ? "button primary" : "button", onclick: () => page.go(address) }, text(label));
  const button = {
    authenticate: () => primary("stepUp.confirm", () => stepUp(page, problem, retry)),
    follow: () => primary("next.follow", () => page.go(`#/enrollment/${problem.enrollmentId}`)),
    retry: () => primary("next.retry", retry),
    // The page with the consent is the one that the problem has replaced.
    agree: () => el("button", { class: "button primary", onclick: () => page.go(location.hash) }, text("next.agree")),
    back: () => goBack(true),
  }[next]();
  page.render(
    text(keys.map((key) => `${key}.title`)),
    mark({ authenticate: "person", back: "call" }[next] ?? "again"),
    el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`), { requestId: problem.requestId ?? "–" })),
    next === "authenticate" && el("p", { class: "notice" }, text("stepUp.sample")),
    el("p", { class: "actions" }, button, next !== "back" && goBack(false)),
    status,
  );
}

// Step-up (RFC 9470): the login is confirmed with what the problem names. Then the request is sent again, with the same key
// and the new token.
async function stepUp(page, problem, retry) {
  page.bank = await logIn(page.bank.clientId, problem.authentication);
  page.api = new Api(page.bank.accessToken);
  await retry();
}
