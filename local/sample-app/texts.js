// Texts by key, in the cardholder's language, from `texts.json`.

import { el } from "./dom.js";

const texts = await (await fetch("/app/texts.json")).json();
const LANGUAGES = ["en", "de"];
// The bank's phone number, for the links of `richText`.
export const PHONE = "tel:+448000000000";

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

// The same as nodes: the words in [brackets] call the bank.
export function richText(keys, values) {
  const part = (words, at) => (at % 2 ? el("a", { href: PHONE }, words) : words);
  return text(keys, values).split(/[[\]]/).map(part);
}

// The text of exactly this count, such as `key.0`, or of `key.one`, `key.other` or another plural form of the language.
export function plural(key, count) {
  return text([`${key}.${count}`, `${key}.${new Intl.PluralRules(language).select(count)}`, `${key}.other`], { count: count.toLocaleString(language) });
}

export const has = (key) => key in texts;

export const list = (items) => new Intl.ListFormat(language).format(items);

// The time of a day that is today, and otherwise the date too.
export const dateOrTime = (timestamp) => (new Date(timestamp).toDateString() === new Date().toDateString() ? time(timestamp) : date(timestamp));

const time = (timestamp) => new Date(timestamp).toLocaleTimeString(language, { timeStyle: "medium", hourCycle: "h23" });

export const date = (timestamp) => new Date(timestamp).toLocaleString(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

// `2026-01` as `January 2026`.
export const month = (yearAndMonth) => new Date(yearAndMonth).toLocaleDateString(language, { year: "numeric", month: "long", timeZone: "UTC" });

// For the token requestor's pages: the language of this app with the device's country, or the language's most likely one.
export function locale() {
  const preferred = navigator.languages.map((tag) => new Intl.Locale(tag)).find((tag) => tag.language === language && tag.region);
  const { region } = preferred ?? new Intl.Locale(language).maximize();
  return `${language}_${region}`;
}
