//! Pushes a card to a token requestor and prints the redirect (steps 7 to 13).
//!
//! ```sh
//! cargo run -p push-provisioning-client --example push_card -- \
//!     http://127.0.0.1:9010 credentials 40000 70001 50123197928 http://127.0.0.1:9010
//! ```
#![allow(clippy::print_stdout, missing_docs, reason = "an example prints its result")]

use std::error::Error;

use push_provisioning_client::{
    SignatureData,
    card::{CardContractId, ClientId},
    processing::{FundingAccountSearch, SearchConfig, SearchShape},
    redirect::{self, AllowedOrigin},
    token_connect::{PushError, PushMultipleAccounts},
    token_requestor::{Platform, TokenRequestorId},
};
use uuid::Uuid;

use self::connect::{Connection, deadline};

mod connect;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", run(std::env::args().skip(1)).await?);
    Ok(())
}

pub(crate) async fn run(mut arguments: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let connection = Connection::from_arguments(&mut arguments)?;
    let client_id: ClientId = arguments.next().ok_or("argument 3: the client id")?.parse()?;
    let card_contract_id: CardContractId =
        arguments.next().ok_or("argument 4: the card contract id")?.parse()?;
    let token_requestor_id: TokenRequestorId =
        arguments.next().ok_or("argument 5: the token requestor id")?.parse()?;
    let origin: AllowedOrigin =
        arguments.next().ok_or("argument 6: the token requestor's origin")?.parse()?;

    let signature_data = SignatureData {
        callback_url: format!("https://bank.example/callback/{}", Uuid::new_v4()),
        complete_issuer_app_activation: true,
        complete_website_activation: true,
        account_holder_data_supplied: false,
        locale: Some("en_GB".into()),
    };

    // Steps 7 to 9: Processing encrypts the card.
    let search = FundingAccountSearch {
        request_id: Uuid::new_v4(),
        push_account_id: "CARD-1".into(),
        card_contract_id,
        token_requestor_id: token_requestor_id.clone(),
        signature_data: signature_data.clone(),
        account_holder: None,
    };
    let config = SearchConfig {
        client_encryption_key: connection.client_encryption_key()?,
        shape: SearchShape::default(),
    };
    let processing = connection.processing()?;
    // Its connection is opened while Processing works.
    let token_connect = connection.token_connect()?.preconnect();
    let encrypted_card = processing.search_funding_accounts(client_id, &search, &config, deadline()).await?;

    // Steps 10 and 11: the push.
    let push = PushMultipleAccounts {
        request_id: Uuid::new_v4(),
        token_requestor_id,
        push_funding_accounts: encrypted_card,
        signature_data,
        receipts_validity_minutes: 15,
        requests_digitization_data: false,
    };
    let pushed = match token_connect.push_multiple_accounts(&push, deadline()).await {
        Ok(pushed) => pushed,
        Err(PushError::Rejected(error)) => return Err(format!("nothing was pushed: {error}").into()),
        Err(PushError::Unknown(error)) => {
            return Err(format!("the card may have been pushed: {error}").into());
        }
    };

    // Steps 12 and 13: the redirect. It is a secret; a real issuer sends it only to the cardholder's browser.
    let signature = pushed.signature.as_ref();
    let url = redirect::compose(&pushed.available_push_methods, Platform::Web, signature, &[origin])?;
    Ok(format!("receipts: {}\nredirect: {}\n", pushed.receipts.len(), url.expose()))
}
