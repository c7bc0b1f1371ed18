// Where a card is enabled or can be.

import { platform } from "./platform.js";

// The card's tokens, and places without one: the token requestor that comes first in the list, and those at which the card has
// a history.
export async function places(page, card, history) {
  const [requestors, tokens] = await Promise.all([page.api.tokenRequestors(platform(), card.accountRange), page.api.tokens(card.cardContractId)]);
  const known = new Set(history.map(({ tokenRequestorId }) => tokenRequestorId));
  const shown = requestors.filter(({ tokenRequestorId }, at) => at === 0 || known.has(tokenRequestorId));
  const place = async (requestor) => ({ requestor, ...(await page.api.cards([card], requestor.tokenRequestorId))[0] });
  const states = await Promise.all(shown.map(place));
  const at = (list, { tokenRequestorId }) => list.some((one) => one.tokenRequestorId === tokenRequestorId);
  // An enrollment in progress may have a token already, which the cardholder has not accepted yet.
  const unfinished = states.filter(({ state }) => state === "in_progress");
  return {
    tokens: tokens.filter((token) => !at(unfinished, token)),
    others: states.filter((one) => at(unfinished, one) || !at(tokens, one)),
    hasMore: requestors.length > shown.length,
  };
}

// The link to the next step of a card at a token requestor: its address and the key of its label.
export function nextStep({ cardContractId, tokenRequestorId, state, enrollmentId }) {
  return { eligible: [`#/enable/${cardContractId}/${tokenRequestorId}`, "cards.enable"], in_progress: [`#/enrollment/${enrollmentId}`, "cards.continue"] }[state];
}
