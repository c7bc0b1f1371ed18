//! Who is shown the redirect of an enrollment: whoever has it can continue the push in another browser.

use serde_json::json;

use super::{
    Harness,
    matrix::Token,
    routes::{Kind, Route},
};
use crate::support::app::ApiRequest;

#[tokio::test]
async fn a_redirect_is_shown_only_to_a_token_that_may_enable_the_card() {
    let route = Route::from_key("GET /enrollments/{enrollmentId}");
    let Harness { app, principals, .. } = Harness::start(route).await;
    let live = principals[0].ids(Kind::Enrollment).remove(0);
    for token in [Token::Of(0), Token::ScopeToRead, Token::Weak, Token::Old] {
        let bearer = token.bearer(&app, &principals);
        let response = app.send_as(&bearer, &ApiRequest::get(format!("/enrollments/{live}"))).await;
        assert_eq!((response.status, &response.body["status"]), (200, &json!("READY")), "{token:?}");
        for field in ["redirectUrl", "expiresAt"] {
            let is_shown = response.body.get(field).is_some();
            assert_eq!(is_shown, token == Token::Of(0), "{field} with {token:?}");
        }
    }
}
