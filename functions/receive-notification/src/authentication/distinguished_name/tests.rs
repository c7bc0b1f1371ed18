#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests say what they expect")]

use super::*;

const MASTERCARD: &str =
    "CN=mtf.example.apigw.mastercard.com,O=MasterCard International Incorporated,L=O'Fallon,ST=Missouri,C=US";

fn is_same(one: &str, other: &str) -> bool {
    DistinguishedName::parse(one).expect(one).matches(&DistinguishedName::parse(other).expect(other))
}

#[test]
fn mastercards_subject_is_recognized_however_it_is_written() {
    for written in [
        MASTERCARD,
        "cn=mtf.example.apigw.mastercard.com, o=MasterCard International Incorporated, l=O'Fallon, st=Missouri, c=US",
        "C = US, ST = Missouri, L = O'Fallon, O = MasterCard International Incorporated, CN = mtf.example.apigw.mastercard.com",
        "/C=US/ST=Missouri/L=O'Fallon/O=MasterCard International Incorporated/CN=mtf.example.apigw.mastercard.com",
        "CN=MTF.example.apigw.mastercard.com,O=Mastercard  International Incorporated,L=O\\27Fallon,S=Missouri,C=us",
        r#"2.5.4.3=mtf.example.apigw.mastercard.com,OID.2.5.4.10="MasterCard International Incorporated",L=O'Fallon,ST=Missouri,C=#13025553"#,
    ] {
        assert!(is_same(MASTERCARD, written), "{written}");
    }
}

#[test]
fn another_name_is_not_recognized() {
    for other in [
        "CN=mtf.example.apigw.mastercard.com",
        "CN=other.example.apigw.mastercard.com,O=MasterCard International Incorporated,L=O'Fallon,ST=Missouri,C=US",
        "CN=mtf.example.apigw.mastercard.com,O=MasterCard International Incorporated,L=O'Fallon,ST=Missouri,C=US,C=US",
        "O=MasterCard International Incorporated,CN=mtf.example.apigw.mastercard.com,L=O'Fallon,ST=Missouri,C=US",
        "OU=mtf.example.apigw.mastercard.com,O=MasterCard International Incorporated,L=O'Fallon,ST=Missouri,C=US",
        // One value that looks like several attributes.
        r"CN=mtf.example.apigw.mastercard.com\,O=MasterCard International Incorporated\,L=O'Fallon\,ST=Missouri,C=US",
        r#"CN="mtf.example.apigw.mastercard.com,O=MasterCard International Incorporated,L=O'Fallon,ST=Missouri,C=US""#,
    ] {
        assert!(!is_same(MASTERCARD, other), "{other}");
    }
}

#[test]
fn escaped_and_quoted_characters_belong_to_the_value() {
    for (one, other) in [
        (r"CN=a,O=Example\, Inc.", r#"CN=a,O="Example, Inc.""#),
        (r"CN=a,O=Example\2C Inc.", "/O=Example, Inc./CN=a"),
        (r"CN=a\;b", r"CN=a\3bb"),
        (r"CN=a\+b", r#"CN="a+b""#),
        (r"CN=L\C3\A4nder", "CN=Länder"),
        ("/O=a/b/CN=c", "CN=c,O=a/b"),
        ("/O=a+b; c/CN=c+UID=d", r"UID=d+CN=c,O=a\+b\; c"),
        ("CN=a+UID=b,O=c", "uid=b + cn=a, O=c"),
        ("1.2.840.113549.1.9.1=#160a6140622e6578616d706c,CN=a", "emailAddress=a@b.exampl,CN=a"),
    ] {
        assert!(is_same(one, other), "{one} {other}");
    }
    assert!(!is_same("CN=a+UID=b,O=c", "CN=a,UID=b,O=c"));
}

#[test]
fn several_names_are_separated_by_semicolons() {
    let names = DistinguishedName::parse_list(r#"CN=active,O=x; CN=standby,O=x;CN=a\;b;CN="c;d""#).unwrap();
    assert_eq!(names.len(), 4);
    assert!(names[1].matches(&DistinguishedName::parse("/O=X/CN=STANDBY").unwrap()));
    assert!(names[2].matches(&DistinguishedName::parse(r"CN=a\3Bb").unwrap()));
}

#[test]
fn text_that_is_not_a_name_is_rejected() {
    for invalid in [
        "",
        " ",
        "/",
        "name",
        "=a",
        "CN=",
        "CN= ",
        "CN=a,",
        ",CN=a",
        "CN=a,,O=b",
        r"CN=a\",
        r"CN=\4",
        r#"CN="a"#,
        r#"CN=a"b"#,
        "C N=a",
        "2..5=a",
        "CN=#",
        "CN=#1",
        "CN=#0c0361",
        "CN=#zz",
        r"CN=\ff",
    ] {
        assert_eq!(DistinguishedName::parse(invalid), Err(InvalidDistinguishedName), "{invalid}");
    }
    assert_eq!(DistinguishedName::parse_list("CN=a;"), Err(InvalidDistinguishedName));
}
