// A problem of the API, with the cardholder's next step.

import { Api } from "../api.js";
import { logIn } from "../bank.js";
import { el } from "../dom.js";
import { mark } from "../mark.js";
import { problemOutcome } from "../outcome.js";
import { richText, text } from "../texts.js";
import { isWaiting, progress, wait } from "../waiting.js";

export function problemView(page, problem, retry, requestor) {
  const { keys, next } = problemOutcome(problem);
  if (next === "authenticate") return stepUp(page, problem, keys, retry, requestor);
  const act = { follow: () => page.go(`#/enrollment/${problem.enrollmentId}`), retry, back: () => page.go("#/cards") }[next];
  const label = next === "back" ? "cards.back" : `next.${next}`;
  page.render(
    text(keys.map((key) => `${key}.title`)),
    mark(next === "back" ? "call" : "again"),
    el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`), { requestId: problem.requestId ?? "–" })),
    el("p", { class: "actions" }, el("button", { class: "button primary", onclick: act }, text(label))),
  );
}

// Step-up (RFC 9470): the login is confirmed with what the problem names. Then the request is sent again, with the same key
// and the new token.
function stepUp(page, problem, keys, retry, requestor) {
  const [button, status] = [el("button", { class: "button primary" }, text("stepUp.confirm")), progress()];
  const confirm = async () => {
    if (isWaiting(button)) return;
    page.signal.addEventListener("abort", wait(button, status, { requestor: requestor?.displayName }));
    page.bank = await logIn(page.bank.clientId, problem.authentication);
    page.api = new Api(page.bank.accessToken);
    await retry();
  };
  button.addEventListener("click", confirm);
  page.render(
    text(keys.map((key) => `${key}.title`)),
    mark("person"),
    el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`))),
    el("p", { class: "notice" }, text("stepUp.sample")),
    el("p", { class: "actions" }, button, el("a", { class: "button", href: "#/cards" }, text("cards.back"))),
    status,
  );
}
