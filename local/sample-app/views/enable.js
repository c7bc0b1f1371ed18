// Choose where to use a card, agree, and continue there.

import { accountHolder } from "../account-holder.js";
import { serverTime } from "../api.js";
import { picture } from "../card.js";
import { el, logo } from "../dom.js";
import { pendingRequest } from "../pending-request.js";
import { platform } from "../platform.js";
import { list, locale, month, richText, text } from "../texts.js";
import { busy, progress } from "../waiting.js";

const TERMS = "2026-01";

// With `restarted`, a new attempt of that enrollment, with its card and token requestor, and a new consent.
export async function enable(page, cardContractId, tokenRequestorId, restarted) {
  const before = restarted && (await page.api.enrollment(restarted));
  const card = page.bank.cards.find((own) => own.cardContractId === (before ?? { cardContractId }).cardContractId);
  if (!card) return page.go("#/cards");
  const available = await page.api.tokenRequestors(platform(), card.accountRange);
  const requestors = before ? available.filter((one) => one.tokenRequestorId === before.tokenRequestorId) : available;
  const back = el("a", { class: "button", href: "#/cards" }, text("cards.back"));
  if (requestors.length === 0) return page.render(text("enable.title"), el("p", { class: "lead" }, text("enable.none")), picture(card), el("p", { class: "actions" }, back));

  let chosen = requestors.find((one) => one.tokenRequestorId === tokenRequestorId) ?? requestors[0];
  const consent = el("input", { type: "checkbox", id: "consent", required: true, "aria-describedby": "missing" });
  const [consentText, sent, status] = [el("span"), el("p"), progress()];
  const missing = el("p", { id: "missing", class: "problem", hidden: true }, text("enable.missing"));
  const button = el("button", { class: "button primary", type: "submit" });
  const updateTexts = () => {
    const requestor = chosen.displayName;
    const details = ["card", ...Object.keys(accountHolder(page.bank.person, chosen))];
    sent.textContent = `${text("enable.sent", { requestor })} ${list(details.map((name) => text(`enable.sent.${name}`)))}.`;
    consentText.textContent = text("enable.consent", { requestor });
    button.textContent = text("enable.go", { requestor });
  };
  updateTexts();
  const choose = (requestor) => {
    chosen = requestor;
    consent.checked = false;
    updateTexts();
  };
  const choice = (requestor) =>
    el("label", { class: "row choice" },
      el("input", { type: "radio", name: "requestor", value: requestor.tokenRequestorId, checked: requestor === chosen, onchange: () => choose(requestor) }),
      logo(requestor),
      el("span", { class: "grow" }, requestor.displayName));

  const submit = async (event) => {
    event.preventDefault();
    missing.hidden = consent.checked;
    if (!consent.checked) return consent.focus();
    await busy(page, button, status, { requestor: chosen.displayName }, () => send(page, card, chosen, restarted));
  };
  page.render(text("enable.title"),
    el("div", { class: "enable" }, picture(card),
      el("form", { novalidate: true, onsubmit: submit },
        el("fieldset", {}, el("legend", {}, text("enable.where")), el("div", { class: "rows" }, requestors.map(choice))),
        sent,
        el("details", { class: "terms" }, el("summary", {}, text("enable.terms", { version: month(TERMS) })), ["terms.1", "terms.2", "terms.3"].map((key) => el("p", {}, richText(key)))),
        el("label", { class: "consent", for: "consent" }, consent, consentText), missing,
        el("p", { class: "actions" }, button, back), status)));
}

async function send(page, card, requestor, restarted) {
  const { cardContractId } = card;
  const { tokenRequestorId } = requestor;
  const consent = { termsVersion: TERMS, acceptedAt: serverTime().toISOString() };
  const attempt = { platform: platform(), callback: "web-bank", locale: locale(), accountHolder: accountHolder(page.bank.person, requestor), consent };
  const newBody = restarted ? attempt : { cardContractId, tokenRequestorId, ...attempt };
  const { key, body, repeated, forget } = pendingRequest(restarted ?? "new", cardContractId, tokenRequestorId, newBody);
  try {
    const response = restarted ? await page.api.restart(restarted, key, body) : await page.api.enroll(key, body);
    // A repeated request gets the first response, so the enrollment's current status is read.
    const { status, redirectUrl, enrollmentId } = repeated ? await page.api.enrollment(response.enrollmentId) : response;
    // Whoever left the page, or logged out, is not led away. The stored request gets the same answer later.
    if (page.signal.aborted) return;
    // Step 13.
    if (status === "READY" && redirectUrl) location.assign(redirectUrl);
    else page.go(`#/enrollment/${enrollmentId}`);
  } catch (problem) {
    if (!problem.retryable && !problem.needsStepUp) forget();
    page.fail(problem, () => send(page, card, requestor, restarted), { values: { requestor: requestor.displayName } });
  }
}
