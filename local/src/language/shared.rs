//! The German of what several pages show.

use simulator::German;

pub(super) const GERMAN: German = &[
    ("Behind the scenes", "Hinter den Kulissen"),
    ("Skip to content", "Zum Inhalt springen"),
    ("Pages", "Seiten"),
    ("Bank app", "Bank-App"),
    ("Catalog", "Katalog"),
    ("None.", "Keine."),
];

pub(super) const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
