// The cardholder's cards, each with its state at the first token requestor, Click to Pay.

import { Problem } from "../api.js";
import { cardName, picture, sampleNote } from "../card.js";
import { el } from "../dom.js";
import { problemOutcome } from "../outcome.js";
import { nextStep } from "../places.js";
import { platform } from "../platform.js";
import { text } from "../texts.js";

export async function cards(page) {
  const own = page.bank.cards;
  if (own.length === 0) return page.render(text("cards.title"), el("p", { class: "lead" }, text("cards.none")));
  let problem;
  const [states, requestors] = await Promise.all([page.api.cards(own).catch(unknownStates), page.api.tokenRequestors(platform())]);
  // The cards are the bank's own: they are shown even if Mastercard does not say where they are enabled.
  function unknownStates(error) {
    if (!(error instanceof Problem) || error.status === 401) throw error;
    problem = error;
    return own.map(() => ({ state: "unknown" }));
  }
  const nameOf = (id) => requestors.find(({ tokenRequestorId }) => tokenRequestorId === id)?.displayName ?? id;
  page.render(text("cards.title"),
    el("p", { class: "lead" }, text("cards.text")),
    problem && notice(page, problem),
    el("ul", { class: "rows wallet" }, own.map((card, at) => row(card, states[at], nameOf(states[at].tokenRequestorId)))));
}

function notice(page, problem) {
  const title = text(problemOutcome(problem).keys.map((key) => `${key}.title`));
  return el("div", { class: "notice", role: "status" }, el("p", {}, title), el("p", { class: "actions" }, el("button", { class: "button", onclick: () => page.go("#/cards") }, text("next.retry"))));
}

function row(card, place, requestor) {
  const own = `#/card/${card.cardContractId}`;
  const [href, label] = nextStep(place) ?? [own, "cards.manage"];
  return el("li", { class: "row owned" },
    picture(card),
    el("span", { class: "grow" },
      el("a", { class: "cover", href: own },
        el("span", { "aria-hidden": "true" }, text(`cards.${card.product}`), " ", el("span", { class: "number" }, `•• ${card.lastFour}`)),
        el("span", { class: "hidden" }, cardName(card))),
      el("small", { class: `state ${place.state}` }, text([`card.${place.state}.${place.reason}`, `card.${place.state}`, "cards.unknown"], { requestor })),
      sampleNote(card)),
    !["not_eligible", "unknown"].includes(place.state) && el("a", { class: "button", href, "aria-label": `${text(label)}: ${cardName(card)}` }, text(label)));
}
