// The sample login and card details, which `local` provides instead of a bank's own systems. Do not copy.

import { forgetAllRequests } from "./pending-request.js";

const STORAGE_KEY = "sample-login";
const LAST_CLIENT = "sample-client";

export async function cardholders() {
  return (await fetch("/sample/cardholders")).json();
}

// Returns `{ accessToken, clientId, name, cards }`, and stores it for this tab until it returns from Click to Pay. For a
// step-up a bank's app opens its login with `acr_values` and `max_age`; the sample login is always new.
export async function logIn(clientId, { acrValues } = {}) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/sample/login", { method: "POST", headers, body: JSON.stringify({ clientId, acrValues }) });
  const login = await response.json();
  // Another cardholder may have used this tab.
  if (sessionStorage.getItem(LAST_CLIENT) !== clientId) forgetAllRequests();
  sessionStorage.setItem(STORAGE_KEY, JSON.stringify(login));
  sessionStorage.setItem(LAST_CLIENT, clientId);
  return login;
}

export function loggedIn() {
  return JSON.parse(sessionStorage.getItem(STORAGE_KEY));
}

export function logOut() {
  sessionStorage.clear();
}

// The session has ended by itself. What the same cardholder has started goes on after the next login.
export function forgetLogin() {
  sessionStorage.removeItem(STORAGE_KEY);
}
