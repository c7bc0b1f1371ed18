//! The search that doctor sends: for one card, with made-up values of an enrollment. Nothing is pushed.

use mastercard::{
    SignatureData, card::CardContractId, processing::FundingAccountSearch, token_requestor::TokenRequestorId,
};
use uuid::Uuid;

/// A search for this card at this token requestor. It changes nothing.
pub(crate) fn trial_search(
    card_contract_id: CardContractId,
    token_requestor_id: TokenRequestorId,
) -> FundingAccountSearch {
    FundingAccountSearch {
        request_id: Uuid::new_v4(),
        push_account_id: "doctor".into(),
        card_contract_id,
        token_requestor_id,
        signature_data: SignatureData {
            callback_url: "https://doctor.invalid/callback".into(),
            complete_issuer_app_activation: true,
            complete_website_activation: true,
            account_holder_data_supplied: false,
            locale: None,
        },
        account_holder: None,
    }
}
