//! The ten functions, connected as in Lambda: each with only the settings that it uses, the same SDK clients, and the
//! clock of the `World`.

use std::sync::Arc;

use axum::http::Method;
use futures_util::{FutureExt as _, future::BoxFuture};
use lambda_http::{Body, Error, Request, Response};
use runtime::config::{ConfigError, Function, Runtime};

use crate::{
    engines::sqs::Queue,
    gateway::{Authorizer, Cors, Gateway, Handler, Route},
    live::journal::Journal,
    settings::Environment,
};

/// All functions.
pub(crate) struct Functions {
    pub(crate) sync_requestors: sync_requestors::SyncRequestors,
    pub(crate) fetch_assets: fetch_assets::FetchAssets,
    list_requestors: list_requestors::ListRequestors,
    list_cards: list_cards::ListCards,
    manage_tokens: manage_tokens::ManageTokens,
    enroll: enroll::Enroll,
    get_enrollment: get_enrollment::GetEnrollment,
    receive_notification: receive_notification::ReceiveNotification,
    receive_callback: receive_callback::ReceiveCallback,
    pub(crate) reconcile_enrollments: reconcile_enrollments::ReconcileEnrollments,
    /// For the events of scheduled functions that failed.
    pub(crate) dead_letters: Queue,
}

impl Functions {
    /// Connects every function with its settings.
    pub(crate) async fn connect(
        environment: &Environment,
        runtime: &Runtime,
        dead_letters: Queue,
    ) -> Result<Self, ConfigError> {
        let runtime_for = |function| runtime.with_settings(environment.for_function(function));
        Ok(Self {
            sync_requestors: sync_requestors::SyncRequestors::connect(&runtime_for(Function::SyncRequestors))
                .await?,
            fetch_assets: fetch_assets::FetchAssets::connect(&runtime_for(Function::FetchAssets)).await?,
            list_requestors: list_requestors::ListRequestors::connect(&runtime_for(Function::ListRequestors))
                .await?,
            list_cards: list_cards::ListCards::connect(&runtime_for(Function::ListCards)).await?,
            manage_tokens: manage_tokens::ManageTokens::connect(&runtime_for(Function::ManageTokens)).await?,
            enroll: enroll::Enroll::connect(&runtime_for(Function::Enroll)).await?,
            get_enrollment: get_enrollment::GetEnrollment::connect(&runtime_for(Function::GetEnrollment))
                .await?,
            receive_notification: receive_notification::ReceiveNotification::connect(&runtime_for(
                Function::ReceiveNotification,
            ))
            .await?,
            receive_callback: receive_callback::ReceiveCallback::connect(&runtime_for(
                Function::ReceiveCallback,
            ))
            .await?,
            reconcile_enrollments: reconcile_enrollments::ReconcileEnrollments::connect(&runtime_for(
                Function::ReconcileEnrollments,
            ))
            .await?,
            dead_letters,
        })
    }

    /// The gateway of the app's API, as `infra/openapi.yaml` defines it; the routes `ANY` respond to methods that it does
    /// not have.
    pub(crate) fn app_gateway(
        self: &Arc<Self>,
        authorizer: Authorizer,
        cors: Cors,
        journal: Journal,
    ) -> Arc<Gateway> {
        let list_requestors =
            self.handler(|all, request| async move { all.list_requestors.handle(request).await }.boxed());
        let list_cards =
            self.handler(|all, request| async move { all.list_cards.handle(request).await }.boxed());
        let manage_tokens =
            self.handler(|all, request| async move { all.manage_tokens.handle(request).await }.boxed());
        let enroll = self.handler(|all, request| async move { all.enroll.handle(request).await }.boxed());
        let get_enrollment =
            self.handler(|all, request| async move { all.get_enrollment.handle(request).await }.boxed());
        let receive_callback =
            self.handler(|all, request| async move { all.receive_callback.handle(request).await }.boxed());
        let authorizer = Arc::new(authorizer);
        let authenticated = |method, template, handler: &Handler| {
            Route::new(method, template, &authorizer, Arc::clone(handler))
        };
        let any = |template, handler: &Handler| Route::any(template, Arc::clone(handler));
        let routes = vec![
            authenticated(Method::GET, "/token-requestors", &list_requestors),
            authenticated(Method::GET, "/cards", &list_cards),
            authenticated(Method::GET, "/cards/{cardContractId}/tokens", &manage_tokens),
            authenticated(Method::POST, "/cards/{cardContractId}/tokens/{tokenId}/suspend", &manage_tokens),
            authenticated(Method::POST, "/cards/{cardContractId}/tokens/{tokenId}/resume", &manage_tokens),
            authenticated(Method::POST, "/cards/{cardContractId}/tokens/{tokenId}/remove", &manage_tokens),
            authenticated(Method::POST, "/enrollments", &enroll),
            authenticated(Method::POST, "/enrollments/{enrollmentId}/attempts", &enroll),
            authenticated(Method::GET, "/enrollments", &get_enrollment),
            authenticated(Method::GET, "/enrollments/{enrollmentId}", &get_enrollment),
            Route::open(Method::GET, "/callback/{state}", Arc::clone(&receive_callback)),
            // Browsers and mail programs add a slash.
            Route::open(Method::GET, "/callback/{state}/", Arc::clone(&receive_callback)),
            any("/token-requestors", &list_requestors),
            any("/cards", &list_cards),
            any("/cards/{cardContractId}/tokens", &manage_tokens),
            any("/cards/{cardContractId}/tokens/{tokenId}/suspend", &manage_tokens),
            any("/cards/{cardContractId}/tokens/{tokenId}/resume", &manage_tokens),
            any("/cards/{cardContractId}/tokens/{tokenId}/remove", &manage_tokens),
            any("/enrollments", &get_enrollment),
            any("/enrollments/{enrollmentId}", &get_enrollment),
            any("/enrollments/{enrollmentId}/attempts", &enroll),
            any("/callback/{state}", &receive_callback),
        ];
        Gateway::for_apps(routes, cors, journal)
    }

    /// The gateway of the notification endpoint.
    pub(crate) fn notifications_gateway(self: &Arc<Self>) -> Arc<Gateway> {
        let handler = self
            .handler(|all, request| async move { all.receive_notification.handle(request).await }.boxed());
        let any = Route::any("/notifications", Arc::clone(&handler));
        Gateway::new(vec![Route::open(Method::POST, "/notifications", handler), any])
    }

    fn handler(self: &Arc<Self>, call: fn(Arc<Self>, Request) -> Invocation) -> Handler {
        let all = Arc::clone(self);
        Arc::new(move |request| call(Arc::clone(&all), request))
    }
}

type Invocation = BoxFuture<'static, Result<Response<Body>, Error>>;
