// One enrollment request of the cardholder has one idempotency key and one body, however often it is sent: a double tap,
// a reload or a retry pushes the card once. Stored for this tab until the outcome is known.

const storageKey = (path, cardContractId, tokenRequestorId) => `request ${path} ${cardContractId} ${tokenRequestorId}`;

export function pendingRequest(path, cardContractId, tokenRequestorId, newBody) {
  const name = storageKey(path, cardContractId, tokenRequestorId);
  const stored = JSON.parse(sessionStorage.getItem(name));
  const request = stored ?? { key: crypto.randomUUID(), body: newBody };
  sessionStorage.setItem(name, JSON.stringify(request));
  return { ...request, repeated: stored !== null, forget: () => sessionStorage.removeItem(name) };
}

// The outcome is known: the next request for this card gets a new key.
export function forgetRequests({ cardContractId, tokenRequestorId }) {
  const suffix = `${cardContractId} ${tokenRequestorId}`;
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("request ") && name.endsWith(suffix)) sessionStorage.removeItem(name);
  }
}
