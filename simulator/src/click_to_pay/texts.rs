//! The texts of the pages, in the languages of the sample app. The issuer chooses the language by its locale.

use super::session::Headline;

/// The texts of one language.
pub(crate) struct Texts {
    pub(super) language: &'static str,
    pub(super) language_name: &'static str,
    pub(crate) ribbon: &'static str,
    pub(super) steps_label: &'static str,
    pub(super) steps: [&'static str; 3],
    pub(super) cards: &'static str,
    pub(super) card_ending: &'static str,
    pub(super) sent: &'static str,
    pub(super) card_number: &'static str,
    pub(super) encrypted: &'static str,
    pub(super) name: &'static str,
    pub(super) email_address: &'static str,
    pub(super) phone_number: &'static str,
    pub(super) language_of_pages: &'static str,
    pub(super) terms: &'static str,
    pub(super) terms_text: [&'static str; 3],
    pub(super) by_continuing: &'static str,
    pub(super) accept: &'static str,
    pub(super) cancel: &'static str,
    pub(super) app_for: &'static str,
    pub(super) authentication: &'static str,
    pub(super) authenticate: &'static str,
    pub(super) later: &'static str,
    pub(super) back: &'static str,
    pub(super) close: &'static str,
    pub(crate) headline: fn(Headline) -> &'static str,
}

const ENGLISH: Texts = Texts {
    language: "en",
    language_name: "English",
    ribbon: "A simulator, not Mastercard. No real card is involved.",
    steps_label: "Steps",
    steps: ["Sent by your bank", "Your consent", "Back to your bank"],
    cards: "Cards",
    card_ending: "Card ending",
    sent: "Your bank sent",
    card_number: "Card number and expiry date",
    encrypted: "encrypted",
    name: "Name",
    email_address: "Email address",
    phone_number: "Mobile number",
    language_of_pages: "Language of this page",
    terms: "Terms and conditions of",
    terms_text: [
        "We store a token instead of your card number, and use it only for payments that you confirm.",
        "You can remove the card at any time; we then delete the token.",
        "These terms are invented for the simulator and bind nobody.",
    ],
    by_continuing: "By continuing you accept the terms and conditions.",
    accept: "Accept and continue",
    cancel: "Cancel",
    app_for: "app for",
    authentication: "Your card is added, and works once your bank has verified that it is you.",
    authenticate: "Verify with your bank",
    later: "Later",
    back: "Back to your bank",
    close: "You may close this page.",
    headline: Headline::as_str,
};

const GERMAN: Texts = Texts {
    language: "de",
    language_name: "Deutsch",
    ribbon: "Ein Simulator, nicht Mastercard. Keine echte Karte ist beteiligt.",
    steps_label: "Schritte",
    steps: ["Von Ihrer Bank gesendet", "Ihre Zustimmung", "Zurück zur Bank"],
    cards: "Karten",
    card_ending: "Karte mit Endziffern",
    sent: "Ihre Bank hat übermittelt",
    card_number: "Kartennummer und Ablaufdatum",
    encrypted: "verschlüsselt",
    name: "Name",
    email_address: "E-Mail-Adresse",
    phone_number: "Mobilnummer",
    language_of_pages: "Sprache dieser Seite",
    terms: "Geschäftsbedingungen von",
    terms_text: [
        "Wir speichern statt Ihrer Kartennummer ein Token und nutzen es nur für Zahlungen, die Sie bestätigen.",
        "Sie können die Karte jederzeit entfernen; dann löschen wir das Token.",
        "Diese Bedingungen sind für den Simulator erfunden und binden niemanden.",
    ],
    by_continuing: "Wenn Sie fortfahren, nehmen Sie die Geschäftsbedingungen an.",
    accept: "Zustimmen und weiter",
    cancel: "Abbrechen",
    app_for: "App für",
    authentication: "Ihre Karte ist hinzugefügt und kann genutzt werden, sobald Ihre Bank Ihre Identität geprüft hat.",
    authenticate: "Bei Ihrer Bank bestätigen",
    later: "Später",
    back: "Zurück zu Ihrer Bank",
    close: "Sie können diese Seite schließen.",
    headline: german_headline,
};

impl Texts {
    /// The texts for a locale such as `de_DE`; English for other languages and without one.
    pub(crate) fn of(locale: Option<&str>) -> &'static Self {
        match locale {
            Some(locale) if locale.starts_with("de") => &GERMAN,
            _ => &ENGLISH,
        }
    }
}

fn german_headline(headline: Headline) -> &'static str {
    match headline {
        Headline::Terms => "Karte hinzufügen",
        Headline::Enabled => "Ihre Karte ist aktiviert",
        Headline::Authentication => "Ihre Bank muss Ihre Identität prüfen",
        Headline::Duplicate => "Ihre Karte war schon aktiviert",
        Headline::Cancelled => "Ihre Karte wurde nicht hinzugefügt",
        Headline::Declined => "Ihre Karte kann nicht hinzugefügt werden",
        Headline::Error => "Etwas ist schiefgegangen",
    }
}
