// One request of the cardholder has one idempotency key and one body, however often it is sent: a double tap, a reload or a
// retry pushes a card once, or changes a token once. Stored for this tab until the outcome is known.

const storageKey = (path, cardContractId, id) => `request ${path} ${cardContractId} ${id}`;

// `path` tells apart what is requested. `id` is that of the token requestor, or of the token to change.
export function pendingRequest(path, cardContractId, id, newBody) {
  const name = storageKey(path, cardContractId, id);
  const stored = JSON.parse(sessionStorage.getItem(name));
  const request = stored ?? { key: crypto.randomUUID(), body: newBody };
  sessionStorage.setItem(name, JSON.stringify(request));
  return { ...request, repeated: stored !== null, forget: () => sessionStorage.removeItem(name) };
}

// The outcome is known: the next request for this card there gets a new key.
export function forgetRequests(cardContractId, id) {
  const suffix = ` ${cardContractId} ${id}`;
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("request ") && name.endsWith(suffix)) sessionStorage.removeItem(name);
  }
}
