// Draws the steps as a sequence diagram, once. What happens at them is added by live.js.

import { CHAPTERS, LANES, NAMES } from "./steps.js";
import { text } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100 / LANES.length;

export function node(space, name, attributes, ...children) {
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

// Returns the rows by step; `onSelect` gets the row that was pressed.
export function draw(onSelect) {
  const rows = new Map();
  document.getElementById("heads").append(...LANES.map((name) => node(null, "span", {}, name)));
  for (const [title, steps] of CHAPTERS) {
    const list = node(null, "ol", {});
    for (const [step, from, to, label] of steps) {
      const took = node(null, "small", {});
      const parties = node(null, "span", { class: "parties" }, from === to ? `${LANES[from]} ` : text("{from} to {to} ", { from: LANES[from], to: LANES[to] }));
      const words = node(null, "span", {}, label, " ", took, parties);
      const button = node(null, "button", { type: "button", class: "exchange", "aria-pressed": "false" }, node(null, "b", {}, NAMES[step] ?? String(step)), arrow(from, to), words);
      const row = { step, label, button, took, exchanges: [] };
      button.addEventListener("click", () => onSelect(row));
      rows.set(step, row);
      list.append(node(null, "li", {}, button));
    }
    document.getElementById("picture").append(node(null, "section", {}, node(null, "h2", {}, title), list));
  }
  return rows;
}
