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
  const label = next === "back" ? "cards.back" : `next.${next}`;
  const [button, status] = [el("button", { class: "button primary" }, text(label)), progress()];
  const sendAgain = () => busy(page, button, status, requestor, retry);
  const act = { follow: () => page.go(`#/enrollment/${problem.enrollmentId}`), retry: sendAgain, back: () => page.go("#/cards") }[next];
  button.addEventListener("click", act);
  page.render(
    text(keys.map((key) => `${key}.title`)),
    mark(next === "back" ? "call" : "again"),
    el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`), { requestId: problem.requestId ?? "–" })),
    el("p", { class: "actions" }, button),
    status,
  );
}

// Runs `act` once, while the button shows that it runs.
async function busy(page, button, status, requestor, act) {
  if (isWaiting(button)) return;
  const end = wait(button, status, requestor && { requestor: requestor.displayName });
  page.signal.addEventListener("abort", end);
  try {
    await act();
  } catch (error) {
    end();
    throw error;
  }
}

// Step-up (RFC 9470): the login is confirmed with what the problem names. Then the request is sent again, with the same key
// and the new token.
function stepUp(page, problem, keys, retry, requestor) {
  const [button, status] = [el("button", { class: "button primary" }, text("stepUp.confirm")), progress()];
  const confirm = async () => {
    page.bank = await logIn(page.bank.clientId, problem.authentication);
    page.api = new Api(page.bank.accessToken);
    await retry();
  };
  button.addEventListener("click", () => busy(page, button, status, requestor, confirm));
  page.render(
    text(keys.map((key) => `${key}.title`)),
    mark("person"),
    el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`))),
    el("p", { class: "notice" }, text("stepUp.sample")),
    el("p", { class: "actions" }, button, el("a", { class: "button", href: "#/cards" }, text("cards.back"))),
    status,
  );
}
