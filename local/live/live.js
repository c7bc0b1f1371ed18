// Highlights each exchange as it happens, at the selected pace.

import { CHAPTERS, LANES, rowOf } from "./steps.js";

const PACES = { slow: 1400, fast: 350, real: 0 };
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100 / LANES.length;

const rows = new Map();
const waiting = [];
const words = document.getElementById("words");
const details = document.getElementById("details");
const pace = document.getElementById("pace");
const play = document.getElementById("play");
let timer;
let pinned;

function node(space, name, attributes, ...children) {
  const element = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const middle = (lane) => `${(lane + 0.5) * WIDTH}%`;

function arrow(from, to) {
  const lifelines = LANES.map((_, lane) => node(SVG, "line", { class: "life", x1: middle(lane), x2: middle(lane), y1: "0", y2: "100%" }));
  const back = to < from;
  const head = node(SVG, "path", { class: "head", d: back ? "M9 -5 L1 0 L9 5" : "M-9 -5 L-1 0 L-9 5" });
  const line = from === to
    ? node(SVG, "svg", { x: middle(from), overflow: "visible" }, node(SVG, "path", { class: "arrow", d: "M0 -5 h18 v10 h-16" }))
    : node(SVG, "line", { class: "arrow", x1: middle(from), x2: middle(to), y1: 0, y2: 0 });
  const at = from === to ? node(SVG, "g", {}) : node(SVG, "svg", { x: middle(to), overflow: "visible" }, head);
  const drawn = node(SVG, "svg", { y: "50%", overflow: "visible" }, line, node(SVG, "circle", { class: "dot", cx: middle(from), cy: 0, r: 3.5 }), at);
  const all = node(SVG, "svg", { width: "100%", height: "100%", focusable: "false" }, ...lifelines, drawn);
  return node(null, "span", { class: "drawn", "aria-hidden": "true" }, all);
}

function draw() {
  const picture = document.getElementById("picture");
  document.getElementById("heads").append(...LANES.map((name) => node(null, "span", {}, name)));
  for (const [title, steps] of CHAPTERS) {
    const list = node(null, "ol", {});
    for (const [step, from, to, text] of steps) {
      const took = node(null, "small", {});
      const parties = node(null, "span", { class: "hidden" }, ` ${LANES[from]} to ${LANES[to]}: `);
      const label = node(null, "span", { class: "label" }, parties, text, " ", took);
      const button = node(null, "button", { type: "button", "aria-pressed": "false" }, node(null, "b", {}, String(step)), arrow(from, to), label);
      const row = { step, text, button, took, exchanges: [] };
      button.addEventListener("click", () => pin(row));
      rows.set(step, row);
      list.append(node(null, "li", {}, button));
    }
    picture.append(node(null, "section", {}, node(null, "h2", {}, title), list));
  }
}

// A selected step stays open until it is selected again.
function pin(row) {
  pinned = pinned === row ? undefined : row;
  for (const { button } of rows.values()) button.setAttribute("aria-pressed", String(button === pinned?.button));
  show(row);
}

function show(row) {
  words.replaceChildren(node(null, "b", {}, String(row.step)), ` ${row.text}`);
  const parts = row.exchanges.flatMap(({ summary, took, messages }) => {
    const title = node(null, "p", { class: "what" }, summary, took >= 0.5 ? ` · ${Math.round(took)} ms` : "");
    const details = messages.map(({ head, body }) => node(null, "pre", { tabindex: "0" }, body ? `${head}\n${JSON.stringify(body, null, 2)}` : head));
    return [title, ...details];
  });
  details.replaceChildren(...(parts.length ? parts : [node(null, "p", { class: "what" }, "No exchange yet.")]));
}

function light({ step, from, to, summary, duration, messages = [] }) {
  const row = rows.get(rowOf({ step, from, to }));
  for (const { button } of rows.values()) button.classList.remove("now");
  row.button.classList.add("lit", "now");
  const milliseconds = duration.secs * 1000 + duration.nanos / 1e6;
  row.exchanges = [...row.exchanges, { summary, took: milliseconds, messages }].slice(-6);
  if (milliseconds >= 0.5) row.took.textContent = `${Math.round(milliseconds)} ms`;
  if (!pinned || pinned === row) show(row);
  const { top, bottom } = row.button.getBoundingClientRect();
  if (top < 80 || bottom > innerHeight) row.button.scrollIntoView({ block: "center" });
}

function next() {
  const exchange = waiting.shift();
  if (exchange) light(exchange);
  timer = waiting.length ? setTimeout(next, PACES[pace.value]) : undefined;
  play.disabled = waiting.length > 0;
}

function clear() {
  waiting.length = 0;
  for (const row of rows.values()) {
    row.exchanges = [];
    row.took.textContent = "";
    row.button.classList.remove("lit", "now");
  }
}

// Inserts an exchange by the time of its end: the two sources are ordered, but not relative to each other.
function enqueue(exchange) {
  const end = ({ started_at: startedAt, duration }) => Date.parse(startedAt) + duration.secs * 1000 + duration.nanos / 1e6;
  const at = waiting.findLastIndex((other) => end(other) <= end(exchange));
  waiting.splice(at + 1, 0, exchange);
  timer ??= setTimeout(next, pace.value === "real" ? 0 : 100);
}

play.addEventListener("click", async () => {
  play.disabled = true;
  clear();
  const response = await fetch("/live/journey", { method: "POST" });
  if (!response.ok) words.textContent = "The journey stopped. A fault may be configured in the simulator.";
  if (!waiting.length) play.disabled = false;
});

draw();
new EventSource("/live/exchanges").addEventListener("message", ({ data }) => enqueue(JSON.parse(data)));
