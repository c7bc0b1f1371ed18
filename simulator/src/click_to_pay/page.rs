//! The pages themselves: plain HTML, no scripts, each with a note that it is invented.

use std::fmt::Write;

use super::session::{Phase, Session};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
    button,a.button{font:inherit;padding:.6rem 1.2rem;border:1px solid #333;border-radius:.5rem;background:#fff;\
    color:#111;text-decoration:none;display:inline-block;margin:.25rem 0}\
    .primary{background:#124;color:#fff}form{display:inline}\
    aside{margin-top:3rem;padding:1rem;border:1px dashed #888;font-size:.85rem;color:#444}";

/// Results that the simulator's own row of buttons offers.
const OTHER_ENDINGS: [&str; 6] = [
    "REQUIRE_ADDITIONAL_AUTHENTICATION",
    "AUTHENTICATED",
    "DELETED",
    "DECLINED",
    "DUPLICATE_REQUEST",
    "ERROR",
];

/// The page of a visit as it stands.
pub(super) fn of(session: &Session) -> String {
    let id = session.id;
    let mut body = String::new();
    for card in &session.cards {
        add(&mut body, format_args!("<p>Card {}</p>", escape(card)));
    }
    if let Some(problem) = session.problem {
        add(&mut body, format_args!("<p>{}</p>", escape(problem)));
    }
    let base = format!("/click-to-pay/sessions/{id}");
    match session.phase {
        Phase::Terms => {
            let name = escape(&session.requestor_name);
            add(
                &mut body,
                format_args!("<p>By continuing you accept the terms and conditions of {name}.</p>"),
            );
            add(&mut body, format_args!("{}", button(&base, "accept", "Accept and continue", "primary")));
            add(&mut body, format_args!(" {}", button(&base, "cancel", "Cancel", "")));
        }
        Phase::Over if session.callback_url.is_some() => {
            let link = r#"class="button primary" id="return""#;
            add(&mut body, format_args!(r#"<p><a {link} href="{base}/return">Back to your bank</a></p>"#));
        }
        Phase::Over => body.push_str("<p>You may close this page.</p>"),
    }
    let mut endings = String::new();
    if session.phase == Phase::Terms {
        endings.push_str("<p>Other endings, for tests:</p>");
        for ending in OTHER_ENDINGS {
            add(&mut endings, format_args!("{} ", button(&base, &format!("result/{ending}"), ending, "")));
        }
    }
    document(&session.requestor_name, session.headline(), &body, &endings)
}

/// The page of a visit that never began.
pub(super) fn refused(why: &str) -> String {
    document("Token requestor", "This link does not work", &format!("<p>{}</p>", escape(why)), "")
}

fn button(base: &str, action: &str, label: &str, class: &str) -> String {
    format!(
        r#"<form method="post" action="{base}/{action}"><button class="{class}">{}</button></form>"#,
        escape(label)
    )
}

fn document(name: &str, headline: &str, body: &str, endings: &str) -> String {
    let (name, headline) = (escape(name), escape(headline));
    format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{name}: {headline}</title><style>{STYLE}</style></head>
<body><p>{name}</p><h1>{headline}</h1>{body}
<aside>This page is a simulator's. Mastercard does not publish how Click to Pay looks or which results it sends:
wording, layout and buttons are invented. No real card is involved.{endings}</aside></body></html>
"#
    )
}

/// Writing to a `String` cannot fail.
fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(more);
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
