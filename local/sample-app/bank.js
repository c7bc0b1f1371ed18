// What a real bank has elsewhere, and this sample gets from `local`: its login, and how its cards look. Do not copy.

const KEPT = "sample-login";

export async function cardholders() {
  return (await fetch("/sample/cardholders")).json();
}

// Answers `{ accessToken, clientId, name, cards }` and keeps it for this tab, which comes back from Click to Pay.
export async function logIn(clientId) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/sample/login", { method: "POST", headers, body: JSON.stringify({ clientId }) });
  const login = await response.json();
  sessionStorage.setItem(KEPT, JSON.stringify(login));
  return login;
}

export function loggedIn() {
  return JSON.parse(sessionStorage.getItem(KEPT));
}

export function logOut() {
  sessionStorage.clear();
}
