// A token of a card: where it is, its state, and what the cardholder can do with it there.

import { el, logo } from "../dom.js";
import { forgetRequests, pendingRequest } from "../pending-request.js";
import { date, text } from "../texts.js";
import { busy, progress } from "../waiting.js";

// The state that each action leads to.
const TARGETS = { suspend: "suspended", resume: "active", remove: "removed" };

// `status` is the paragraph for the progress of a change. `show` shows the card again, with a message.
export function tokenRow(page, cardContractId, token, status, show) {
  const { displayName, state, createdAt, actions } = token;
  const send = (action, body) => change(page, cardContractId, token, action, body, show);
  const act = (action, { currentTarget }) =>
    action === "remove" ? confirmRemoval(page, currentTarget.closest("main"), token, send) : busy(page, currentTarget, status, undefined, () => send(action));
  const button = (action) => {
    const label = text(`change.${action}`);
    return el("button", { class: "button", "data-action": action, "aria-label": `${label}: ${displayName}`, onclick: (event) => act(action, event) }, label);
  };
  return el("li", { class: "row token" },
    logo(token),
    el("span", { class: "grow" }, el("strong", {}, displayName),
      el("small", { class: `state ${state}` }, text([`token.${state}`, "token.unknown"], { requestor: displayName })),
      createdAt && el("small", {}, text("details.since", { date: date(createdAt) }))),
    el("span", { class: "actions" }, actions.map(button)));
}

// A removal is final: it is sent only after a second press. The first button has the focus, and keeps the card.
function confirmRemoval(page, main, token, send) {
  const [values, status] = [{ requestor: token.displayName }, progress()];
  const remove = ({ currentTarget }) => busy(page, currentTarget, status, undefined, () => send("remove", { confirm: true }));
  const dialog = el("dialog", { class: "sheet", "aria-labelledby": "removal", "aria-describedby": "removal-text", onclose: () => dialog.remove() },
    el("h2", { id: "removal" }, text("change.confirm.title", values)),
    el("p", { id: "removal-text" }, text("change.confirm.text", values)),
    el("p", { class: "actions" },
      el("button", { class: "button", onclick: () => dialog.close() }, text("change.keep")),
      el("button", { class: "button primary", onclick: remove }, text("change.remove"))),
    status);
  main.append(dialog);
  dialog.showModal();
}

async function change(page, cardContractId, token, action, body, show) {
  const { tokenId, displayName: requestor } = token;
  const { key, repeated, forget } = pendingRequest(action, cardContractId, tokenId, body);
  let changed;
  try {
    changed = await page.api.changeToken(cardContractId, tokenId, action, key, body);
  } catch (problem) {
    if (!problem.retryable && !problem.needsStepUp) forget();
    return page.fail(problem, () => change(page, cardContractId, token, action, body, show), { back: [`#/card/${cardContractId}`, "change.look"] });
  }
  // Also a key of an earlier change whose answer was lost: it would repeat that answer.
  forgetRequests(cardContractId, tokenId);
  // An earlier change was made, and undone since, as on another device: this one is new.
  if (repeated && changed.outcome === "changed" && changed.state !== TARGETS[action]) return change(page, cardContractId, token, action, body, show);
  await show(text([`change.${changed.outcome}`, `change.done.${changed.state}`, "change.done.unknown"], { requestor }));
}
