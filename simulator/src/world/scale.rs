//! A world of any size, the same at every start: what a large issuer's catalog costs can be measured with it.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::requestor::{CLICK_TO_PAY, PushMethod, TokenRequestor};

/// First of the generated account ranges; each is followed by the next at this distance.
const FIRST_RANGE: u64 = 5_200_000_000_000_000_000;
const RANGE_LENGTH: u64 = 10_000_000_000;
/// Account ranges drawn for each requestor, so that 25 of 500 name not quite half of all requestors.
const RANGES_OF_ONE: u64 = 12;
/// Characters that a name may have.
const LONGEST_NAME: usize = 100;
/// Syllables of names, one script a line, with the separator between words.
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

/// How much of everything there is, besides the sample world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Token requestors that are enabled for the generated account ranges. Click to Pay is the first, for all of them;
    /// the others for up to twelve each.
    pub requestors: usize,
    /// Generated account ranges.
    pub ranges: usize,
    /// Bytes of each logo's PNG, about; every logo is such a one then.
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
        let mut draw = Draw::new(n);
        let asset = Uuid::from_u64_pair(draw.next(), draw.next());
        let ranges = u64::try_from(self.ranges).unwrap_or_default().max(1);
        let ranges: BTreeSet<u64> = (0..RANGES_OF_ONE).map(|_| draw.below(ranges)).collect();
        let methods: [&[PushMethod]; 5] =
            [&[Web], &[Ios, Android], &[Ios, Android, Web], &[Android, Web], &[]];
        let wallet = draw.below(5) == 0;
        let shown = name(n, &mut draw);
        TokenRequestor {
            token_requestor_id: format!("504{n:08}"),
            name: format!("Generated Example {n} Ltd"),
            wallet_name: if wallet { shown.clone() } else { "MDES for Merchants".to_owned() },
            consumer_facing_entity_name: shown,
            token_requestor_type: if wallet { "WALLET" } else { "MERCHANT" }.to_owned(),
            wallet_id: wallet.then(|| format!("{:03}", n % 1000)),
            image_asset_id: Some(asset.to_string()),
            account_ranges: ranges.into_iter().map(account_range).collect(),
            push_methods: draw.of(&methods).to_vec(),
            push_page: None,
            supports_multiple_pushed_cards: wallet,
            supported_account_holder_data: Vec::new(),
        }
    }
}

fn account_range(n: u64) -> String {
    (FIRST_RANGE + n * RANGE_LENGTH).to_string()
}

/// Words of one script, from short to as long as names may be, and the number that makes it one of a kind.
fn name(n: u64, draw: &mut Draw) -> String {
    let (separator, words) = draw.of(&SCRIPTS);
    let count = 1 + draw.below(4) * draw.below(6);
    let words: Vec<&str> = (0..count).map(|_| *draw.of(words)).collect();
    let number = format!(" {n}");
    let length = LONGEST_NAME.saturating_sub(number.len());
    words.join(separator).chars().take(length).chain(number.chars()).collect()
}

/// Numbers that look random and are the same for the same seed (SplitMix64).
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to one less than `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<'a, T, const N: usize>(&mut self, choices: &'a [T; N]) -> &'a T {
        let at = self.below(N.try_into().unwrap_or(u64::MAX));
        &choices[usize::try_from(at).unwrap_or_default()]
    }
}
