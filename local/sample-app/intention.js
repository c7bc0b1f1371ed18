// One intention of the cardholder has one idempotency key, and is sent with the same body however often: a double tap,
// a reload and a retry push a card once. Kept for this tab until the outcome is known.

const name = (path, cardContractId, tokenRequestorId) => `intention ${path} ${cardContractId} ${tokenRequestorId}`;

export function intention(path, cardContractId, tokenRequestorId, wish) {
  const kept = name(path, cardContractId, tokenRequestorId);
  const before = JSON.parse(sessionStorage.getItem(kept));
  const known = before ?? { key: crypto.randomUUID(), wish };
  sessionStorage.setItem(kept, JSON.stringify(known));
  return { ...known, repeated: before !== null, forget: () => sessionStorage.removeItem(kept) };
}

// The outcome is known: the next wish for this card is a new intention.
export function fulfilled({ cardContractId, tokenRequestorId }) {
  const about = `${cardContractId} ${tokenRequestorId}`;
  for (const kept of Object.keys(sessionStorage)) {
    if (kept.startsWith("intention ") && kept.endsWith(about)) sessionStorage.removeItem(kept);
  }
}
