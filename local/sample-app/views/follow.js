// One enrollment: its outcome so far, the next step, and what happened.

import { cardName } from "../card.js";
import { el, logo } from "../dom.js";
import { mark } from "../mark.js";
import { outcome } from "../outcome.js";
import { forgetRequests } from "../pending-request.js";
import { platform } from "../platform.js";
import { PHONE, dateOrTime, has, richText, text } from "../texts.js";

export async function follow(page, enrollmentId) {
  const requestors = await page.api.tokenRequestors(platform());
  const timeline = el("ol");
  let shown;
  const onUpdate = (enrollment) => {
    const requestor = requestors.find((one) => one.tokenRequestorId === enrollment.tokenRequestorId)
      ?? { displayName: enrollment.tokenRequestorId, logos: [] };
    const { keys, next } = outcome(enrollment);
    // Nothing is left to do in this attempt: another one has a key of its own.
    if (enrollment.final || !["wait", "continue"].includes(next)) forgetRequests(enrollment.cardContractId, enrollment.tokenRequestorId);
    timeline.replaceChildren(...enrollment.timeline.map((event) => timelineEntry(event, requestor)));
    const current = JSON.stringify([keys, next]);
    if (current === shown) return;
    shown = current;
    const values = { requestor: requestor.displayName };
    const card = page.bank.cards.find((own) => own.cardContractId === enrollment.cardContractId);
    page.render(text(keys.map((key) => `${key}.title`), values),
      mark(next),
      el("p", { class: "lead" }, richText(keys.map((key) => `${key}.text`), values)),
      el("p", { class: "about" }, logo(requestor), el("span", {}, el("strong", {}, requestor.displayName), card && el("small", {}, cardName(card)))),
      el("p", { class: "actions" }, actions(next, enrollment, values)),
      el("details", { class: "timeline", open: true }, el("summary", {}, text("follow.since")), timeline));
  };
  await page.api.follow(enrollmentId, { onUpdate, signal: page.signal });
}

// The primary action, if there is one, and the way to the card or back.
function actions(next, { enrollmentId, cardContractId, tokenRequestorId, redirectUrl, status }, values) {
  const link = (href, label, primary) => el("a", { class: primary ? "button primary" : "button", href }, label);
  const cards = (primary) => link("#/cards", text(primary ? "next.done" : "cards.back"), primary);
  if (next === "done") return [cards(true), link(`#/card/${cardContractId}`, text("next.manage"))];
  const href = { continue: redirectUrl, again: `#/again/${enrollmentId}`, new: `#/enable/${cardContractId}/${tokenRequestorId}`, manage: `#/card/${cardContractId}`, call: PHONE }[next];
  return [href && link(href, text([`next.${next}.${status}`, `next.${next}`], values), true), cards(false)];
}

function timelineEntry({ at, event, detail }, requestor) {
  const keys = [`event.${event}.${detail}`, `event.${event}`];
  const label = keys.some(has) ? text(keys, { requestor: requestor.displayName }) : event;
  return el("li", {}, el("time", { datetime: at }, dateOrTime(at)), " ", label);
}
