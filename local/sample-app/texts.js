// Sentences by key, in the cardholder's language. `texts.json` holds them all.

const texts = await (await fetch("/app/texts.json")).json();
const LANGUAGES = ["en", "de"];

export let language = LANGUAGES.find((known) => known === localStorage.getItem("language"))
  ?? LANGUAGES.find((known) => navigator.language.startsWith(known))
  ?? "en";

export function speak(other) {
  language = other;
  localStorage.setItem("language", other);
}

// The first key that there is a text for; `{name}` in it is replaced.
export function text(keys, names = {}) {
  const key = [keys].flat().find((known) => texts[known]);
  return texts[key][language].replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole);
}

export const has = (key) => key in texts;

export function time(moment) {
  return new Date(moment).toLocaleTimeString(language, { timeStyle: "medium", hourCycle: "h23" });
}
