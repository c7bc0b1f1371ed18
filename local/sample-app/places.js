// Where a card is enabled or can be. The list of places is the one to extend by what the cardholder can do with a token there.

// The token requestor that comes first in the list, and those at which the card has a history.
export async function places(page, card, history) {
  const requestors = await page.api.tokenRequestors("web", card.accountRange);
  const known = new Set(history.map(({ tokenRequestorId }) => tokenRequestorId));
  const shown = requestors.filter(({ tokenRequestorId }, at) => at === 0 || known.has(tokenRequestorId));
  const place = async (requestor) => ({ requestor, ...(await page.api.cards([card], requestor.tokenRequestorId))[0] });
  return { shown: await Promise.all(shown.map(place)), hasMore: requestors.length > shown.length };
}

// The link to the next step of a card at a token requestor: its address and the key of its label.
export function nextStep({ cardContractId, tokenRequestorId, state, enrollmentId }) {
  return { eligible: [`#/enable/${cardContractId}/${tokenRequestorId}`, "cards.enable"], in_progress: [`#/enrollment/${enrollmentId}`, "cards.continue"] }[state];
}
