// The cardholder's cards, each with its state at the first token requestor, Click to Pay.

import { cardName, picture, sampleNote } from "../card.js";
import { el } from "../dom.js";
import { nextStep } from "../places.js";
import { text } from "../texts.js";

export async function cards(page) {
  const own = page.bank.cards;
  if (own.length === 0) return page.render(text("cards.title"), el("p", { class: "lead" }, text("cards.none")));
  const [states, requestors] = await Promise.all([page.api.cards(own), page.api.tokenRequestors("web")]);
  const nameOf = (id) => requestors.find(({ tokenRequestorId }) => tokenRequestorId === id)?.displayName ?? id;
  page.render(text("cards.title"),
    el("p", { class: "lead" }, text("cards.text")),
    el("ul", { class: "rows wallet" }, own.map((card, at) => row(card, states[at], nameOf(states[at].tokenRequestorId)))));
}

function row(card, place, requestor) {
  const own = `#/card/${card.cardContractId}`;
  const [href, label] = nextStep(place) ?? [own, "cards.manage"];
  return el("li", { class: "row owned" },
    picture(card),
    el("span", { class: "grow" },
      el("a", { class: "cover", href: own },
        el("span", { "aria-hidden": "true" }, text(`cards.${card.product}`), " ", el("span", { class: "number" }, `•••• ${card.lastFour}`)),
        el("span", { class: "hidden" }, cardName(card))),
      el("small", { class: `state ${place.state}` }, text([`card.${place.state}.${place.reason}`, `card.${place.state}`], { requestor })),
      sampleNote(card)),
    place.state !== "not_eligible" && el("a", { class: "button", href, "aria-label": `${text(label)}: ${cardName(card)}` }, text(label)));
}
