//! Asking a person for each value, and checking it at once.

use std::{
    fs,
    io::{self, BufRead, Write},
};

use super::{answers::Answers, checks::Checks, parameter::Parameter, template::Templates};
use crate::report::{Row, Verdict};

const INTRODUCTION: &str =
    "Enter keeps the value in brackets, - removes it. Values of secrets are given as file:/path, or by ARN.";

/// Asks for each value that a deployment needs or already has, then for those that are wrong together with others, until all are right.
/// `false` if the input ended.
pub(super) async fn ask_all(
    checks: &Checks<'_>,
    answers: &mut Answers,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<bool> {
    writeln!(output, "{INTRODUCTION}")?;
    let is_asked = |it: &Parameter, answers: &Answers| is_needed_or_known(checks.templates, it, answers);
    let mut is_complete = ask(checks, answers, true, is_asked, input, output).await?;
    while is_complete {
        let rows = checks.all(answers).await;
        if print(&rows, output)? {
            return Ok(true);
        }
        let is_wrong = |it: &Parameter, _: &Answers| {
            rows.iter().any(|row| row.verdict == Verdict::Wrong && row.what == it.setting)
        };
        is_complete = checks.templates.parameters.iter().any(|it| is_wrong(it, answers))
            && ask(checks, answers, false, is_wrong, input, output).await?;
    }
    Ok(false)
}

/// Asks for some values, and with `at_once` again for a wrong one. `false` if the input ended.
async fn ask(
    checks: &Checks<'_>,
    answers: &mut Answers,
    at_once: bool,
    is_asked: impl Fn(&Parameter, &Answers) -> bool,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<bool> {
    let parameters = &checks.templates.parameters;
    let mut index = 0;
    while let Some(parameter) = parameters.get(index) {
        index += 1;
        if !is_asked(parameter, answers) {
            continue;
        }
        let before = answers.get(&parameter.setting);
        let is_hidden = |it: &str| answers.file(&parameter.setting).is_none() && parameter.is_hidden(it);
        let before = before.map(|it| if is_hidden(it) { "…" } else { it });
        let before = before.or(parameter.default.as_deref()).unwrap_or_default();
        write!(output, "\n{}: {}\n[{before}] ", parameter.setting, parameter.description)?;
        output.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(output)?;
            return Ok(false);
        }
        let answer = match line.trim() {
            "" => None,
            "-" => Some(""),
            answer => Some(answer),
        };
        if let Some(refused) = answer.map(|it| give(answers, parameter, it)).transpose()?.flatten() {
            print(&[refused], output)?;
            index -= 1;
            continue;
        }
        // A .p12 is read once its password is known.
        let has_password = parameters.get(index).is_some_and(|next| is_password_of_p12(next, answers));
        if at_once && !has_password && !print(&checks.one(parameter, answers).await, output)? {
            index -= if is_password_of_p12(parameter, answers) { 2 } else { 1 };
        }
    }
    Ok(true)
}

/// Takes an answer, unless it may be a secret itself; that is refused, and the row does not repeat it.
pub(super) fn give(answers: &mut Answers, parameter: &Parameter, answer: &str) -> io::Result<Option<Row>> {
    let found = "is neither file:/path nor the ARN of a secret, and was not kept";
    let remedy = "save the secret to a file and answer file:/path";
    let is_taken = answers.give(parameter, answer)?;
    Ok((!is_taken).then(|| Row::wrong(parameter.setting.as_str(), found, remedy)))
}

/// Prints what is wrong or worth a review, and what was read from elsewhere. `false` if something is wrong.
pub(super) fn print(rows: &[Row], output: &mut impl Write) -> io::Result<bool> {
    for row in rows {
        let remedy = row.remedy.iter().map(|remedy| format!("-> {remedy}"));
        let found: Vec<String> = row.found.iter().cloned().chain(remedy).collect();
        writeln!(output, "{:7}  {}: {}", row.verdict, row.what, found.join("; "))?;
    }
    Ok(rows.iter().all(|row| row.verdict != Verdict::Wrong))
}

fn is_needed_or_known(templates: &Templates, parameter: &Parameter, answers: &Answers) -> bool {
    if parameter.is_of_each_deployment() {
        return false;
    }
    let is_choice = templates.is_choice(parameter) && !parameter.name.contains("Next");
    is_choice
        || answers.get(&parameter.setting).is_some()
        || templates.is_needed(parameter, |setting| answers.get(setting))
        || is_password_of_p12(parameter, answers)
}

/// Whether the parameter is the password of a key whose file is not PEM.
fn is_password_of_p12(parameter: &Parameter, answers: &Answers) -> bool {
    let key = parameter.setting.strip_suffix("_PASSWORD").and_then(|key| answers.file(key));
    let content = key.and_then(|file| fs::read(file).ok());
    content.is_some_and(|content| !content.windows(10).any(|part| part == b"-----BEGIN"))
}
