// A card as it is shown: its picture and its name.

import { el } from "./dom.js";
import { text } from "./texts.js";

export const cardName = (card) => text("cards.ending", { product: text(`cards.${card.product}`), lastFour: card.lastFour });

// Hidden from screen readers: the same details are shown as text.
export function picture(card) {
  return el("span", { class: `card no${Number(card.cardContractId) % 4}`, "aria-hidden": "true" },
    el("span", { class: "chip" }),
    el("span", { class: "digits" }, `•••• ${card.lastFour}`),
    el("span", { class: "holder" }, card.holder),
    el("span", { class: "expiry" }, card.expiry));
}

// What will happen with a sample card. A bank's app has nothing like it.
export const sampleNote = (card) => card.sample && el("small", { class: "sample" }, text(`sample.${card.sample}`));
