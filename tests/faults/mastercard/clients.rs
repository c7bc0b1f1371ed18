//! Our clients, connected as a function connects them, and one call of each operation.

use std::time::Duration;

use local::World;
use mastercard::{
    Deadline, MastercardError, Processing, PushFundingAccounts, SignatureData, TokenConnect,
    processing::{FundingAccountSearch, SearchConfig},
    token_connect::{PushError, PushMultipleAccounts},
};
use runtime::{
    config::{Function, ProcessingSettings, SearchSettings, TokenConnectSettings},
    http::Problem,
};
use simulator::{CLICK_TO_PAY, Operation};
use uuid::Uuid;

use crate::support::{enrollment_fixture, function_runtime::runtime_of};

const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct Clients {
    token_connect: TokenConnect,
    processing: Processing,
    search: SearchConfig,
    logo: String,
}

impl Clients {
    /// New clients, whose circuit breakers are closed.
    pub(super) async fn connect(world: &World) -> Self {
        let runtime = runtime_of(world);
        let runtime = runtime.with_settings(world.settings().for_function(Function::Enroll));
        let mut reader = runtime.settings.read();
        let token_connect =
            TokenConnectSettings::from_settings(&mut reader).unwrap().connect(&runtime).await.unwrap();
        let processing =
            ProcessingSettings::from_settings(&mut reader).unwrap().connect(&runtime).await.unwrap();
        let search = SearchSettings::from_settings(&mut reader).unwrap().connect().await.unwrap();
        let requestors = world.simulator().requestors();
        let click_to_pay = requestors.iter().find(|it| it.token_requestor_id == CLICK_TO_PAY).unwrap();
        Self { token_connect, processing, search, logo: click_to_pay.image_asset_id.clone().unwrap() }
    }

    /// What the call needs: the encrypted card, for a push.
    pub(super) async fn prepare(&self, operation: Operation) -> Option<PushFundingAccounts> {
        match operation {
            Operation::PushMultipleAccounts => Some(self.search(Deadline::after(TIMEOUT)).await.unwrap()),
            _ => None,
        }
    }

    /// Calls the operation. Returns the code of the problem that the app would receive; empty for a success.
    pub(super) async fn call(
        &self,
        operation: Operation,
        prepared: Option<PushFundingAccounts>,
        timeout: Duration,
    ) -> String {
        let deadline = Deadline::after(timeout);
        let outcome = match operation {
            Operation::GetEligibleTokenRequestors => {
                let ranges = ["5555550000000000000".parse().unwrap()];
                let found = self.token_connect.get_eligible_token_requestors(&ranges, deadline).await;
                found.map(|found| assert!(!found.token_requestors.is_empty()))
            }
            Operation::GetAsset => {
                let found = self.token_connect.get_asset(&self.logo.parse().unwrap(), deadline).await;
                found.map(|found| assert_eq!(found.len(), 2))
            }
            Operation::GetTokensByClient => self
                .processing
                .get_tokens_by_client(enrollment_fixture::CLIENT.into(), deadline)
                .await
                .map(drop),
            Operation::SearchFundingAccounts => self.search(deadline).await.map(drop),
            Operation::PushMultipleAccounts => {
                return match self.push(prepared.unwrap(), deadline).await {
                    Ok(()) => String::new(),
                    Err(PushError::Unknown(_)) => "push_outcome_unknown".into(),
                    Err(PushError::Rejected(error)) => Problem::from(error).code.as_str().into(),
                };
            }
            other => panic!("{} is not the issuer's to call", other.name()),
        };
        outcome.err().map(|error| Problem::from(error).code.as_str().to_owned()).unwrap_or_default()
    }

    async fn search(&self, deadline: Deadline) -> Result<PushFundingAccounts, MastercardError> {
        let search = FundingAccountSearch {
            request_id: Uuid::new_v4(),
            push_account_id: "CA-1".into(),
            card_contract_id: enrollment_fixture::CARD.into(),
            token_requestor_id: CLICK_TO_PAY.parse().unwrap(),
            signature_data: signature_data(),
            account_holder: None,
        };
        self.processing
            .search_funding_accounts(enrollment_fixture::CLIENT.into(), &search, &self.search, deadline)
            .await
    }

    async fn push(&self, card: PushFundingAccounts, deadline: Deadline) -> Result<(), PushError> {
        let push = PushMultipleAccounts {
            request_id: Uuid::new_v4(),
            token_requestor_id: CLICK_TO_PAY.parse().unwrap(),
            push_funding_accounts: card,
            signature_data: signature_data(),
            receipts_validity_minutes: 15,
            requests_digitization_data: false,
        };
        let pushed = self.token_connect.push_multiple_accounts(&push, deadline).await?;
        assert_eq!(pushed.receipts.len(), 1);
        Ok(())
    }
}

fn signature_data() -> SignatureData {
    SignatureData {
        callback_url: "https://bank.example/callback/s".into(),
        complete_issuer_app_activation: true,
        complete_website_activation: true,
        account_holder_data_supplied: false,
        locale: None,
    }
}
