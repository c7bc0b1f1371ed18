// Highlights each exchange as it happens, at the selected pace. Before the first one, the journey of the start is replayed.

import { draw, node } from "./diagram.js";
import { NAMES, exchangeOf, rowOf } from "./steps.js";
import { text } from "./texts.js";

const PACES = { slow: 1400, fast: 350, real: 0 };
const REPLAY_PACE = 60;
const [words, messages, state, pace, play] = ["words", "messages", "state", "pace", "play"].map((id) => document.getElementById(id));

const rows = draw(select);
const waiting = [];
let replaying = false;
let timer;
let selected;

// A selected step stays open until it is selected again.
function select(row) {
  selected = selected === row ? undefined : row;
  for (const { button } of rows.values()) button.setAttribute("aria-pressed", String(button === selected?.button));
  show(row);
}

// The messages of a step, and of the request or answer that belongs to it.
function show(row) {
  words.replaceChildren(node(null, "b", {}, NAMES[row.step] ?? String(row.step)), ` ${row.label}`);
  const steps = exchangeOf(row.step);
  const titles = steps.length > 1 ? steps.map((step, at) => node(null, "h3", {}, at ? text("Answer, step {step}", { step }) : text("Request, step {step}", { step }))) : [""];
  const parts = steps.flatMap((step, at) => [titles[at], ...rows.get(step).exchanges.flatMap(outline)]);
  const happened = steps.some((step) => rows.get(step).exchanges.length > 0);
  messages.replaceChildren(...(happened ? parts : [node(null, "p", { class: "soft" }, text("Not yet: play a journey."))]));
}

function outline({ summary, took, messages: all }) {
  const title = node(null, "p", { class: "what", lang: "en" }, summary, took >= 0.5 ? ` · ${Math.round(took)} ms` : "");
  return [title, ...all.map(({ head, body }) => node(null, "pre", {}, body ? `${head}\n${JSON.stringify(body, null, 2)}` : head))];
}

function light({ step, from, to, summary, duration, messages: all = [] }) {
  const row = rows.get(rowOf({ step, from, to }));
  for (const { button } of rows.values()) button.classList.remove("now");
  row.button.classList.add("lit", "now");
  const milliseconds = duration.secs * 1000 + duration.nanos / 1e6;
  row.exchanges = [...row.exchanges, { summary, took: milliseconds, messages: all }].slice(-6);
  if (milliseconds >= 0.5) row.took.textContent = `${Math.round(milliseconds)} ms`;
  if (selected ? selected === row : !replaying) show(row);
  const { top, bottom } = row.button.getBoundingClientRect();
  if (!replaying && (top < 80 || bottom > innerHeight * 0.6)) row.button.scrollIntoView({ block: "center" });
}

function next() {
  const exchange = waiting.shift();
  if (exchange) light(exchange);
  timer = waiting.length ? setTimeout(next, replaying ? REPLAY_PACE : PACES[pace.value]) : undefined;
  if (!timer) ended();
}

function ended() {
  play.disabled = false;
  const count = { seen: [...rows.values()].filter(({ exchanges }) => exchanges.length).length, all: rows.size };
  state.textContent = replaying ? text("Replayed from the start of this server: {seen} of {all} steps.", count) : text("Seen so far: {seen} of {all} steps.", count);
  replaying = false;
}

function clear() {
  clearTimeout(timer);
  timer = undefined;
  waiting.length = 0;
  replaying = false;
  for (const row of rows.values()) {
    row.exchanges = [];
    row.took.textContent = "";
    row.button.classList.remove("lit", "now");
  }
}

// Inserts an exchange by the time of its end: the two sources are ordered, but not relative to each other.
function enqueue(exchange) {
  if (replaying) clear();
  const end = ({ started_at: startedAt, duration }) => Date.parse(startedAt) + duration.secs * 1000 + duration.nanos / 1e6;
  const at = waiting.findLastIndex((other) => end(other) <= end(exchange));
  waiting.splice(at + 1, 0, exchange);
  timer ??= setTimeout(next, pace.value === "real" ? 0 : 100);
}

async function replay() {
  const recorded = await (await fetch("/live/recorded")).json();
  if (timer || waiting.length) return;
  if (recorded.length === 0) {
    state.textContent = text("No step has happened yet.");
    return;
  }
  replaying = true;
  waiting.push(...recorded);
  next();
}

play.addEventListener("click", async () => {
  play.disabled = true;
  clear();
  state.textContent = text("Playing…");
  const response = await fetch("/live/journey", { method: "POST" });
  if (!response.ok) state.textContent = text("The journey stopped. A fault may be configured in the simulator.");
  if (!waiting.length) play.disabled = false;
});

new EventSource("/live/exchanges").addEventListener("message", ({ data }) => enqueue(JSON.parse(data)));
replay();
