// The sample bank app: routing between views. The URL's fragment selects the view, so that the back button, a reload and
// a second tab work.

import { Api, Problem } from "./api.js";
import { forgetLogin, loggedIn, logOut } from "./bank.js";
import { el } from "./dom.js";
import { language, setLanguage, text } from "./texts.js";
import { card } from "./views/card.js";
import { cards } from "./views/cards.js";
import { enable } from "./views/enable.js";
import { follow } from "./views/follow.js";
import { login } from "./views/login.js";
import { problemView } from "./views/problem.js";

const view = document.getElementById("view");
let current = new AbortController();
let api;

const ROUTES = [
  [/^#\/card\/(\d+)$/, card],
  [/^#\/enable\/(\d+)(?:\/(\d+))?$/, enable],
  [/^#\/again\/([0-9a-f-]+)$/, (page, id) => enable(page, undefined, undefined, id)],
  [/^#\/enrollment\/([0-9a-f-]+)$/, follow],
  [/^/, cards],
];

// Step 25: the app link `web-bank` is /?enrollmentId=…&outcome=…; the outcome comes from the browser, so it is not used.
function handleReturn() {
  const enrollmentId = new URLSearchParams(location.search).get("enrollmentId");
  if (enrollmentId) history.replaceState(null, "", `/#/enrollment/${encodeURIComponent(enrollmentId)}`);
}

async function show() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const bank = loggedIn();
  document.getElementById("leave").hidden = !bank;
  if (bank?.accessToken !== api?.token) api = bank && new Api(bank.accessToken);
  const page = {
    bank,
    api,
    signal,
    go,
    render: (title, ...content) => signal.aborted || render(title, content),
    fail: (problem, retry, context) => signal.aborted || fail(page, problem, retry, context),
  };
  view.setAttribute("aria-busy", "true");
  try {
    const [pattern, renderView] = bank ? ROUTES.find(([route]) => route.test(location.hash)) : [/^/, login];
    await renderView(page, ...(location.hash.match(pattern) ?? []).slice(1));
  } catch (problem) {
    page.fail(problem, show);
  }
}

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

// Shows a view and moves the focus to its title, which screen readers announce.
function render(title, content) {
  const heading = el("h1", { tabindex: -1 }, title);
  document.title = `${title} · Northshire Bank`;
  view.removeAttribute("aria-busy");
  view.replaceChildren(heading, ...content.flat().filter(Boolean));
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function fail(page, problem, retry, context) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401 && !problem.needsStepUp) return logInAgain();
  problemView(page, problem, retry, context);
}

// The fragment stays, so that the cardholder is where they were.
function logInAgain() {
  forgetLogin();
  show();
}

function endSession() {
  logOut();
  go("#/");
}

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const link of document.querySelectorAll(".foot a")) link.search = `lang=${language}`;
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = text(element.dataset.label);
}

const languages = document.getElementById("language");
languages.value = language;
languages.addEventListener("change", () => {
  setLanguage(languages.value);
  translate();
  show();
});
document.getElementById("leave").addEventListener("click", endSession);
addEventListener("hashchange", show);
// The back button may restore the page from the browser's cache.
addEventListener("pageshow", ({ persisted }) => persisted && show());
translate();
handleReturn();
show();
