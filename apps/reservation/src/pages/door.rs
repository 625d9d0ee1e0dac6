//! What the doors have in common: the form that asks who comes, and for the stores' and the operators' the
//! password that the book knows. The guests' password is Azukari's to check.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use maud::{Markup, html};
use tokio::task::spawn_blocking;

use super::parts::{Field, Purposes};
use crate::app::{self, App, Reader};
use crate::book::No;
use crate::book::sessions::{Caller, Door};
use crate::book::staff::Factors;
use crate::fault::Fault;
use crate::fields::Fields;
use crate::session;

/// What a door asks whoever comes to be known by.
pub(super) struct Known {
    /// The form's field.
    pub(super) field: &'static str,
    /// What people read.
    pub(super) label: &'static str,
    /// The kind of input: `email` or `text`.
    pub(super) kind: &'static str,
    /// Whether a one-time code is asked for as well.
    pub(super) by_code: bool,
}

/// The form, with what is wrong above it. `next` is where the way leads afterwards.
pub(super) fn form(
    reader: &Reader,
    action: &str,
    known: &Known,
    fields: &Fields,
    error: Option<&str>,
) -> Markup {
    let words = reader.words;
    let field = |name, label, autocomplete, focus| Field {
        name,
        label,
        required: false,
        purposes: Purposes::default(),
        hint: None,
        error: None,
        focus,
        autocomplete: Some(autocomplete),
    };
    let next = fields.get("next");
    html! {
        @if let Some(error) = error {
            div class="notice alert" role="alert" { p { (error) } }
        }
        form class="sheet" method="post" action=(action) novalidate {
            @if !next.is_empty() { input type="hidden" name="next" value=(next); }
            @let kept = fields.kept().keeping();
            @for (name, value) in kept.iter() { input type="hidden" name=(name) value=(value); }
            (field(known.field, known.label, "username", error.is_some())
                .input(known.kind, Some(fields.get(known.field)), words))
            (field("password", words.frame.password, "current-password", false)
                .input("password", None, words))
            @if known.by_code {
                (field("code", words.team.one_time_code, "one-time-code", false).code(None, words))
            }
            p class="actions" { button { (words.frame.sign_in) } }
        }
    }
}

/// How somebody fared who came with a login and a password.
pub(super) enum Entered {
    /// Signed in; the cookie to set.
    In(HeaderValue),
    /// Not; what to say.
    Not(StatusCode, &'static str),
}

/// Signs in whoever fits a login of the book, by password and code; takes both out of the form.
pub(super) async fn enter(
    app: &App,
    reader: &Reader,
    headers: &HeaderMap,
    fields: &mut Fields,
    door: Door,
) -> Result<Entered, Fault> {
    let words = reader.words;
    let now = app::now();
    let (password, code) = (fields.take("password"), digits(&fields.take("code")));
    let login: String = fields.get("login").trim().chars().take(64).collect();
    let factors = app.book.factors(door, &login).await?;
    let tried = format!("{} {login}", door.word());
    // Counted before it is verified: tries that come all at once are as many as one by one.
    if !app.tries.begin(&tried, factors.is_some(), now) {
        return Ok(Entered::Not(StatusCode::TOO_MANY_REQUESTS, words.door.sign_in_wait));
    }
    let turn = app.verifying.clone().acquire_owned().await.map_err(Fault::broken)?;
    let shown = spawn_blocking(move || {
        // Held until the work is done, even when whoever asked has gone away.
        let _turn = turn;
        let fits = fits(&password, factors.as_ref().map(|factors| factors.verifier.as_str()));
        let Factors { verifier, totp, step } = factors?;
        // Looked at whether the password fits or not.
        let step = totp.step_of(&code, now, step);
        Some((verifier, step.filter(|_| fits)?))
    });
    let failed = Ok(Entered::Not(StatusCode::UNAUTHORIZED, words.door.sign_in_failed));
    let Some((verifier, step)) = shown.await.map_err(Fault::broken)? else { return failed };
    match app.book.use_code(&login, verifier, step).await {
        Ok(()) => {}
        Err(No::Gone) => return failed,
        Err(no) => return Err(no.into()),
    }
    app.tries.succeeded(&tried);
    let caller = Caller { who: login, regime: String::new() };
    Ok(Entered::In(session::begin(&app.book, headers, door, caller, now).await?))
}

/// A code as people type it: with or without a gap, and with the wide digits of Japanese keyboards.
pub(super) fn digits(code: &str) -> String {
    let digit = |typed: char| match typed {
        '０'..='９' => char::from_digit(u32::from(typed) - u32::from('０'), 10),
        _ if typed.is_whitespace() || typed == '-' => None,
        _ => Some(typed),
    };
    code.chars().filter_map(digit).collect()
}

/// Whether a password fits. A login that does not exist costs the same time as one that does.
fn fits(password: &str, verifier: Option<&str>) -> bool {
    let argon2 = Argon2::default();
    if let Some(Ok(verifier)) = verifier.map(PasswordHash::new) {
        argon2.verify_password(password.as_bytes(), &verifier).is_ok()
    } else {
        let _same_work = argon2.hash_password(password.as_bytes());
        false
    }
}

/// An Argon2id verifier for a new password.
pub(crate) fn verifier(password: &str) -> anyhow::Result<String> {
    let verifier = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|error| anyhow::anyhow!("make a verifier: {error}"))?;
    Ok(verifier.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["123456", "123 456", "１２３４５６", "１２３　４５６", "123-456"]
        {
            assert_eq!(digits(typed), "123456", "{typed}");
        }
    }

    #[test]
    fn a_password_fits_its_own_verifier_only() {
        let kept = verifier("見本の合言葉").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(fits("見本の合言葉", Some(&kept)));
        assert!(!fits("another", Some(&kept)));
        assert!(!fits("見本の合言葉", None));
    }
}
