//! Generated token requestors and account ranges, the same at every start, to measure large catalogs.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::requestor::{CLICK_TO_PAY, PushMethod, TokenRequestor};
use super::rng::Rng;

/// First number of the first generated account range.
const FIRST_RANGE: u64 = 5_200_000_000_000_000_000;
/// Numbers per account range.
const RANGE_LENGTH: u64 = 10_000_000_000;
/// Account ranges chosen for each requestor: any 25 of 500 ranges list not quite half of all requestors.
const RANGES_PER_REQUESTOR: u64 = 12;
/// Characters of the longest name.
const MAX_NAME_LENGTH: usize = 100;
/// Words of names, one script per line, with the separator between words.
const SCRIPTS: [(&str, [&str; 4]); 10] = [
    (" ", ["North", "Market", "Bakery", "& Sons"]),
    (" ", ["Żółć", "Ærø", "Île-d’Été", "Straße"]),
    (" ", ["Παντοπωλείο", "Ἀθῆναι", "Θάλασσα", "Φῶς"]),
    (" ", ["Книжный", "Щука", "Чай", "Ёлка"]),
    (" ", ["متجر", "الكتب", "النور", "البحر"]),
    (" ", ["ספרים", "שוק", "ים", "אור"]),
    (" ", ["पुस्तक", "भंडार", "चाय", "बाज़ार"]),
    ("", ["ร้าน", "หนังสือ", "กาแฟ", "ทะเล"]),
    ("", ["書店", "さくら", "カフェ", "株式会社"]),
    (" ", ["서점", "바다", "커피", "🍎"]),
];

/// Amounts of data generated in addition to the sample world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Token requestors that are enabled for the generated account ranges: Click to Pay, enabled for all ranges, and
    /// generated ones, enabled for up to twelve each.
    pub requestors: usize,
    /// Generated account ranges.
    pub ranges: usize,
    /// Approximate size in bytes of every logo's PNG.
    pub logo_bytes: usize,
}

impl Scale {
    /// First numbers, 19 digits, of the generated account ranges.
    pub fn account_ranges(&self) -> impl Iterator<Item = String> {
        (0_u64..).take(self.ranges).map(account_range)
    }

    /// Enlarges the sample world.
    pub(super) fn enlarge(&self, requestors: &mut Vec<TokenRequestor>) {
        let click_to_pay = requestors.iter_mut().find(|it| it.token_requestor_id == CLICK_TO_PAY);
        if let Some(click_to_pay) = click_to_pay {
            click_to_pay.account_ranges.extend(self.account_ranges());
        }
        requestors.extend((1_u64..).take(self.requestors.saturating_sub(1)).map(|n| self.requestor(n)));
    }

    fn requestor(&self, n: u64) -> TokenRequestor {
        use PushMethod::{Android, Ios, Web};
        let mut rng = Rng::new(n);
        let asset = Uuid::from_u64_pair(rng.next(), rng.next());
        let ranges = u64::try_from(self.ranges).unwrap_or_default().max(1);
        let ranges: BTreeSet<u64> = (0..RANGES_PER_REQUESTOR).map(|_| rng.below(ranges)).collect();
        let methods: [&[PushMethod]; 5] =
            [&[Web], &[Ios, Android], &[Ios, Android, Web], &[Android, Web], &[]];
        let wallet = rng.below(5) == 0;
        let shown = name(n, &mut rng);
        TokenRequestor {
            token_requestor_id: format!("504{n:08}"),
            name: format!("Generated Example {n} Ltd"),
            wallet_name: if wallet { shown.clone() } else { "MDES for Merchants".to_owned() },
            consumer_facing_entity_name: shown,
            token_requestor_type: if wallet { "WALLET" } else { "MERCHANT" }.to_owned(),
            wallet_id: wallet.then(|| format!("{:03}", n % 1000)),
            image_asset_id: Some(asset.to_string()),
            account_ranges: ranges.into_iter().map(account_range).collect(),
            push_methods: rng.choose(&methods).to_vec(),
            push_page: None,
            supports_multiple_pushed_cards: wallet,
            supported_account_holder_data: Vec::new(),
            supports_card_holder_authentication: false,
            supports_issuer_initiated_digitization_data: false,
        }
    }
}

fn account_range(n: u64) -> String {
    (FIRST_RANGE + n * RANGE_LENGTH).to_string()
}

/// A unique name: one or more words of one script, then the number.
fn name(n: u64, rng: &mut Rng) -> String {
    let (separator, words) = rng.choose(&SCRIPTS);
    let count = 1 + rng.below(4) * rng.below(6);
    let words: Vec<&str> = (0..count).map(|_| *rng.choose(words)).collect();
    let number = format!(" {n}");
    let length = MAX_NAME_LENGTH.saturating_sub(number.len());
    words.join(separator).chars().take(length).chain(number.chars()).collect()
}
