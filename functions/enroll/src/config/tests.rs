#![allow(clippy::unwrap_used, reason = "tests say what they expect")]

use runtime::config::Settings;

use super::*;

const CLICK_TO_PAY: &str = "50123197928";
const WALLET: &str = "50111111111";

/// The settings of a bank that offers two requestors, with one setting replaced; or the problems found in them.
pub(crate) fn config(name: &str, value: &str) -> Result<EnrollConfig, String> {
    let origins = format!("{CLICK_TO_PAY}=https://src.example,{WALLET}=https://wallet.example");
    let all = [
        ("DEFAULT_TOKEN_REQUESTOR_ID", CLICK_TO_PAY),
        ("APP_LINKS", "mobile-app=bankapp://enrolled"),
        ("ALLOWED_REDIRECT_ORIGINS", &origins),
        ("CALLBACK_BASE_URL", "https://bank.example/callback"),
        (name, value),
    ];
    let settings: Settings =
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let mut reader = settings.read();
    EnrollConfig::from_settings(&mut reader).ok_or_else(|| reader.problems().to_string())
}

#[test]
fn a_cardholder_is_redirected_only_to_an_origin_of_the_chosen_requestor() {
    let config = config("", "").unwrap_or_else(|problems| panic!("{problems}"));
    let origins = |requestor: &str| config.origins(&requestor.parse().unwrap());
    assert_eq!(origins(CLICK_TO_PAY), ["https://src.example".parse().unwrap()]);
    assert_eq!(origins(WALLET), ["https://wallet.example".parse().unwrap()]);
    assert_eq!(origins("50122222222"), []);
}

#[test]
fn a_callback_address_has_room_for_a_state_and_no_query_or_fragment() {
    let of_length = |length: usize| format!("{:a<length$}", "https://bank.example/");
    let longest =
        config("CALLBACK_BASE_URL", &of_length(200)).unwrap_or_else(|problems| panic!("{problems}"));
    let callback = longest
        .callback_url(&callback_state(EnrollmentId::new(jiff::Timestamp::UNIX_EPOCH), [0xff; SECRET_BYTES]));
    assert!(callback.len() <= 256, "Mastercard's limit: {}", callback.len());
    for url in [&of_length(201), "https://bank.example/?from=c2p", "https://bank.example/#cards"] {
        let problems = config("CALLBACK_BASE_URL", url).err().unwrap_or_default();
        assert!(
            problems.starts_with("settings: CALLBACK_BASE_URL: must have at most 200 characters"),
            "{url}: {problems}"
        );
    }
}

#[test]
fn a_cardholder_may_start_as_many_attempts_as_configured() {
    let limits = |name, value| config(name, value).unwrap_or_else(|problems| panic!("{problems}")).limits;
    let default = EnrollmentLimits { client_hour: 20, client_day: 50, card_hour: 10, card_day: 20 };
    assert_eq!(limits("", ""), Some(default));
    assert_eq!(limits("CARD_LIMIT_PER_DAY", "31"), Some(EnrollmentLimits { card_day: 31, ..default }));
    assert_eq!(limits("ENROLLMENT_LIMITS", "off"), None);
    // A card's item remembers 32 keys.
    assert!(config("CARD_LIMIT_PER_DAY", "32").is_err());
}
