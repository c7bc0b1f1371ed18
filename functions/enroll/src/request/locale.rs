//! Locales as devices write them, reduced to what Token Connect takes: a language and a country, `xx_XX`.

/// The text is not a locale.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidLocale;

/// Codes that Java wrote until version 17, and their successors in ISO 639-1.
const OLD_LANGUAGES: [(&str, &str); 3] = [("iw", "he"), ("in", "id"), ("ji", "yi")];

/// The language (ISO 639-1) and country (ISO 3166-1) of a locale in the notation of BCP 47 (`zh-Hans-CN`), Apple
/// (`zh-Hans_CN@calendar=gregorian`), Java (`zh_CN_#Hans`) or POSIX (`en_US.UTF-8`), in either case. `None` if it is
/// empty or has no such language and country: `en`, `es_419`, `fil_PH`.
pub(super) fn reduced(locale: &str) -> Result<Option<String>, InvalidLocale> {
    if locale.is_empty() {
        return Ok(None);
    }
    let tag = locale.split(['@', '.', '#']).next().unwrap_or_default();
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().filter(|part| (2..=3).contains(&part.len()) && is_alphabetic(part));
    let language = language.ok_or(InvalidLocale)?.to_ascii_lowercase();
    // Java leaves the country of `sr__#Latn` empty.
    let rest: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    if rest.iter().any(|part| part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric())) {
        return Err(InvalidLocale);
    }
    // A part of one letter begins an extension. Scripts have four letters, variants more.
    let mut subtags = rest.iter().take_while(|part| part.len() > 1);
    let country = subtags.find(|part| part.len() == 2 && is_alphabetic(part));
    let language = OLD_LANGUAGES.iter().find(|(old, _)| *old == language).map_or(&*language, |(_, new)| new);
    Ok(country.filter(|_| language.len() == 2).map(|it| format!("{language}_{}", it.to_ascii_uppercase())))
}

fn is_alphabetic(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phones_locale_is_reduced_to_its_language_and_country() {
        for (locale, expected) in [
            ("en_GB", "en_GB"),
            ("en-GB", "en_GB"),
            ("de-CH", "de_CH"),
            ("en-gb", "en_GB"),
            ("EN_gb", "en_GB"),
            ("zh-Hans_CN", "zh_CN"),
            ("sr-Latn_RS", "sr_RS"),
            ("zh-yue-HK", "zh_HK"),
            ("ca-ES-valencia", "ca_ES"),
            ("en_US_POSIX", "en_US"),
            ("en_US.UTF-8", "en_US"),
            ("de_DE@euro", "de_DE"),
            ("ja_JP@calendar=japanese;numbers=latn", "ja_JP"),
            ("zh_CN_#Hans", "zh_CN"),
            ("th_TH_TH_#u-nu-thai", "th_TH"),
            ("en-US-u-ca-buddhist", "en_US"),
            ("iw_IL", "he_IL"),
            ("in_ID", "id_ID"),
        ] {
            assert_eq!(reduced(locale), Ok(Some(expected.into())), "{locale}");
        }
    }

    #[test]
    fn a_locale_without_a_country_that_token_connect_knows_is_left_out() {
        for locale in
            ["", "en", "en_001", "es_419", "fil_PH", "haw-US", "und", "sr__#Latn", "de-x-at", "en-Latn"]
        {
            assert_eq!(reduced(locale), Ok(None), "{locale}");
        }
    }

    #[test]
    fn a_text_that_is_no_locale_is_rejected() {
        for text in
            ["zebra", "e", "_GB", "é_GB", "en GB", "en_G\u{df}", "12_GB", "en_GB_abcdefghi", "@euro", "en/GB"]
        {
            assert_eq!(reduced(text), Err(InvalidLocale), "{text}");
        }
    }
}
