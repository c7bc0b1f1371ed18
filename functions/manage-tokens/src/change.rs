//! `POST /cards/{cardContractId}/tokens/{tokenId}/{suspend|resume|remove}`

use lambda_http::{Body, Request, Response};
use mastercard::processing::TokenAction;
use model::audit::ActorKind;
use runtime::{
    http::{self, CheckedBody, Fault, Problem, StatusCode},
    store::enrollments::TokenRef,
};
use serde::Deserialize;

use crate::{
    ManageTokens, TIMEOUT, owned_tokens,
    response::{TokenChangeResponse, state_name},
    token_changer::{ChangedToken, TokenChanger},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmptyRequest {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovalRequest {
    confirm: bool,
}

/// Fills what is wrong in a [`RemovalRequest`] while its faults are found.
const REMOVAL_EXAMPLE: &str = r#"{"confirm": true}"#;

impl ManageTokens {
    pub(crate) async fn change(
        &self,
        request: &Request,
        action: TokenAction,
    ) -> Result<Response<Body>, Problem> {
        let deadline = http::deadline(request, TIMEOUT);
        let client = self.writers.client(request)?;
        let now = self.clock.now();
        self.step_up.check(request, now)?;
        let token = owned_tokens::named(request, client)?;
        let key = http::idempotency_key(request)?;
        check_body(request, action)?;
        let changer = TokenChanger {
            processing: self.processing.clone(),
            status_words: self.status_words.clone(),
            enrollments: self.enrollments.for_actor(|| http::actor(request, ActorKind::App)),
            clock: self.clock.clone(),
        };
        respond(token, changer.change(token, &key, action, deadline).await?)
    }
}

/// A removal has to be confirmed; the others have no body, or an empty object.
fn check_body(request: &Request, action: TokenAction) -> Result<(), Problem> {
    match action {
        TokenAction::Remove => {
            let mut body: CheckedBody<RemovalRequest> = http::body(request, REMOVAL_EXAMPLE)?;
            let is_denied = !body.content.confirm;
            body.add_faults(
                is_denied.then(|| Fault::in_body("/confirm", "must be true: a removal is final")),
            );
            body.into_content().map(|_| ())
        }
        _ if request.body().is_empty() => Ok(()),
        _ => http::body::<EmptyRequest>(request, "{}")?.into_content().map(|EmptyRequest {}| ()),
    }
}

fn respond(token: TokenRef, done: ChangedToken) -> Result<Response<Body>, Problem> {
    let ChangedToken { state, outcome } = done;
    let response = TokenChangeResponse { token_id: token.token, state: state_name(&state), outcome };
    http::json(StatusCode::OK, &response)
}
