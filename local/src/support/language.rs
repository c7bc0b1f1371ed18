//! The languages of support's pages. As with gettext, a text is written in English where it is used; its German is here.
//! Codes, such as `TAR` and `APPROVED`, are the same in both.

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    German,
}

impl Language {
    /// The language that the query asks for, or else the first of the browser's (`Accept-Language`).
    pub(super) fn choose(asked: Option<&str>, accepted: &str) -> Self {
        if asked.unwrap_or(accepted).to_ascii_lowercase().starts_with("de") {
            Self::German
        } else {
            Self::English
        }
    }

    /// Of HTML's `lang`.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The other one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::English => Self::German,
            Self::German => Self::English,
        }
    }

    /// Its own name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// A text in this language.
    pub(super) fn text(self, english: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::German => {
                GERMAN.iter().find(|(text, _)| *text == english).map_or(english, |(_, german)| german)
            }
        }
    }
}

const GERMAN: &[(&str, &str)] = &[
    // The page.
    ("Behind the scenes", "Hinter den Kulissen"),
    ("Skip to content", "Zum Inhalt springen"),
    ("Pages", "Seiten"),
    ("Bank app", "Bank-App"),
    ("Catalog", "Katalog"),
    (
        "Enrollment id, card contract id or client id",
        "Id der Aktivierung, des Kartenvertrags oder des Kunden",
    ),
    ("Find", "Suchen"),
    ("Nothing found", "Nichts gefunden"),
    ("Nothing has this id:", "Diese Id gibt es nicht:"),
    ("Latest enrollments", "Letzte Aktivierungen"),
    ("Enrollments", "Aktivierungen"),
    ("Card contract", "Kartenvertrag"),
    ("Client", "Kunde"),
    ("at", "bei"),
    ("to", "an"),
    ("None.", "Keine."),
    ("Copied", "Kopiert"),
    ("Copy id", "Id kopieren"),
    ("Copy the enrollment id", "Id der Aktivierung kopieren"),
    ("Copy a summary", "Zusammenfassung kopieren"),
    ("Timeline", "Zeitachse"),
    ("missing", "fehlt"),
    ("next", "als Nächstes"),
    (
        "Times are in UTC, by this server's clock. Receipts, signatures and tokens are not shown; only hashes of receipts are stored.",
        "Zeiten in UTC nach der Uhr dieses Servers. Receipts, Signaturen und Token werden nicht gezeigt; gespeichert sind nur Hashes der Receipts.",
    ),
    // An enrollment.
    ("Enrollment", "Aktivierung"),
    ("Attempt", "Versuch"),
    ("Reason", "Grund"),
    ("Next check", "Nächste Prüfung"),
    ("none: final", "keine: endgültig"),
    ("requested", "angefordert"),
    ("attempt", "Versuch"),
    ("Request to push", "Anfrage bis Push"),
    ("Push to token", "Push bis Token"),
    ("Push to return", "Push bis Rückkehr"),
    // Its rows.
    ("asks to enable the card", "will die Karte aktivieren"),
    ("app link", "App-Link"),
    ("terms", "Bedingungen"),
    ("restarts", "beginnt neu"),
    ("pushed: receipts and signature", "übermittelt: Receipts und Signatur"),
    ("receipts:", "Receipts:"),
    ("valid until", "gültig bis"),
    ("push failed", "Push fehlgeschlagen"),
    ("retryable", "wiederholbar"),
    ("not retryable", "nicht wiederholbar"),
    ("push outcome unknown: the response was lost", "Ergebnis des Push unbekannt: Die Antwort ging verloren"),
    ("TCN: a token exists", "TCN: Es gibt ein Token"),
    ("TVN: the token is", "TVN: Das Token ist"),
    ("requested by", "veranlasst von"),
    ("the browser returns", "der Browser kehrt zurück"),
    ("a hint", "ein Hinweis"),
    ("token list", "Token-Liste"),
    ("the cardholder asks for a change of the token", "der Karteninhaber wünscht eine Änderung des Tokens"),
    ("confirmed", "bestätigt"),
    ("no token", "kein Token"),
    ("could not be read", "nicht lesbar"),
    ("recorded by a newer version", "von einer neueren Version aufgezeichnet"),
    ("occurred, by Mastercard's clock, at", "geschehen nach Mastercards Uhr um"),
    ("no response", "keine Antwort"),
    ("correlation id", "Correlation-Id"),
    ("response to the push", "Antwort auf den Push"),
    ("the browser's return", "Rückkehr des Browsers"),
    ("nothing for", "nichts seit"),
    ("not received", "nicht eingetroffen"),
    ("reads the token list", "liest die Token-Liste"),
    ("in", "in"),
    ("now", "jetzt"),
    // Notifications.
    ("Notifications that match no enrollment", "Benachrichtigungen ohne passende Aktivierung"),
    ("not given", "nicht angegeben"),
    ("Occurred", "Geschehen"),
    ("received", "eingetroffen"),
    ("tries:", "Versuche:"),
    ("It names no card contract.", "Sie nennt keinen Kartenvertrag."),
    (
        "No card with this contract was pushed by this server: the card may have been added elsewhere.",
        "Dieser Server hat keine Karte mit diesem Vertrag übermittelt: Vielleicht wurde sie anderswo hinzugefügt.",
    ),
    ("The card was pushed for another client.", "Die Karte wurde für einen anderen Kunden übermittelt."),
    (
        "The card was pushed, but to another token requestor.",
        "Die Karte wurde übermittelt, aber an einen anderen Token Requestor.",
    ),
    (
        "It occurred before the card was requested: it may belong to an earlier token.",
        "Sie geschah, bevor die Karte angefordert wurde: Vielleicht gehört sie zu einem früheren Token.",
    ),
];
