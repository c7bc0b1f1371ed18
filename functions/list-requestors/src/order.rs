//! The order of the list: the bank's featured token requestors first, then all others by name, collated by the rules of the
//! catalog's language (Unicode Technical Standard 10).

use std::cmp::Ordering;

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::Locale;
use mastercard::token_requestor::{TokenRequestor, TokenRequestorId};
use runtime::config::{
    List, SettingsReader,
    registry::{CATALOG_LOCALE, FEATURED_TOKEN_REQUESTORS},
};

/// From `FEATURED_TOKEN_REQUESTORS` and `CATALOG_LOCALE`.
pub(crate) struct Order {
    featured: Vec<TokenRequestorId>,
    locale: Locale,
    collator: CollatorBorrowed<'static>,
}

impl Order {
    pub(crate) fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let featured = settings.optional(&FEATURED_TOKEN_REQUESTORS);
        let locale = locale(settings);
        let (featured, locale) = (featured?.map_or_else(Vec::new, |List(ids)| ids), locale?);
        match Collator::try_new((&locale).into(), CollatorOptions::default()) {
            Ok(collator) => Some(Self { featured, locale, collator }),
            Err(_) => {
                settings.problem(&CATALOG_LOCALE, "must be a locale with a collation");
                None
            }
        }
    }

    /// Featured ones in the order of the setting, then by name, then by id.
    pub(crate) fn compare(&self, one: &TokenRequestor, other: &TokenRequestor) -> Ordering {
        let rank = |requestor: &TokenRequestor| {
            let mut featured = self.featured.iter();
            featured.position(|id| *id == requestor.token_requestor_id).unwrap_or(usize::MAX)
        };
        let names =
            || self.collator.compare(&one.consumer_facing_entity_name, &other.consumer_facing_entity_name);
        let ids = || one.token_requestor_id.cmp(&other.token_requestor_id);
        rank(one).cmp(&rank(other)).then_with(names).then_with(ids)
    }

    /// Text that is different for orders that sort differently; part of the `ETag`.
    pub(crate) fn fingerprint(&self) -> String {
        format!("{} {:?}", self.locale, self.featured)
    }
}

fn locale(settings: &mut SettingsReader<'_>) -> Option<Locale> {
    let Some(raw) = settings.optional(&CATALOG_LOCALE)? else { return Some(Locale::UNKNOWN) };
    let locale = raw.parse();
    locale
        .map_err(|_| settings.problem(&CATALOG_LOCALE, "must be a BCP 47 language tag, such as de or pt-BR"))
        .ok()
}

#[cfg(test)]
mod tests {
    use runtime::config::Settings;
    use serde_json::json;

    use super::*;

    fn order(variables: &[(&str, &str)]) -> Option<Order> {
        let settings: Settings =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Order::from_settings(&mut settings.read())
    }

    fn sorted(order: &Order, names: &[&str]) -> Vec<String> {
        let requestor = |(index, name): (usize, &&str)| -> TokenRequestor {
            let id = format!("{:011}", 50_000_000_000_u64 + u64::try_from(index).unwrap());
            let fields = json!({"tokenRequestorId": id, "name": name, "consumerFacingEntityName": name,
                "tokenRequestorType": "MERCHANT", "enabledAccountRanges": []});
            serde_json::from_value(fields).unwrap()
        };
        let mut requestors: Vec<_> = names.iter().enumerate().map(requestor).collect();
        requestors.sort_by(|one, other| order.compare(one, other));
        requestors.into_iter().map(|requestor| requestor.consumer_facing_entity_name).collect()
    }

    #[test]
    fn names_are_sorted_as_in_a_dictionary_and_not_by_their_bytes() {
        let names = ["Zebra", "Äpfel", "apple", "Éclair", "Eclipse", "Ünal", "Uhr"];
        let sorted = sorted(&order(&[]).unwrap(), &names);
        assert_eq!(sorted, ["Äpfel", "apple", "Éclair", "Eclipse", "Uhr", "Ünal", "Zebra"]);
    }

    #[test]
    fn each_language_has_its_order_of_names() {
        let names = ["Zebra", "Öst", "Åland", "Oslo"];
        let swedish = order(&[("CATALOG_LOCALE", "sv-SE")]).unwrap();
        assert_eq!(sorted(&swedish, &names), ["Oslo", "Zebra", "Åland", "Öst"]);
        assert_eq!(sorted(&order(&[]).unwrap(), &names), ["Åland", "Oslo", "Öst", "Zebra"]);
    }

    #[test]
    fn the_featured_requestors_of_the_bank_come_first() {
        let featured = order(&[("FEATURED_TOKEN_REQUESTORS", "50000000002, 50000000001")]).unwrap();
        assert_eq!(sorted(&featured, &["A", "B", "C", "D"]), ["C", "B", "A", "D"]);
    }

    #[test]
    fn requestors_of_one_name_are_sorted_by_id() {
        let order = order(&[]).unwrap();
        assert_eq!(sorted(&order, &["Same", "Same", "A"]), ["A", "Same", "Same"]);
    }

    #[test]
    fn invalid_settings_are_rejected() {
        assert!(order(&[("CATALOG_LOCALE", "the usual one")]).is_none());
        assert!(order(&[("FEATURED_TOKEN_REQUESTORS", "click-to-pay")]).is_none());
    }
}
