//! The key sets of an API: one, or two while one replaces the other. The functions prefer the newer of two and sign with the older one once
//! Mastercard has rejected it, so their client does not show which set was accepted. Here each set signs alone.

use runtime::config::{Settings, registry};

use super::{Api, reading::Reading};

/// A key set that is configured for an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeySet {
    /// There is no other.
    Only,
    /// Of two, the one in the settings without `NEXT` in their names.
    Current,
    /// Of two, the one in the settings with `NEXT` in their names.
    Next,
}

/// The settings of a key set.
struct Names {
    consumer_key: &'static str,
    signing_key: &'static str,
    password: &'static str,
}

impl KeySet {
    /// The key sets that are configured. One that is incomplete counts: its call is not made, and its row says so.
    pub(super) fn of(api: Api, reading: &Reading<'_>) -> &'static [Self] {
        let has_next = match api {
            Api::TokenConnect => reading.raw(&registry::TOKEN_CONNECT_NEXT_SIGNING_KEY).is_some(),
            Api::Processing => reading.raw(&registry::PROCESSING_NEXT_SIGNING_KEY).is_some(),
        };
        let has_next = has_next || reading.raw(&api.next_consumer_key()).is_some();
        if has_next { &[Self::Current, Self::Next] } else { &[Self::Only] }
    }

    /// The name of the row of this operation.
    pub(super) fn row_name(self, operation: &str) -> String {
        match self {
            Self::Only => operation.to_owned(),
            Self::Current => format!("{operation}, current key set"),
            Self::Next => format!("{operation}, NEXT key set"),
        }
    }

    /// Of two, the settings that this one consists of.
    pub(super) fn description(self, api: Api) -> Option<String> {
        let Names { consumer_key, signing_key, .. } = match self {
            Self::Only => return None,
            Self::Current => current(api),
            Self::Next => next(api),
        };
        Some(format!("signed with {consumer_key} and {signing_key} only"))
    }

    /// The settings, with this key set as the only one of the API.
    pub(super) fn alone(self, api: Api, settings: &Settings) -> Settings {
        let (current, next) = (current(api).all(), next(api).all());
        let pairs = settings.iter().filter_map(|(name, value)| {
            let position = next.iter().position(|of_next| *of_next == name);
            match (self, position) {
                (Self::Only, _) => Some((name, value)),
                (Self::Current, position) => position.is_none().then_some((name, value)),
                (Self::Next, Some(position)) => Some((*current.get(position)?, value)),
                (Self::Next, None) => (!current.contains(&name)).then_some((name, value)),
            }
        });
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl Names {
    fn all(&self) -> [&'static str; 3] {
        [self.consumer_key, self.signing_key, self.password]
    }
}

fn current(api: Api) -> Names {
    match api {
        Api::TokenConnect => Names {
            consumer_key: registry::TOKEN_CONNECT_CONSUMER_KEY.name(),
            signing_key: registry::TOKEN_CONNECT_SIGNING_KEY.name(),
            password: registry::TOKEN_CONNECT_SIGNING_KEY_PASSWORD.name(),
        },
        Api::Processing => Names {
            consumer_key: registry::PROCESSING_CONSUMER_KEY.name(),
            signing_key: registry::PROCESSING_SIGNING_KEY.name(),
            password: registry::PROCESSING_SIGNING_KEY_PASSWORD.name(),
        },
    }
}

fn next(api: Api) -> Names {
    match api {
        Api::TokenConnect => Names {
            consumer_key: registry::TOKEN_CONNECT_NEXT_CONSUMER_KEY.name(),
            signing_key: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY.name(),
            password: registry::TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD.name(),
        },
        Api::Processing => Names {
            consumer_key: registry::PROCESSING_NEXT_CONSUMER_KEY.name(),
            signing_key: registry::PROCESSING_NEXT_SIGNING_KEY.name(),
            password: registry::PROCESSING_NEXT_SIGNING_KEY_PASSWORD.name(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_set_is_alone_with_its_own_password_and_the_other_api_keeps_both() {
        let all = [
            ("ACCOUNT_RANGES", "r"),
            ("PROCESSING_NEXT_SIGNING_KEY", "p2"),
            ("TOKEN_CONNECT_CONSUMER_KEY", "c1"),
            ("TOKEN_CONNECT_NEXT_CONSUMER_KEY", "c2"),
            ("TOKEN_CONNECT_NEXT_SIGNING_KEY", "k2"),
            ("TOKEN_CONNECT_SIGNING_KEY", "k1"),
            ("TOKEN_CONNECT_SIGNING_KEY_PASSWORD", "w1"),
        ];
        let settings: Settings =
            all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let alone = |set: KeySet| {
            let settings = set.alone(Api::TokenConnect, &settings);
            settings.iter().map(|(_, value)| value.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(alone(KeySet::Only), ["r", "p2", "c1", "c2", "k2", "k1", "w1"]);
        assert_eq!(alone(KeySet::Current), ["r", "p2", "c1", "k1", "w1"]);
        assert_eq!(alone(KeySet::Next), ["r", "p2", "c2", "k2"]);
    }
}
