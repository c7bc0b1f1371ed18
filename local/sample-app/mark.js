// The sign of an outcome: a drawing of lines, without meaning for screen readers.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  done: "M14 25 l7 7 l13 -15",
  continue: "M15 24 h18 m-7 -7 l7 7 l-7 7",
  again: "M33 24 a9 9 0 1 1 -3 -6.7 m0 -5 v5 h-5",
  manage: "M20 16 v16 m8 -16 v16",
  new: "M17 24 h14",
  call: "M24 15 v11 m0 6 v.5",
  person: "M24 24 a5 5 0 1 0 -.1 0 M15 34 c1 -10 17 -10 18 0",
};

export function mark(next) {
  if (next === "wait") return waiting();
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", PATHS[next]);
  svg.setAttribute("viewBox", "0 0 48 48");
  svg.setAttribute("class", `mark ${next}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function waiting() {
  const span = document.createElement("span");
  span.className = "mark spinner";
  span.ariaHidden = "true";
  return span;
}
