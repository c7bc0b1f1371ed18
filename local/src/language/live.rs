//! The German of the live page. What its scripts write is in `live/texts.js`.

use simulator::German;

pub(super) const GERMAN: German = &[
    ("The 25 steps, live", "Die 25 Schritte, live"),
    (
        "The 25 steps from the bank app to Click to Pay and back, as they happen.",
        "Die 25 Schritte von der Bank-App zu Click to Pay und zurück, während sie geschehen.",
    ),
    ("Skip to the selected step", "Zum gewählten Schritt springen"),
    (
        "How a card gets to Click to Pay. Play a journey here, or enable a card in the",
        "Wie eine Karte zu Click to Pay kommt. Spielen Sie hier einen Ablauf ab, oder aktivieren Sie eine Karte in der",
    ),
    ("bank app", "Bank-App"),
    ("in another window and watch it happen.", "in einem anderen Fenster und sehen Sie dabei zu."),
    ("Play a journey", "Ablauf abspielen"),
    ("Pace", "Tempo"),
    ("slow", "langsam"),
    ("fast", "schnell"),
    ("as it happens", "in Echtzeit"),
    ("Choose a step to read it", "Wählen Sie einen Schritt"),
    (
        "Each step shows its request and its answer. Secret values are shown as …",
        "Jeder Schritt zeigt seine Anfrage und seine Antwort. Geheime Werte stehen als … da.",
    ),
];
