//! The German of the catalog's page.

use simulator::German;

pub(super) const GERMAN: German = &[
    ("Token requestors", "Token Requestors"),
    (
        "The token requestors that Mastercard lists, and what changed.",
        "Die Token Requestors, die Mastercard nennt, und was sich geändert hat.",
    ),
    ("Listed", "Gelistet"),
    ("Retired", "Zurückgezogen"),
    ("In quarantine", "In Quarantäne"),
    ("none", "keine"),
    ("never", "nie"),
    ("Confirmed by Mastercard", "Von Mastercard bestätigt"),
    (
        "Stale: the catalog should be refreshed every 14 days, but it was not.",
        "Veraltet: Der Katalog soll alle 14 Tage erneuert werden, wurde es aber nicht.",
    ),
    (
        "No longer listed by Mastercard: hidden from the app, but kept in case they return.",
        "Mastercard nennt sie nicht mehr: Die App zeigt sie nicht; sie bleiben gespeichert, falls sie zurückkehren.",
    ),
    ("What changed", "Was sich geändert hat"),
    ("Rendered", "Erstellt"),
    ("by", "von"),
    // A token requestor.
    ("no logo", "ohne Logo"),
    ("Retired since", "Zurückgezogen seit"),
    ("In quarantine since", "In Quarantäne seit"),
    ("Not allowed yet is the redirect to", "Noch nicht erlaubt ist die Weiterleitung an"),
    (
        "Until it is allowed, the earlier push methods are used.",
        "Bis sie erlaubt ist, gelten die bisherigen Push-Methoden.",
    ),
    (
        "Does not support Token Connect: the app does not show it.",
        "Unterstützt Token Connect nicht: Die App zeigt ihn nicht.",
    ),
    ("Push methods", "Push-Methoden"),
    ("Accepts up to five cards at once.", "Nimmt bis zu fünf Karten auf einmal an."),
    ("Account ranges", "Kontobereiche"),
    // Changes.
    ("New", "Neu"),
    ("Changed", "Geändert"),
    ("Returned", "Zurückgekehrt"),
    ("Quarantined", "In Quarantäne gekommen"),
];
