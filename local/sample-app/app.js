// The sample bank app: which view is shown, and what leads to which. The address after # names the view, so that the
// back button, a reload and a second tab all work.

import { Api, Problem } from "./api.js";
import { loggedIn, logOut } from "./bank.js";
import { el } from "./dom.js";
import { trouble } from "./outcome.js";
import { language, speak, text } from "./texts.js";
import { cards, enable, follow, login } from "./views.js";

const view = document.getElementById("view");
const said = document.getElementById("said");
let shown = new AbortController();

const ROUTES = [
  [/^#\/enable\/(\d+)$/, enable],
  [/^#\/again\/([0-9a-f-]+)$/, (page, id) => enable(page, undefined, id)],
  [/^#\/enrollment\/([0-9a-f-]+)$/, follow],
  [/^/, cards],
];

// Step 25: the app link `web-bank` leads to /?enrollmentId=…&outcome=…; the outcome is a browser's word, so it is not used.
function comeBack() {
  const enrollmentId = new URLSearchParams(location.search).get("enrollmentId");
  if (enrollmentId) history.replaceState(null, "", `/#/enrollment/${encodeURIComponent(enrollmentId)}`);
}

async function show() {
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  const bank = loggedIn();
  document.getElementById("leave").hidden = !bank;
  const page = {
    bank,
    api: bank && new Api(bank.accessToken),
    signal,
    go,
    say: (words) => signal.aborted || (said.textContent = words),
    put: (title, ...content) => signal.aborted || put(title, content),
    fail: (problem, again) => signal.aborted || fail(page, problem, again),
  };
  view.setAttribute("aria-busy", "true");
  try {
    const [pattern, draw] = bank ? ROUTES.find(([known]) => known.test(location.hash)) : [/^/, login];
    await draw(page, ...(location.hash.match(pattern) ?? []).slice(1));
  } catch (problem) {
    page.fail(problem, show);
  }
}

function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

// A new view is announced by its title, and the keyboard goes on from there.
function put(title, content) {
  const heading = el("h1", { tabindex: -1 }, title);
  document.title = `${title} · Northshire Bank`;
  view.removeAttribute("aria-busy");
  view.replaceChildren(heading, ...content.flat().filter(Boolean));
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function fail(page, problem, again) {
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) return leave();
  const { keys, next } = trouble(problem);
  const doing = { follow: () => go(`#/enrollment/${problem.enrollmentId}`), retry: again, back: () => go("#/cards") };
  const label = next === "back" ? "cards.back" : `next.${next}`;
  page.put(
    text(keys.map((key) => `${key}.title`)),
    el("p", { class: "lead" }, text(keys.map((key) => `${key}.text`), { requestId: problem.requestId ?? "–" })),
    el("p", { class: "actions" }, el("button", { class: "primary", onclick: doing[next] }, text(label))),
  );
}

function leave() {
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
  speak(languages.value);
  translate();
  show();
});
document.getElementById("leave").addEventListener("click", leave);
addEventListener("hashchange", show);
// The back button may bring back the page as it was when the cardholder left it.
addEventListener("pageshow", ({ persisted }) => persisted && show());
translate();
comeBack();
show();
