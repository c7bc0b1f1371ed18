use super::*;
use crate::token_requestor::PushMethodKind;

const JWS: &str = "eyJhbGciOiJSUzI1NiJ9.eyJsb2NhbGUiOiJlbl9HQiJ9.c2lnbmF0dXJl";

fn web(uri: &str) -> PushMethod {
    PushMethod { kind: PushMethodKind::Web, uri: uri.parse().unwrap() }
}

fn composed(uri: &str, allowed: &str) -> Result<String, RedirectError> {
    let allowed = [allowed.parse().unwrap()];
    compose(&[web(uri)], Platform::Ios, Some(&Signature::new(JWS)), &allowed)
        .map(|url| url.expose().to_owned())
}

#[test]
fn the_redirect_has_exactly_the_signature() {
    let redirect = composed("https://src.example/provision", "https://src.example").unwrap();
    assert_eq!(redirect, format!("https://src.example/provision?pushAccountData={JWS}"));
}

#[test]
fn query_and_fragment_of_the_requestor_are_kept() {
    let redirect = composed("https://src.example/p?a=b%20c&d#top", "https://src.example").unwrap();
    assert_eq!(redirect, format!("https://src.example/p?a=b%20c&d&pushAccountData={JWS}#top"));
    let redirect = composed("https://src.example/p?", "https://src.example").unwrap();
    assert_eq!(redirect, format!("https://src.example/p?pushAccountData={JWS}"));
}

#[test]
fn the_cardholder_is_redirected_only_to_allowed_origins() {
    let other_origins = [
        "http://src.example/provision",
        "https://src.example.evil.example/provision",
        "https://sub.src.example/provision",
        "https://src.example:8443/provision",
        "https://src.example@evil.example/provision",
        "https://user:word@src.example/provision",
        "intent://src.example/provision",
    ];
    for uri in other_origins {
        assert_eq!(composed(uri, "https://src.example"), Err(RedirectError::ForbiddenOrigin), "{uri}");
    }
    assert!(composed("https://SRC.example:443/provision", "https://src.example/").is_ok());
    assert_eq!(
        compose(&[web("https://src.example/")], Platform::Web, Some(&Signature::new(JWS)), &[]),
        Err(RedirectError::ForbiddenOrigin)
    );
}

#[test]
fn a_push_method_whose_origin_is_allowed_is_used_if_the_preferred_one_is_not() {
    let universal_link = "https://new-app.src.example/push";
    let methods = [
        web("https://src.example/provision"),
        PushMethod { kind: PushMethodKind::Ios, uri: universal_link.parse().unwrap() },
    ];
    let redirect = |platform, allowed: &str| {
        let allowed = [allowed.parse().unwrap()];
        compose(&methods, platform, Some(&Signature::new(JWS)), &allowed).map(|url| url.expose().to_owned())
    };
    let to = |uri: &str| Ok(format!("{uri}?pushAccountData={JWS}"));
    assert_eq!(redirect(Platform::Ios, "https://src.example"), to("https://src.example/provision"));
    assert_eq!(redirect(Platform::Ios, "https://new-app.src.example"), to(universal_link));
    assert_eq!(
        redirect(Platform::Web, "https://new-app.src.example"),
        Err(RedirectError::ForbiddenOrigin),
        "a method for another platform is not used"
    );
}

#[test]
fn an_app_link_is_allowed_by_its_scheme() {
    let methods =
        [PushMethod { kind: PushMethodKind::Android, uri: "intent://src.example/push".parse().unwrap() }];
    let allowed = ["intent://src.example".parse().unwrap()];
    assert!(compose(&methods, Platform::Android, Some(&Signature::new(JWS)), &allowed).is_ok());
    assert_eq!(
        compose(&methods, Platform::Web, Some(&Signature::new(JWS)), &allowed),
        Err(RedirectError::NoPushMethod)
    );
}

#[test]
fn without_a_usable_signature_there_is_no_redirect() {
    let (methods, allowed) = ([web("https://src.example/")], ["https://src.example".parse().unwrap()]);
    assert_eq!(compose(&methods, Platform::Web, None, &allowed), Err(RedirectError::NoSignature));
    for signature in ["", "a.b", "a.b.", "a.b.c&callbackURL=x", "a.b.c#", "a.b.c.d"] {
        let signature = Signature::new(signature);
        assert_eq!(
            compose(&methods, Platform::Web, Some(&signature), &allowed),
            Err(RedirectError::InvalidParameters)
        );
    }
    let taken = "https://src.example/?pushAccountDat%61=x";
    assert_eq!(composed(taken, "https://src.example"), Err(RedirectError::InvalidParameters));
}

fn unsigned(uri: &str, receipts: &[&str], locale: Option<&str>) -> Result<String, RedirectError> {
    let data = SignatureData {
        callback_url: "https://bank.example/c2p/return?s=9b1c&t=1".into(),
        complete_issuer_app_activation: false,
        complete_website_activation: true,
        account_holder_data_supplied: true,
        locale: locale.map(Into::into),
    };
    let receipts: Vec<_> = receipts.iter().copied().map(PushAccountReceipt::new).collect();
    let allowed = ["https://tr.example".parse().unwrap()];
    compose_unsigned(&[web(uri)], Platform::Web, &receipts, &data, &allowed)
        .map(|url| url.expose().to_owned())
}

#[test]
fn the_unsigned_form_has_all_parameters_in_plaintext() {
    let redirect =
        unsigned("https://tr.example/push?a=b%20c#top", &["MCC-1", "DMC-2&x"], Some("en_GB")).unwrap();
    let expected = "https://tr.example/push?a=b%20c&pushAccountReceipts=MCC-1,DMC-2%26x\
        &callbackURL=https%3A%2F%2Fbank.example%2Fc2p%2Freturn%3Fs%3D9b1c%26t%3D1&callbackRequired=true\
        &completeIssuerAppActivation=false&completeWebsiteActivation=true&accountHolderDataSupplied=true\
        &locale=en_GB#top";
    assert_eq!(redirect, expected);
    assert!(!unsigned("https://tr.example/push", &["MCC-1"], None).unwrap().contains("locale"));
}

#[test]
fn the_unsigned_form_follows_the_same_rules() {
    assert_eq!(unsigned("https://tr.example/push", &[], None), Err(RedirectError::InvalidParameters));
    assert_eq!(unsigned("https://evil.example/push", &["MCC-1"], None), Err(RedirectError::ForbiddenOrigin));
    let taken = unsigned("https://tr.example/?callbackURL=https://evil.example", &["MCC-1"], None);
    assert_eq!(taken, Err(RedirectError::InvalidParameters));
}

#[test]
fn an_origin_has_no_path_query_or_user() {
    for raw in [
        "src.example",
        "https://src.example/path",
        "https://src.example?q",
        "https://u@src.example",
        "mailto:a@b",
    ] {
        assert_eq!(raw.parse::<AllowedOrigin>(), Err(InvalidOrigin), "{raw}");
    }
}
