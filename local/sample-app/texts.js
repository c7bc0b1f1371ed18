// Texts by key, in the cardholder's language, from `texts.json`.

const texts = await (await fetch("/app/texts.json")).json();
const LANGUAGES = ["en", "de"];

export let language = LANGUAGES.find((known) => known === localStorage.getItem("language"))
  ?? LANGUAGES.find((known) => navigator.language.startsWith(known))
  ?? "en";

export function setLanguage(selected) {
  language = selected;
  localStorage.setItem("language", selected);
}

// The text of the first key that has one, with each `{name}` replaced by its value.
export function text(keys, values = {}) {
  const key = [keys].flat().find((known) => texts[known]);
  return texts[key][language].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const has = (key) => key in texts;

export function time(timestamp) {
  return new Date(timestamp).toLocaleTimeString(language, { timeStyle: "medium", hourCycle: "h23" });
}
