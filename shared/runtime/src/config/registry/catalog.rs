//! Settings of the catalog of token requestors and their logos.

use mastercard::token_requestor::TokenRequestorId;
use url::Url;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::config::{
    Function::{FetchAssets, ListRequestors, ManageTokens, SyncRequestors},
    InRange, List,
};

section! {
    "The bank: the catalog";

    LARGEST_DROP_PERCENT: InRange<0, 100> {
        kind: "0 to 100",
        presence: Default("30"),
        secret: false,
        functions: &[SyncRequestors],
        meaning: "a refresh that would hide a larger share of the token requestors, that finds a larger share of the offered account ranges not eligible any more, or that cannot read fields of a larger share, changes nothing until it is forced",
    }
    LOGO_BUCKET: String {
        kind: "name of a bucket",
        presence: Required,
        secret: false,
        functions: &[FetchAssets],
        meaning: "S3 bucket of the logos",
    }
    S3_ENDPOINT_URL: Url {
        kind: "URL",
        presence: Optional("AWS"),
        secret: false,
        functions: &[FetchAssets],
        meaning: "S3-compatible endpoint with path-style addressing; used without AWS only, so `infra/template.yaml` does not set it",
    }
    LOGO_BASE_URL: Url {
        kind: "origin, such as `https://logos.bank.example`",
        presence: Required,
        secret: false,
        functions: &[ListRequestors, ManageTokens],
        meaning: "where the app loads logos; `/logos/<file>` follows",
    }
    FEATURED_TOKEN_REQUESTORS: List<TokenRequestorId> {
        kind: "token requestor ids, comma separated",
        presence: Optional("none"),
        secret: false,
        functions: &[ListRequestors],
        meaning: "token requestors that the list begins with, in this order",
    }
    CATALOG_LOCALE: String {
        kind: "BCP 47 language tag, such as `de` or `pt-BR`",
        presence: Optional("the order for all languages"),
        secret: false,
        functions: &[ListRequestors],
        meaning: "language whose dictionary order the names follow",
    }
}
