use serde_json::json;

use super::*;
use crate::{
    Processing, RateLimit, Transport,
    testing::{FakeServer, Reply, ok, signer, soon, status},
};

fn processing(mastercard: &FakeServer) -> Processing {
    Processing::new(mastercard.url.clone(), signer(), None, Transport::new().unwrap(), RateLimit::default())
}

fn number() -> TokenNumber {
    "5555559999990007".parse().unwrap()
}

fn invalid_token() -> String {
    json!({"Errors": {"Error": [{"Source": "MASTERCARD PROCESSING", "ReasonCode": "INVALID_TOKEN", "Recoverable": false}]}})
        .to_string()
}

async fn remove(mastercard: &FakeServer) -> Result<TokenChangeResult, TokenChangeError> {
    let words = TokenStatusWords::default();
    let processing = processing(mastercard);
    processing.set_token_status(70001.into(), &number(), words.of(TokenAction::Remove), soon()).await
}

#[tokio::test]
async fn one_token_is_changed_by_its_number() {
    for action in TokenAction::ALL {
        let mastercard = FakeServer::start([status(204, "")]);
        let words: TokenStatusWords = "suspend=PAUSE".parse().unwrap();
        let word = words.of(action);
        let changed =
            processing(&mastercard).set_token_status(70001.into(), &number(), word, soon()).await.unwrap();
        assert_eq!(changed, TokenChangeResult::Changed);
        let [received] = mastercard.received().try_into().ok().unwrap();
        assert_eq!(received.line, "PUT /api/cards/70001/tokens HTTP/1.1");
        assert_eq!(received.json(), json!({"tokenNumber": "5555559999990007", "tokenStatus": word}));
    }
}

#[tokio::test]
async fn a_token_that_is_gone_is_no_failure() {
    let mastercard = FakeServer::start([status(404, invalid_token())]);
    assert_eq!(remove(&mastercard).await.unwrap(), TokenChangeResult::Gone);
}

#[tokio::test]
async fn a_404_of_something_else_is_a_failure_that_changed_nothing() {
    let unknown_card = invalid_token().replace("INVALID_TOKEN", "CARD_CONTRACT_NOT_FOUND");
    for body in [unknown_card, "<html>404</html>".into()] {
        let mastercard = FakeServer::start([status(404, body)]);
        assert!(matches!(remove(&mastercard).await, Err(TokenChangeError::NotChanged(_))));
    }
}

#[tokio::test]
async fn a_lost_or_unclear_answer_is_unknown_and_the_change_is_not_sent_again() {
    for reply in [Reply::CloseConnection, status(500, ""), status(503, "{}"), status(408, "")] {
        let mastercard = FakeServer::start([reply, ok("{}")]);
        assert!(matches!(remove(&mastercard).await, Err(TokenChangeError::Unknown(_))));
        assert_eq!(mastercard.received().len(), 1);
    }
}

#[tokio::test]
async fn nothing_is_changed_if_mastercard_cannot_be_reached_or_is_busy() {
    let busy = FakeServer::start([status(429, "{}")]);
    for mastercard in [FakeServer::unreachable(), busy] {
        assert!(matches!(remove(&mastercard).await, Err(TokenChangeError::NotChanged(_))));
    }
}

#[tokio::test]
async fn tokens_move_to_another_card_one_or_all() {
    let mastercard = FakeServer::start([status(204, ""), status(204, ""), status(400, invalid_token())]);
    let processing = processing(&mastercard);
    let relink = async |number: Option<&TokenNumber>| {
        processing.relink_tokens(70001.into(), 70002.into(), number, soon()).await.unwrap()
    };
    assert_eq!(relink(Some(&number())).await, TokenChangeResult::Changed);
    assert_eq!(relink(None).await, TokenChangeResult::Changed);
    assert_eq!(relink(None).await, TokenChangeResult::Gone);
    let [one, all, _] = mastercard.received().try_into().ok().unwrap();
    assert_eq!(one.line, "PUT /api/cards/70001/token-relinks HTTP/1.1");
    assert_eq!(one.json(), json!({"newCardContractId": 70002, "tokenNumber": "5555559999990007"}));
    assert_eq!(all.json(), json!({"newCardContractId": 70002}));
}

#[test]
fn a_number_has_only_digits_and_does_not_print() {
    for raw in ["", "5555", "55555599999900071234", "555555 9999990007", "555555999999000a"] {
        assert_eq!(raw.parse::<TokenNumber>().unwrap_err(), InvalidTokenNumber, "{raw}");
    }
    assert!(!format!("{:?}", number()).contains("5555"));
}

#[test]
fn words_of_two_actions_must_differ() {
    for raw in ["", "suspend", "suspend=", "pause=X", "suspend=A B", "suspend=RESUME", "resume=deactivate"] {
        assert_eq!(raw.parse::<TokenStatusWords>(), Err(InvalidTokenStatusWords), "{raw}");
    }
    let all = "suspend=S, resume=R,remove=D".parse::<TokenStatusWords>().unwrap();
    assert_eq!(TokenAction::ALL.map(|action| all.of(action)), ["S", "R", "D"]);
}
