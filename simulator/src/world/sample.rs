//! The sample world, all of it invented except Click to Pay's token requestor id, the wallet name `MDES for
//! Merchants` and the public test number of card 70001.

use jiff::Timestamp;

use super::card::{CardContract, CardNumber, today};
use super::requestor::{CLICK_TO_PAY, PushMethod, TokenRequestor};
use super::token::{Suspender, Token};

const CREDIT: &str = "5555550000000000000";
const DEBIT: &str = "5555560000000000000";
/// Above `i64::MAX`: fails in clients that parse range starts as signed numbers.
const PRIVATE_LABEL: &str = "9300000000000000000";

pub(super) fn requestors() -> Vec<TokenRequestor> {
    use PushMethod::{Android, Ios, Web};
    let strings = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let merchant =
        |id: &str, name: &str, display_name: &str, asset: &str, ranges: &[&str], methods: &[PushMethod]| {
            TokenRequestor {
                token_requestor_id: id.to_owned(),
                name: name.to_owned(),
                consumer_facing_entity_name: display_name.to_owned(),
                token_requestor_type: "MERCHANT".to_owned(),
                wallet_id: None,
                wallet_name: "MDES for Merchants".to_owned(),
                image_asset_id: Some(asset.to_owned()),
                account_ranges: strings(ranges),
                push_methods: methods.to_vec(),
                push_page: None,
                supports_card_holder_authentication: false,
                supports_issuer_initiated_digitization_data: false,
                supports_multiple_pushed_cards: false,
                supported_account_holder_data: Vec::new(),
            }
        };
    vec![
        TokenRequestor {
            supported_account_holder_data: strings(&["NAME", "EMAIL_ADDRESS", "MOBILE_PHONE_NUMBER"]),
            ..merchant(
                CLICK_TO_PAY,
                "Mastercard International Inc",
                "Click to Pay",
                "3a7a2f0e-5a0e-4c65-9e0b-1f6f2c0d9a11",
                &[CREDIT, DEBIT],
                &[Web],
            )
        },
        TokenRequestor {
            token_requestor_type: "WALLET".to_owned(),
            wallet_id: Some("901".to_owned()),
            wallet_name: "Harbor Wallet".to_owned(),
            supports_multiple_pushed_cards: true,
            supported_account_holder_data: strings(&["NAME", "ADDRESS"]),
            supports_issuer_initiated_digitization_data: true,
            ..merchant(
                "50999000001",
                "Harbor Wallet Example Ltd",
                "Harbor Wallet",
                "8d0f5c52-6a0b-4f0e-8a57-52a2a1f0c7b2",
                &[CREDIT, PRIVATE_LABEL],
                &[Ios, Android, Web],
            )
        },
        merchant(
            "50999000002",
            "Long Name Example Cooperative",
            "The Very Long Named Example Cooperative of Gardeners, Bakers, Florists and Bookbinders of Northshire",
            "0b7b6a3d-1f53-4c0c-9a35-7de6c21b90c3",
            &[CREDIT],
            &[Web],
        ),
        merchant(
            "50999000003",
            "Not Yet Example Stores",
            "Not Yet Stores",
            "c4f9d8a1-77c5-4a86-b6a4-03cf5c4f11d4",
            &[CREDIT],
            &[],
        ),
        TokenRequestor {
            supports_card_holder_authentication: true,
            ..merchant(
                "50999000004",
                "App Only Example Rides",
                "App Only Rides",
                "e19a4b70-2d2c-4b8e-93d2-6fb9be0a52e5",
                &[CREDIT, DEBIT],
                &[Ios, Android],
            )
        },
    ]
}

/// Clients of the card management system; 40002 has no card.
pub(super) const CLIENTS: [u64; 4] = [40_000, 40_001, 40_002, 650_971_000];

pub(super) fn cards() -> Vec<CardContract> {
    let today = today();
    let expiry = ((today.year() + 3) % 100, today.month());
    let card = |id: u64, client_id: u64, holder: &str, status: &str, prefix: &str| CardContract {
        id,
        client_id,
        holder: holder.to_owned(),
        status: status.to_owned(),
        number: CardNumber::generate(prefix, if id == 70_001 { 555_555_444 } else { id * 7_919 }),
        expiry,
        // A bank may have rules of its own; this card passes the search and the push, and is declined at the TAR.
        approves: id != 80_003,
        needs_authentication: id == 70_006,
    };
    let mut cards = vec![
        card(70_001, 40_000, "ALEX EXAMPLE", "00", "555555"),
        card(70_002, 40_000, "ALEX EXAMPLE", "00", "555555"),
        card(70_003, 40_000, "ALEX EXAMPLE", "05", "555555"),
        card(70_004, 40_000, "ALEX EXAMPLE", "43", "555555"),
        // In an account range that no requestor is enabled for.
        card(70_005, 40_000, "ALEX EXAMPLE", "00", "555557"),
        card(80_001, 40_001, "SAM SAMPLE", "00", "555555"),
        card(80_002, 40_001, "SAM SAMPLE", "00", "555556"),
        card(80_003, 40_001, "SAM SAMPLE", "00", "555555"),
        // Ids of Mastercard's sandbox for changes of tokens that fail.
        card(10_003, 650_971_000, "ROBIN PLACEHOLDER", "00", "555555"),
        card(90_001, 650_971_000, "ROBIN PLACEHOLDER", "00", "555555"),
    ];
    cards.extend((70_006..=70_030).map(|id| card(id, 40_000, "ALEX EXAMPLE", "00", "555555")));
    cards
}

/// Tokens of the client for which Mastercard's sandbox lists three of differing status. Which statuses they have, and all else of
/// them, is invented.
pub(super) fn sandbox_tokens() -> Vec<Token> {
    let token = |serial: u64, requestor: &str, wallet: &str| Token {
        card_contract_id: 70_001,
        client_id: 40_000,
        token_requestor_id: requestor.to_owned(),
        wallet_name: wallet.to_owned(),
        token_unique_reference: format!("DM4MMC0000{serial:038x}"),
        correlation_id: None,
        number: CardNumber::generate("555558", serial),
        created: Timestamp::now(),
        is_activated: true,
        is_deactivated: false,
        suspended_by: Default::default(),
    };
    vec![
        token(1, "50110030273", "Google Pay"),
        Token { suspended_by: [Suspender::Issuer].into(), ..token(2, "50999000001", "Harbor Wallet") },
        Token { is_deactivated: true, ..token(3, "50999000002", "MDES for Merchants") },
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_requestor_has_a_name_as_long_as_names_may_be() {
        let longest = super::requestors().iter().map(|r| r.consumer_facing_entity_name.chars().count()).max();
        assert_eq!(longest, Some(100));
    }
}
