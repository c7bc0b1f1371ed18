// One request of the cardholder has one idempotency key and one body, however often it is sent: a double tap, a reload or a
// retry pushes a card once, or changes a token once. Stored for this tab until the outcome is known, at most as long as the server knows the key.

// Milliseconds.
const KEY_LIFETIME = 24 * 60 * 60_000;

const storageKey = (path, cardContractId, id) => `request ${path} ${cardContractId} ${id}`;

// `path` tells apart what is requested. `id` is that of the token requestor, or of the token to change.
export function pendingRequest(path, cardContractId, id, newBody) {
  const name = storageKey(path, cardContractId, id);
  const stored = JSON.parse(sessionStorage.getItem(name));
  const repeated = stored !== null && Date.now() - stored.at < KEY_LIFETIME;
  const request = repeated ? stored : { key: crypto.randomUUID(), body: newBody, at: Date.now() };
  sessionStorage.setItem(name, JSON.stringify(request));
  return { ...request, repeated, forget: () => sessionStorage.removeItem(name) };
}

// The outcome is known: the next request for this card there gets a new key.
export function forgetRequests(cardContractId, id) {
  forgetEndingWith(` ${cardContractId} ${id}`);
}

// Another cardholder uses the tab.
export function forgetAllRequests() {
  forgetEndingWith("");
}

function forgetEndingWith(suffix) {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith("request ") && name.endsWith(suffix)) sessionStorage.removeItem(name);
  }
}
