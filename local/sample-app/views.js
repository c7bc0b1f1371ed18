// The four views: log in, the cards, enable one, follow it.

import { cardholders, logIn } from "./bank.js";
import { el, logo } from "./dom.js";
import { outcome } from "./outcome.js";
import { forgetRequests, pendingRequest } from "./pending-request.js";
import { has, text, time } from "./texts.js";

const PLATFORM = "web";
const TERMS = "2026-01";

export async function login(page) {
  const people = await cardholders();
  const enter = (clientId) => async () => page.go((await logIn(clientId)) && (location.hash || "#/cards"));
  const person = ({ clientId, name, cards }) =>
    el("li", {}, el("button", { class: "row", onclick: enter(clientId) },
      el("span", { class: "logo letter", "aria-hidden": "true" }, name[0]),
      el("span", { class: "grow" }, el("strong", {}, name), el("small", {}, text("login.cards", { count: cards })))));
  page.render(text("login.title"), el("p", { class: "lead" }, text("login.text")), el("ul", { class: "rows narrow" }, people.map(person)));
}

export async function cards(page) {
  const own = page.bank.cards;
  if (own.length === 0) return page.render(text("cards.title"), el("p", { class: "lead" }, text("cards.none")));
  const states = await page.api.cards(own);
  const item = (card, { state, reason, enrollmentId }) => {
    const to = { eligible: [`#/enable/${card.cardContractId}`, "cards.enable"], in_progress: [`#/enrollment/${enrollmentId}`, "cards.follow"] }[state];
    return el("li", { class: "owned" },
      picture(card),
      el("div", {},
        el("h2", {}, cardName(card)),
        el("p", { class: `state ${state}` }, text([`card.${state}.${reason}`, `card.${state}`])),
        to && el("a", { class: "button", href: to[0], "aria-label": `${text(to[1])}: ${cardName(card)}` }, text(to[1]))));
  };
  page.render(text("cards.title"),
    el("p", { class: "lead" }, text("cards.text")),
    el("ul", { class: "wallet" }, own.map((card, at) => item(card, states[at]))));
}

// With `restarted`, a new attempt of that enrollment, with its card and token requestor, and a new consent.
export async function enable(page, cardContractId, restarted) {
  const before = restarted && (await page.api.enrollment(restarted));
  const card = page.bank.cards.find((own) => own.cardContractId === (before ?? { cardContractId }).cardContractId);
  if (!card) return page.go("#/cards");
  const available = await page.api.tokenRequestors(PLATFORM, card.accountRange);
  const requestors = before ? available.filter((one) => one.tokenRequestorId === before.tokenRequestorId) : available;
  if (requestors.length === 0) return page.render(text("enable.title"), el("p", { class: "lead" }, text("enable.none")), picture(card), el("p", { class: "actions" }, back()));

  let chosen = requestors[0];
  const consent = el("input", { type: "checkbox", id: "consent", required: true, "aria-describedby": "missing" });
  const consentText = el("span");
  const missing = el("p", { id: "missing", class: "problem", hidden: true }, text("enable.missing"));
  const button = el("button", { class: "primary", type: "submit" });
  const updateTexts = () => {
    consentText.textContent = text("enable.consent", { requestor: chosen.displayName });
    button.textContent = text("enable.go", { requestor: chosen.displayName });
  };
  updateTexts();
  const choice = (requestor, at) =>
    el("label", { class: "row choice" },
      el("input", { type: "radio", name: "requestor", checked: at === 0, onchange: () => { chosen = requestor; consent.checked = false; updateTexts(); } }),
      logo(requestor),
      el("span", { class: "grow" }, requestor.displayName));

  const submit = async (event) => {
    event.preventDefault();
    missing.hidden = consent.checked;
    if (!consent.checked) return consent.focus();
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    page.announce(text("enable.going", { requestor: chosen.displayName }));
    await send(page, card, chosen, restarted);
  };
  page.render(text("enable.title"),
    el("div", { class: "enable" }, picture(card),
      el("form", { novalidate: true, onsubmit: submit },
        el("fieldset", {}, el("legend", {}, text("enable.where")), requestors.map(choice)),
        el("label", { class: "consent", for: "consent" }, consent, consentText), missing,
        el("p", { class: "actions" }, button, back()))));
}

async function send(page, card, requestor, restarted) {
  const { cardContractId } = card;
  const { tokenRequestorId } = requestor;
  const consent = { termsVersion: TERMS, acceptedAt: new Date().toISOString() };
  const attempt = { platform: PLATFORM, callback: "web-bank", consent };
  const newBody = restarted ? attempt : { cardContractId, tokenRequestorId, ...attempt };
  const { key, body, repeated, forget } = pendingRequest(restarted ?? "new", cardContractId, tokenRequestorId, newBody);
  try {
    const response = restarted ? await page.api.restart(restarted, key, body) : await page.api.enroll(key, body);
    // A repeated request gets the first response, so the enrollment's current status is read.
    const { status, redirectUrl, enrollmentId } = repeated ? await page.api.enrollment(response.enrollmentId) : response;
    // Step 13.
    if (status === "READY" && redirectUrl) location.assign(redirectUrl);
    else page.go(`#/enrollment/${enrollmentId}`);
  } catch (problem) {
    if (!problem.retryable && !problem.needsStepUp) forget();
    page.fail(problem, () => send(page, card, requestor, restarted));
  }
}

export async function follow(page, enrollmentId) {
  const requestors = await page.api.tokenRequestors(PLATFORM);
  const timeline = el("ol");
  let shown;
  const onUpdate = (enrollment) => {
    const requestor = requestors.find((one) => one.tokenRequestorId === enrollment.tokenRequestorId)
      ?? { displayName: enrollment.tokenRequestorId, logos: [] };
    const { keys, next } = outcome(enrollment);
    // The attempt is over: another one has a key of its own.
    if (enrollment.final || next === "again") forgetRequests(enrollment);
    timeline.replaceChildren(...enrollment.timeline.map((event) => timelineEntry(event, requestor)));
    const current = JSON.stringify([keys, next]);
    if (current === shown) return;
    shown = current;
    const part = (name) => text(keys.map((key) => `${key}.${name}`), { requestor: requestor.displayName });
    const card = page.bank.cards.find((own) => own.cardContractId === enrollment.cardContractId);
    page.render(part("title"),
      el("p", { class: "journey", "aria-hidden": "true" }, card && picture(card), el("span", { class: `link ${enrollment.status}` }), logo(requestor)),
      el("p", { class: "lead" }, part("text")),
      el("p", { class: "actions" }, action(next, enrollment, requestor), back()),
      el("details", { class: "timeline", open: true }, el("summary", {}, text("follow.since")), timeline));
  };
  await page.api.follow(enrollmentId, { onUpdate, signal: page.signal });
}

function action(next, { enrollmentId, cardContractId, redirectUrl }, requestor) {
  const to = { continue: redirectUrl, again: `#/again/${enrollmentId}`, new: `#/enable/${cardContractId}`, call: "tel:+448000000000" }[next];
  return to && el("a", { class: "button primary", href: to }, text(`next.${next}`, { requestor: requestor.displayName }));
}

function timelineEntry({ at, event }, requestor) {
  const label = has(`event.${event}`) ? text(`event.${event}`, { requestor: requestor.displayName }) : event;
  return el("li", {}, el("time", { datetime: at }, time(at)), " ", label);
}

const back = () => el("a", { class: "button", href: "#/cards" }, text("cards.back"));

const cardName = (card) => text("cards.ending", { product: text(`cards.${card.product}`), lastFour: card.lastFour });

// Hidden from screen readers: the same details are shown as text.
function picture(card) {
  return el("span", { class: `card ${card.product} no${Number(card.cardContractId) % 4}`, "aria-hidden": "true" },
    el("span", { class: "chip" }),
    el("span", { class: "number" }, `•••• ${card.lastFour}`),
    el("span", { class: "name" }, card.holder),
    el("span", { class: "expiry" }, card.expiry));
}
