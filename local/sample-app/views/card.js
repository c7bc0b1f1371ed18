// One card: where it is enabled, what happened so far, whom to call.

import { cardName, picture, sampleNote } from "../card.js";
import { el, logo } from "../dom.js";
import { outcome } from "../outcome.js";
import { nextStep, places } from "../places.js";
import { platform } from "../platform.js";
import { date, richText, text } from "../texts.js";
import { progress } from "../waiting.js";
import { tokenRow } from "./token.js";

// With `message`, what the cardholder has just changed there.
export async function card(page, cardContractId, message) {
  const own = page.bank.cards.find((one) => one.cardContractId === cardContractId);
  if (!own) return page.go("#/cards");
  const [history, requestors] = await Promise.all([page.api.enrollments(cardContractId), page.api.tokenRequestors(platform())]);
  const { tokens, others, hasMore } = await places(page, own, history);
  const nameOf = (id) => requestors.find(({ tokenRequestorId }) => tokenRequestorId === id)?.displayName ?? id;
  const status = progress();
  const show = (news) => card(page, cardContractId, news).catch((problem) => page.fail(problem, () => show(news)));
  const rows = [...tokens.map((token) => tokenRow(page, cardContractId, token, status, show)), ...others.map(placeRow)];
  page.render(cardName(own),
    message && el("p", { class: "notice good", role: "status" }, message),
    el("div", { class: "owner" }, picture(own),
      el("dl", { class: "facts" },
        el("div", {}, el("dt", {}, text("details.holder")), el("dd", {}, own.holder)),
        el("div", {}, el("dt", {}, text("details.expiry")), el("dd", {}, own.expiry)),
        sampleNote(own))),
    el("h2", {}, text("details.places")),
    rows.length > 0 ? el("ul", { class: "rows places" }, rows) : el("p", { class: "empty" }, text("enable.none")),
    tokens.length > 0 && status,
    hasMore && el("p", { class: "actions" }, el("a", { class: "button", href: `#/enable/${cardContractId}` }, text("details.elsewhere"))),
    el("h2", {}, text("details.history")),
    history.length > 0 ? el("ul", { class: "rows history" }, history.map((one) => historyRow(one, nameOf(one.tokenRequestorId)))) : el("p", { class: "empty" }, text("details.history.none")),
    el("p", { class: "help" }, richText("details.help")),
    el("p", { class: "actions" }, el("a", { class: "button", href: "#/cards" }, text("cards.back"))));
}

function placeRow(place) {
  const { requestor, state, reason } = place;
  const values = { requestor: requestor.displayName };
  const step = nextStep(place);
  return el("li", { class: "row" },
    logo(requestor),
    el("span", { class: "grow" }, el("strong", {}, requestor.displayName),
      el("small", { class: `state ${state}` }, text([`card.${state}.${reason}`, `card.${state}`, "cards.unknown"], values))),
    step && el("a", { class: "button", href: step[0], "aria-label": `${text(step[1])}: ${requestor.displayName}` }, text(step[1])));
}

function historyRow(enrollment, requestor) {
  const title = text(outcome(enrollment).keys.map((key) => `${key}.title`), { requestor });
  return el("li", { class: "row" },
    el("span", { class: "grow" },
      el("a", { class: "cover", href: `#/enrollment/${enrollment.enrollmentId}` }, title),
      el("small", {}, `${requestor}, `, el("time", { datetime: enrollment.createdAt }, date(enrollment.createdAt)))));
}
