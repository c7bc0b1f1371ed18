// What a cardholder sees and hears while a request is sent: at once that the tap was received, after a second what is
// happening, after six that it takes long.

import { el } from "./dom.js";
import { text } from "./texts.js";

const WORKING = [1_000, "wait.working"];
const LONG = [6_000, "wait.long"];

// A paragraph to place below the button; screen readers read it when it changes.
export const progress = () => el("p", { class: "progress soft", role: "status" });

// From now on `button` is busy: further taps do nothing. `values` are those of the texts, if a card is being sent. Returns the
// function that ends the waiting state.
function wait(button, paragraph, values) {
  const label = [...button.childNodes];
  button.setAttribute("aria-disabled", "true");
  button.replaceChildren(el("span", { class: "spinner", "aria-hidden": "true" }), text("wait.sending"));
  const timers = (values ? [WORKING, LONG] : [LONG]).map(([after, key]) => setTimeout(() => { paragraph.textContent = text(key, values); }, after));
  return () => {
    timers.forEach(clearTimeout);
    button.removeAttribute("aria-disabled");
    button.replaceChildren(...label);
    paragraph.textContent = "";
  };
}

// Runs `act` once, while the button shows that it runs.
export async function busy(page, button, paragraph, values, act) {
  if (button.hasAttribute("aria-disabled")) return;
  const end = wait(button, paragraph, values);
  page.signal.addEventListener("abort", end);
  try {
    await act();
  } catch (error) {
    end();
    throw error;
  }
}
