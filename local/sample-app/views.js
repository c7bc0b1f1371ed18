// The four views: log in, the cards, enable one, follow it.

import { cardholders, logIn } from "./bank.js";
import { el, logo } from "./dom.js";
import { fulfilled, intention } from "./intention.js";
import { outcome } from "./outcome.js";
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
  page.put(text("login.title"), el("p", { class: "lead" }, text("login.text")), el("ul", { class: "rows narrow" }, people.map(person)));
}

export async function cards(page) {
  const own = page.bank.cards;
  if (own.length === 0) return page.put(text("cards.title"), el("p", { class: "lead" }, text("cards.none")));
  const states = await page.api.cards(own);
  const item = (card, { state, reason, enrollmentId }) => {
    const to = { eligible: [`#/enable/${card.cardContractId}`, "cards.enable"], in_progress: [`#/enrollment/${enrollmentId}`, "cards.follow"] }[state];
    return el("li", { class: "owned" },
      picture(card),
      el("div", {},
        el("h2", {}, naming(card)),
        el("p", { class: `state ${state}` }, text([`card.${state}.${reason}`, `card.${state}`])),
        to && el("a", { class: "button", href: to[0], "aria-label": `${text(to[1])}: ${naming(card)}` }, text(to[1]))));
  };
  page.put(text("cards.title"),
    el("p", { class: "lead" }, text("cards.text")),
    el("ul", { class: "wallet" }, own.map((card, at) => item(card, states[at]))));
}

// With `restarted`, the same enrollment once more: its card and requestor stay, consent is asked for again.
export async function enable(page, cardContractId, restarted) {
  const before = restarted && (await page.api.enrollment(restarted));
  const card = page.bank.cards.find((own) => own.cardContractId === (before ?? { cardContractId }).cardContractId);
  if (!card) return page.go("#/cards");
  const offered = await page.api.tokenRequestors(PLATFORM, card.accountRange);
  const requestors = before ? offered.filter((one) => one.tokenRequestorId === before.tokenRequestorId) : offered;
  if (requestors.length === 0) return page.put(text("enable.title"), el("p", { class: "lead" }, text("enable.none")), picture(card), el("p", { class: "actions" }, back()));

  let chosen = requestors[0];
  const consent = el("input", { type: "checkbox", id: "consent", required: true, "aria-describedby": "missing" });
  const words = el("span");
  const missing = el("p", { id: "missing", class: "problem", hidden: true }, text("enable.missing"));
  const button = el("button", { class: "primary", type: "submit" });
  const naming = () => {
    words.textContent = text("enable.consent", { requestor: chosen.displayName });
    button.textContent = text("enable.go", { requestor: chosen.displayName });
  };
  naming();
  const choice = (requestor, at) =>
    el("label", { class: "row choice" },
      el("input", { type: "radio", name: "requestor", checked: at === 0, onchange: () => { chosen = requestor; consent.checked = false; naming(); } }),
      logo(requestor),
      el("span", { class: "grow" }, requestor.displayName));

  const submit = async (event) => {
    event.preventDefault();
    missing.hidden = consent.checked;
    if (!consent.checked) return consent.focus();
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    page.say(text("enable.going", { requestor: chosen.displayName }));
    await send(page, card, chosen, restarted);
  };
  page.put(text("enable.title"),
    el("div", { class: "enable" }, picture(card),
      el("form", { novalidate: true, onsubmit: submit },
        el("fieldset", {}, el("legend", {}, text("enable.where")), requestors.map(choice)),
        el("label", { class: "consent", for: "consent" }, consent, words), missing,
        el("p", { class: "actions" }, button, back()))));
}

async function send(page, card, requestor, restarted) {
  const { cardContractId } = card;
  const { tokenRequestorId } = requestor;
  const consent = { termsVersion: TERMS, acceptedAt: new Date().toISOString() };
  const manner = { platform: PLATFORM, callback: "web-bank", consent };
  const wish = restarted ? manner : { cardContractId, tokenRequestorId, ...manner };
  const { key, wish: same, repeated, forget } = intention(restarted ?? "new", cardContractId, tokenRequestorId, wish);
  try {
    const answer = restarted ? await page.api.restart(restarted, key, same) : await page.api.enroll(key, same);
    // A repeated request is answered as the first one was, though the cardholder may have been there meanwhile.
    const { status, redirectUrl, enrollmentId } = repeated ? await page.api.enrollment(answer.enrollmentId) : answer;
    // Step 13.
    if (status === "READY" && redirectUrl) location.assign(redirectUrl);
    else page.go(`#/enrollment/${enrollmentId}`);
  } catch (problem) {
    if (!problem.retryable) forget();
    page.fail(problem, () => send(page, card, requestor, restarted));
  }
}

export async function follow(page, enrollmentId) {
  const requestors = await page.api.tokenRequestors(PLATFORM);
  const story = el("ol");
  let told;
  const tell = (enrollment) => {
    const requestor = requestors.find((one) => one.tokenRequestorId === enrollment.tokenRequestorId)
      ?? { displayName: enrollment.tokenRequestorId, logos: [] };
    const { keys, next } = outcome(enrollment);
    if (enrollment.final) fulfilled(enrollment);
    story.replaceChildren(...enrollment.timeline.map((event) => happened(event, requestor)));
    const now = JSON.stringify([keys, next]);
    if (now === told) return;
    told = now;
    const say = (part) => text(keys.map((key) => `${key}.${part}`), { requestor: requestor.displayName });
    const card = page.bank.cards.find((own) => own.cardContractId === enrollment.cardContractId);
    page.put(say("title"),
      el("p", { class: "journey", "aria-hidden": "true" }, card && picture(card), el("span", { class: `link ${enrollment.status}` }), logo(requestor)),
      el("p", { class: "lead" }, say("text")),
      el("p", { class: "actions" }, action(next, enrollment, requestor), back()),
      el("details", { class: "story", open: true }, el("summary", {}, text("follow.since")), story));
  };
  await page.api.follow(enrollmentId, { tell, signal: page.signal });
}

function action(next, { enrollmentId, cardContractId, redirectUrl }, requestor) {
  const to = { continue: redirectUrl, again: `#/again/${enrollmentId}`, new: `#/enable/${cardContractId}`, call: "tel:+448000000000" }[next];
  return to && el("a", { class: "button primary", href: to }, text(`next.${next}`, { requestor: requestor.displayName }));
}

function happened({ at, event }, requestor) {
  const words = has(`event.${event}`) ? text(`event.${event}`, { requestor: requestor.displayName }) : event;
  return el("li", {}, el("time", { datetime: at }, time(at)), " ", words);
}

const back = () => el("a", { class: "button", href: "#/cards" }, text("cards.back"));

const naming = (card) => text("cards.ending", { product: text(`cards.${card.product}`), lastFour: card.lastFour });

// A drawing: what it says is said in words beside it.
function picture(card) {
  return el("span", { class: `card ${card.product} no${Number(card.cardContractId) % 4}`, "aria-hidden": "true" },
    el("span", { class: "chip" }),
    el("span", { class: "number" }, `•••• ${card.lastFour}`),
    el("span", { class: "name" }, card.holder),
    el("span", { class: "expiry" }, card.expiry));
}
