// The sample bank app: routing between views. The URL's fragment selects the view, so that the back button, a reload and
// a second tab work.

import { Api, Problem } from "./api.js";
import { loggedIn, logIn, logOut } from "./bank.js";
import { el } from "./dom.js";
import { problemOutcome } from "./outcome.js";
import { language, setLanguage, text } from "./texts.js";
import { cards, enable, follow, login } from "./views.js";

const view = document.getElementById("view");
const status = document.getElementById("announcement");
let current = new AbortController();

const ROUTES = [
  [/^#\/enable\/(\d+)$/, enable],
  [/^#\/again\/([0-9a-f-]+)$/, (page, id) => enable(page, undefined, id)],
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
  const page = {
    bank,
    api: bank && new Api(bank.accessToken),
    signal,
    go,
    announce: (message) => signal.aborted || (status.textContent = message),
    render: (title, ...content) => signal.aborted || render(title, content),
    fail: (problem, retry) => signal.aborted || fail(page, problem, retry),
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

function fail(page, problem, retry) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401 && !problem.needsStepUp) return endSession();
  const { keys, next } = problemOutcome(problem);
  // The request is sent again, with the same key and the new token.
  const authenticate = async () => {
    page.bank = await logIn(page.bank.clientId, problem.authentication);
    page.api = new Api(page.bank.accessToken);
    retry();
  };
  const actions = { follow: () => go(`#/enrollment/${problem.enrollmentId}`), retry, authenticate, back: () => go("#/cards") };
  const label = next === "back" ? "cards.back" : `next.${next}`;
  page.render(
    text(keys.map((key) => `${key}.title`)),
    el("p", { class: "lead" }, text(keys.map((key) => `${key}.text`), { requestId: problem.requestId ?? "–" })),
    el("p", { class: "actions" }, el("button", { class: "primary", onclick: actions[next] }, text(label))),
  );
}

function endSession() {
  logOut();
  go("#/");
}

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
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
