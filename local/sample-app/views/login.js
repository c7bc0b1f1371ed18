// Log in, as one of the sample's people.

import { cardholders, logIn } from "../bank.js";
import { el } from "../dom.js";
import { plural, text } from "../texts.js";

export async function login(page) {
  const people = await cardholders();
  const enter = (clientId) => async () => page.go((await logIn(clientId)) && (location.hash || "#/cards"));
  const person = ({ clientId, name, cards, needsStepUp }) =>
    el("li", {}, el("button", { class: "row", onclick: enter(clientId) },
      el("span", { class: "logo letter", "aria-hidden": "true" }, name[0]),
      el("span", { class: "grow" }, el("strong", {}, name),
        el("small", {}, [plural("login.cards", cards), needsStepUp && text("login.stepUp")].filter(Boolean).join(", ")))));
  page.render(text("login.title"), el("p", { class: "lead" }, text("login.text")), el("ul", { class: "rows narrow" }, people.map(person)));
}
