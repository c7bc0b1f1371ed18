//! The token of one card at one token requestor in the response of `getTokensByClient` (tip after use-case step 4).

use crate::{
    enrollment::{Enrollment, Fact, Status, TokenState},
    token_id::TokenId,
    unknown::bounded_word,
};
use jiff::{SignedDuration, Timestamp};
use mastercard::{
    card::CardContractId,
    processing::{ClientToken, TokenStatus},
    token_requestor::TokenRequestorId,
};

/// The state of the token of this card at this requestor. Of several tokens an active one is preferred, then a suspended
/// one.
///
/// The use case also compares `walletName` (`MDES for Merchants`). It is not compared here: it names a product of MDES for
/// people, which all merchants share, and Mastercard documents no wallet for card-on-file tokens, so that it may be
/// absent or change. The requestor's id identifies the holder of the token by itself.
pub fn token(
    tokens: &[ClientToken],
    card: CardContractId,
    requestor: &TokenRequestorId,
) -> Option<TokenState> {
    let matches = |token: &&ClientToken| {
        token.card_contract_id == card && token.token_requestor_id.as_ref() == Some(requestor)
    };
    best(tokens.iter().filter(matches))
}

/// How far Mastercard's clock may be behind this server's clock.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The enrollment that made a token. `candidates` are the enrollments of its client, card and requestor, newest first: the one
/// whose TCN names the token, or else one whose TCN has not arrived: it may have pushed the card, and the token is from the time in
/// which its receipts could be used. `None` for a token that was made without this server.
pub fn enrollment_of<'a>(
    token: &ClientToken,
    candidates: impl Iterator<Item = &'a Enrollment> + Clone,
    now: Timestamp,
) -> Option<&'a Enrollment> {
    let reference = token.token_unique_reference.as_deref()?;
    let may_have_made_it = |enrollment: &&Enrollment| {
        let is_of_its_time = match token.created_at {
            Some(created_at) => {
                enrollment.created_at.duration_since(created_at) <= CLOCK_SKEW
                    && created_at.duration_since(enrollment.receipts_end()) <= CLOCK_SKEW
            }
            None => enrollment.is_live(now) || has_token(enrollment, now),
        };
        let is_unnamed = enrollment.is_live(now) || !enrollment.names_token();
        enrollment.may_be_pushed() && is_of_its_time && is_unnamed
    };
    let named = candidates.clone().find(|enrollment| enrollment.has_token(reference));
    named.or_else(|| candidates.clone().find(may_have_made_it))
}

fn has_token(enrollment: &Enrollment, now: Timestamp) -> bool {
    matches!(enrollment.status_at(now).status, Status::Tokenized | Status::Enabled | Status::Suspended)
}

/// The state of this enrollment's token: the one that its TCN names, even if it was relinked to another card, or else
/// the one of its card. A token that was removed here does not count: a list may lag behind. Nor does one that one of the
/// `later` enrollments of its client, card and requestor made.
pub fn token_of(tokens: &[ClientToken], enrollment: &Enrollment, later: &[Enrollment]) -> Option<TokenState> {
    let named = |token: &&ClientToken| {
        token.token_unique_reference.as_deref().is_some_and(|reference| enrollment.has_token(reference))
    };
    let is_removed = |token: &&ClientToken| {
        TokenId::of(enrollment.client_id, token).is_some_and(|id| enrollment.has_removed(id))
    };
    let of_card = |token: &&ClientToken| {
        token.card_contract_id == enrollment.card_contract_id
            && token.token_requestor_id.as_ref() == Some(&enrollment.token_requestor_id)
            && !later.iter().any(|later| may_have_made(later, token))
    };
    let left = || tokens.iter().filter(|token| !is_removed(token));
    best(left().filter(named)).or_else(|| best(left().filter(of_card)))
}

/// Whether a later enrollment has made the token, or may have: by its TCN, or because the token is not older than it. Without the
/// time of its creation a token counts as made by the later one.
fn may_have_made(later: &Enrollment, token: &ClientToken) -> bool {
    let reference = token.token_unique_reference.as_deref();
    let is_older =
        token.created_at.is_some_and(|created_at| later.created_at.duration_since(created_at) > CLOCK_SKEW);
    reference.is_some_and(|reference| later.has_token(reference)) || (later.may_be_pushed() && !is_older)
}

/// The fact to record after the list was read; `later` as in [`token_of`].
pub fn fact(tokens: &[ClientToken], enrollment: &Enrollment, later: &[Enrollment]) -> Fact {
    Fact::TokenList { token: token_of(tokens, enrollment, later) }
}

fn best<'a>(tokens: impl Iterator<Item = &'a ClientToken>) -> Option<TokenState> {
    tokens.map(|token| state(&token.status)).min_by_key(|state| match state {
        TokenState::Active => 0,
        TokenState::Suspended => 1,
        TokenState::Inactive => 2,
        TokenState::Other(_) => 3,
        TokenState::Deactivated => 4,
    })
}

/// The state that a status of the list means.
pub fn state(status: &TokenStatus) -> TokenState {
    match status {
        TokenStatus::Active => TokenState::Active,
        TokenStatus::Suspended => TokenState::Suspended,
        TokenStatus::Deactivated => TokenState::Deactivated,
        TokenStatus::Inactive => TokenState::Inactive,
        TokenStatus::Other(status) => TokenState::Other(bounded_word(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_the_enrollment_that_made_it() {
        let at = |second| Timestamp::from_second(1_793_527_200 + second).unwrap();
        let enrollment = |requested: i64, facts: Vec<Fact>| {
            let mut enrollment = crate::enrollment::Enrollment {
                enrollment_id: crate::enrollment::EnrollmentId::new(at(requested)),
                client_id: 40000.into(),
                card_contract_id: 70001.into(),
                token_requestor_id: "50123197928".parse().unwrap(),
                platform: mastercard::token_requestor::Platform::Ios,
                callback: "mobile-app".into(),
                consent: crate::enrollment::Consent {
                    terms_version: "1".into(),
                    accepted_at: at(requested),
                    authentication: None,
                },
                created_at: at(requested),
                respond_by: at(requested + 10),
                facts: Vec::new(),
            };
            for fact in facts {
                enrollment.add_fact(fact.recorded(at(requested + 1), "1"));
            }
            enrollment
        };
        let pushed = || Fact::Pushed { receipt_hashes: Vec::new(), expires_at: at(100_900) };
        let tcn = Fact::Tcn { token_unique_reference: Some("first".into()), occurred_at: at(1) };
        let token = |reference: &str, created: i64| ClientToken {
            card_contract_id: 70001.into(),
            token_requestor_id: Some("50123197928".parse().unwrap()),
            wallet_name: None,
            status: TokenStatus::Active,
            token_unique_reference: Some(reference.into()),
            created_at: Some(at(created)),
        };
        let completed = Fact::Callback { result: crate::enrollment::CallbackResult::Approved };
        let named = enrollment(0, vec![pushed(), tcn, completed]);
        let live = enrollment(100_000, vec![pushed()]);
        let mut again = live.clone();
        let consent = again.consent.clone();
        let restarted = Fact::Restarted {
            platform: again.platform,
            callback: again.callback.clone(),
            consent,
            respond_by: at(100_410),
        };
        again.add_fact(restarted.recorded(at(100_400), "1"));
        let newest_first = [&live, &named];
        let owner = |token| enrollment_of(&token, newest_first.into_iter(), at(100_010)).cloned();
        assert_eq!(owner(token("first", 1)), Some(named.clone()), "its TCN names it");
        assert_eq!(owner(token("second", 100_005)), Some(live.clone()), "its TCN has not arrived yet");
        assert_eq!(owner(token("elsewhere", 50_000)), None, "older than the request");
        let by_itself =
            |enrollment, token, now| enrollment_of(&token, [enrollment].into_iter(), at(now)).is_some();
        assert!(!by_itself(&named, token("another", 5), 10), "its TCN names another");
        assert!(by_itself(&again, token("second", 100_005), 100_402), "made in an earlier attempt");
        let listed = |created_at| {
            let token = ClientToken { created_at, ..token("second", 0) };
            token_of(&[token], &named, std::slice::from_ref(&live))
        };
        let mut unnamed = named.clone();
        unnamed.facts.retain(|recorded| !matches!(recorded.fact, Fact::Tcn { .. }));
        let listed_first = |created_at| {
            let token = ClientToken { created_at, ..token("first", 0) };
            token_of(&[token], &unnamed, std::slice::from_ref(&live))
        };
        assert_eq!(listed(Some(at(99_800))), None, "the later one may have made it");
        assert_eq!(listed(None), None);
        assert_eq!(listed_first(Some(at(5))), Some(TokenState::Active), "older than the later one");
        assert_eq!(
            token_of(&[token("first", 100_005)], &named, std::slice::from_ref(&live)),
            Some(TokenState::Active)
        );
        let expired = &live;
        assert!(by_itself(expired, token("second", 100_880), 200_000), "its TCN never arrived");
        assert!(!by_itself(expired, token("elsewhere", 102_000), 200_000), "newer than its receipts");
    }

    #[test]
    fn a_token_is_found_whatever_its_wallet_is_called() {
        let requestor: TokenRequestorId = "50123197928".parse().unwrap();
        for wallet_name in [None, Some("MDES for Merchants"), Some("a new name")] {
            let listed = ClientToken {
                card_contract_id: 70001.into(),
                token_requestor_id: Some(requestor.clone()),
                wallet_name: wallet_name.map(str::to_owned),
                status: TokenStatus::Active,
                token_unique_reference: None,
                created_at: None,
            };
            assert_eq!(token(&[listed], 70001.into(), &requestor), Some(TokenState::Active));
        }
    }
}
