// Texts in the page's language, which the server chose. As with gettext, a text is written in English where it is used; its
// German is here.

const GERMAN = {
  "Issuer server": "Server der Bank",
  "{from} to {to} ": "{from} an {to} ",
  "Request, step {step}": "Anfrage, Schritt {step}",
  "Answer, step {step}": "Antwort, Schritt {step}",
  "Not yet: play a journey.": "Noch nicht geschehen: Spielen Sie einen Ablauf ab.",
  "Replayed from the start of this server: {seen} of {all} steps.": "Vom Start dieses Servers wiedergegeben: {seen} von {all} Schritten.",
  "Seen so far: {seen} of {all} steps.": "Bisher gesehen: {seen} von {all} Schritten.",
  "No step has happened yet.": "Noch ist kein Schritt geschehen.",
  "Playing…": "Wird abgespielt…",
  "The journey stopped. A fault may be configured in the simulator.": "Der Ablauf brach ab. Vielleicht ist im Simulator eine Störung eingestellt.",
  "tip": "Tipp",
  "after": "dann",
  "Every 14 days": "Alle 14 Tage",
  "Which token requestors take our cards?": "Welche Token Requestors nehmen unsere Karten an?",
  "The token requestors": "Die Token Requestors",
  "Get their logos": "Ihre Logos holen",
  "The artwork": "Die Bilder",
  "The cardholder chooses": "Der Karteninhaber wählt",
  "Which token requestors and cards can I choose?": "Welche Token Requestors und Karten kann ich wählen?",
  "Which cards are enabled already?": "Welche Karten sind schon aktiviert?",
  "Enable this card": "Diese Karte aktivieren",
  "The card behind this contract, encrypted": "Die Karte zu diesem Vertrag, verschlüsselt",
  "Finds the card; it is active": "Findet die Karte; sie ist aktiv",
  "The card, encrypted for Token Connect": "Die Karte, verschlüsselt für Token Connect",
  "Push it to Click to Pay": "An Click to Pay übermitteln",
  "A receipt, and a signature": "Ein Receipt und eine Signatur",
  "The redirect URL": "Die URL der Weiterleitung",
  "At Click to Pay": "Bei Click to Pay",
  "Opens the redirect": "Öffnet die Weiterleitung",
  "Tokenize this card": "Diese Karte tokenisieren",
  "May this card be tokenized? (TAR)": "Darf diese Karte tokenisiert werden? (TAR)",
  "Approved": "Genehmigt",
  "Notification: a token was requested (TAR)": "Benachrichtigung: Ein Token wurde angefordert (TAR)",
  "The token": "Das Token",
  "The token was created (TCN)": "Das Token wurde erstellt (TCN)",
  "Acknowledged": "Bestätigt",
  "Notification: the token was created (TCN)": "Benachrichtigung: Das Token wurde erstellt (TCN)",
  "Terms and conditions": "Geschäftsbedingungen",
  "Accepts": "Stimmt zu",
  "Your card is enabled": "Ihre Karte ist aktiviert",
  "And back": "Und zurück",
  "Comes back through the callback": "Kehrt über den Callback zurück",
  "What is the outcome?": "Was ist das Ergebnis?",
};

// A text with each `{name}` replaced by its value.
export function text(english, values = {}) {
  const words = (document.documentElement.lang === "de" && GERMAN[english]) || english;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
