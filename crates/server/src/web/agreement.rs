//! `/agreement`: the link in the letter to a statutory representative (R9.6). She reads each consent in
//! its own words, says who she is, and agrees or declines. What the link led to, once it leads nowhere,
//! is not told. What happens is decided in `acts::agreement`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Form, Router};
use maud::{Markup, html};
use policy::{Consent, ConsentName, ConsentState, Document, Language};
use serde::Deserialize;

use super::requests::page::{Other, Page, Wrong, at, draw, group, last_day, pick};
use super::requests::{Reader, dressed};
use super::trouble::Trouble;
use super::urls;
use crate::acts::agreement::{self, Answer};
use crate::agreement::Agreement;
use crate::app::App;
use crate::error::Error;

/// The page.
pub fn router(app: &Arc<App>) -> Router {
    let router = Router::new().route(urls::AGREEMENT, get(page).post(sent));
    dressed(router).with_state(Arc::clone(app))
}

/// What the link says.
#[derive(Deserialize, Default)]
struct Link {
    /// The token.
    #[serde(default)]
    t: String,
}

/// The form's prefix of what is answered to a consent.
const ANSWERS: &str = "answers.";

/// What was chosen so far.
#[derive(Default)]
struct Chosen {
    answers: BTreeMap<String, String>,
    confirmed: bool,
}

async fn page(
    State(app): State<Arc<App>>,
    reader: Reader,
    Query(link): Query<Link>,
) -> Result<Response, Trouble> {
    let Some(found) = agreement::find(&app, link.t.clone()).await? else {
        return Ok(nowhere(&app, reader.language));
    };
    let shown = Shown { document: &app.policy(), found: &found, token: &link.t };
    Ok(shown.draw(&Chosen::default(), &Wrong::default(), false, reader.language).into_response())
}

async fn sent(
    State(app): State<Arc<App>>,
    reader: Reader,
    Form(mut form): Form<BTreeMap<String, String>>,
) -> Result<Response, Trouble> {
    let language = reader.language;
    let mut take = |name: &str| form.remove(name).unwrap_or_default();
    let (token, step, notice) = (take("t"), take("step"), take("notice"));
    let confirmed = take("confirmed") == "yes";
    let answers = form
        .into_iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(ANSWERS)?.to_owned(), value)))
        .collect();
    let chosen = Chosen { answers, confirmed };
    let redraw =
        async |wrong: &Wrong, is_new: bool, status: StatusCode| -> Result<Response, Trouble> {
            let Some(found) = agreement::find(&app, token.clone()).await? else {
                return Ok(nowhere(&app, language));
            };
            let shown = Shown { document: &app.policy(), found: &found, token: &token };
            Ok((status, shown.draw(&chosen, wrong, is_new, language)).into_response())
        };
    if step == "show" {
        return redraw(&Wrong::default(), false, StatusCode::OK).await;
    }
    let answer = Answer {
        token: token.clone(),
        notice,
        language,
        confirmed,
        answers: chosen.answers.clone(),
    };
    match agreement::answer(&app, answer).await {
        Ok(Some(answered)) => Ok(thanks(&app.policy(), &answered, language).into_response()),
        Ok(None) => Ok(nowhere(&app, language)),
        Err(Error::Invalid(fields)) => {
            redraw(&Wrong::new(fields), false, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(Error::Conflict(_)) => redraw(&Wrong::default(), true, StatusCode::CONFLICT).await,
        Err(error) => Err(error.into()),
    }
}

/// What the page shows.
struct Shown<'a> {
    document: &'a Document,
    found: &'a Agreement,
    token: &'a str,
}

impl Shown<'_> {
    /// Draws the page; `is_new` says that the words are others than she had before her.
    fn draw(&self, chosen: &Chosen, wrong: &Wrong, is_new: bool, language: Language) -> Markup {
        let Self { document, found, token } = self;
        let say = |ja, en| pick(language, ja, en);
        let title = say("法定代理人の方の同意のお願い", "Your consent as a parent or guardian");
        let confirm = say("あなたについて", "About you");
        let mut labels: Vec<(String, String)> = self
            .consents()
            .map(|(name, one)| (field(name), one.label.get(language).to_owned()))
            .collect();
        labels.push(("confirmed".to_owned(), confirm.to_owned()));
        let is = say(
            "私は、ご本人の法定代理人（親権者または未成年後見人）です",
            "I am this person’s parent or legal guardian",
        );
        let body = html! {
            header.title {
                p.who { (document.controller.name.get(language)) }
                h1 { (title) }
                p.since { @match language {
                    Language::Ja => { (last_day(found.ends_at, language)) "までご回答いただけます。" }
                    Language::En => { "You can answer until " (last_day(found.ends_at, language)) "." }
                } }
            }
            @if is_new {
                div.told.alert role="alert" {
                    p { (say(
                        "お読みいただいている間に、プライバシーポリシーが改定されました。下の内容をもう一度ご確認のうえ、お送りください。",
                        "Our privacy policy changed while you were reading. Please read what is below once more and send it.",
                    )) }
                }
            }
            (wrong.summary(&labels, language))
            p { (self.why(language)) }
            p { (say(
                "ご本人が同意した内容は、次のとおりです。それぞれをお読みになり、法定代理人として同意するかどうかをお選びください。お選びになる内容は、項目ごとに違ってもかまいません。",
                "The young person agreed to what follows. Please read each of them and choose whether you agree as well. You can agree to some and decline others.",
            )) }
            form.form id="agree" method="post" action=(at(urls::AGREEMENT, "", language)) {
                input type="hidden" name="t" value=(token);
                input type="hidden" name="notice" value=(document.version);
                @for (name, consent) in self.consents() {
                    section.box {
                        h2 { (consent.label.get(language)) }
                        p { (consent.wording.get(language)) }
                        p.hint { (self.on_refusal(consent, language)) }
                        (group(
                            (&field(name), say("ご回答", "Your answer"), None),
                            "radio",
                            &["agree", "decline"].map(|word| {
                                let words = match word {
                                    "agree" => say("同意します", "I agree"),
                                    _ => say("同意しません", "I do not agree"),
                                };
                                let is_chosen = chosen.answers.get(name.as_str()).is_some_and(|c| c == word);
                                (word.to_owned(), words.to_owned(), is_chosen)
                            }),
                            wrong,
                            language,
                        ))
                    }
                }
                (group(
                    ("confirmed", confirm, None),
                    "checkbox",
                    &[("yes".to_owned(), is.to_owned(), chosen.confirmed)],
                    wrong,
                    language,
                ))
                p.do { button name="step" value="send" { (say("回答を送信する", "Send my answer")) } }
                p.hint { (say(
                    "ご回答は一度だけお送りいただけます。お名前とメールアドレスは、この確認のためだけにお預かりし、ご回答の後、または期限が過ぎたときに消去します。",
                    "You can answer once. We hold your name and address for this question alone, and erase them once you have answered or the time is over.",
                )) }
                p.hint { (say(
                    "お心当たりのないときは、何もせずにこのページを閉じてください。ご回答がなければ、同意したことにはなりません。",
                    "If you know nothing of this, please just close the page. Without an answer nothing is agreed to.",
                )) }
            }
        };
        let other =
            Other::Form { id: "agree", action: urls::AGREEMENT, step: "show", enter: "send" };
        draw(&Page { title, language, other, desk: Some(document), body })
    }

    /// What waits, in the policy's order.
    fn consents(&self) -> impl Iterator<Item = (&ConsentName, &Consent)> {
        let asked = &self.found.asked.consents;
        self.document.consents_in_order().into_iter().filter(|(name, _)| asked.contains(name))
    }

    /// What it means to decline. The policy's own words are for whoever is asked before she comes in.
    fn on_refusal(&self, consent: &Consent, language: Language) -> &'static str {
        if consent.condition_of_service.contains(&self.found.regime) {
            pick(
                language,
                "同意されない場合、ご本人はこのサービスをご利用いただけません。",
                "Without your agreement the young person cannot use the service.",
            )
        } else {
            pick(
                language,
                "同意されなくても、ご本人はこのサービスをご利用いただけます。",
                "The young person can use the service all the same.",
            )
        }
    }

    fn why(&self, language: Language) -> String {
        let service = self.document.controller.service.get(language);
        let controller = self.document.controller.name.get(language);
        let regime = self.document.regimes.get(&self.found.regime);
        let age = regime.map_or(0, |regime| regime.minor_consent_age.value);
        match language {
            Language::Ja => format!(
                "{controller}の{service}を利用する{age}歳未満の方が、あなたを法定代理人として指定されました。{age}歳未満の方の同意には、法定代理人の方の同意が必要です。ご回答をいただくまで、下の同意にもとづいて情報を利用したり、ほかへ提供したりすることはありません。"
            ),
            Language::En => format!(
                "Somebody under {age} who uses {controller} ({service}) named you as parent or legal guardian. Consents at that age need your agreement. Until you have answered, nothing is used or passed on that rests on the consents below."
            ),
        }
    }
}

fn field(name: &ConsentName) -> String {
    format!("{ANSWERS}{name}")
}

/// What was answered.
fn thanks(
    document: &Document,
    answered: &[(ConsentName, ConsentState)],
    language: Language,
) -> Markup {
    let say = |ja, en| pick(language, ja, en);
    let title = say("ご回答ありがとうございました", "Thank you for your answer");
    let body = html! {
        header.title {
            p.who { (document.controller.name.get(language)) }
            h1 { (title) }
        }
        section.box.given {
            dl {
                @for (name, state) in answered {
                    @if let Some(consent) = document.consents.get(name) {
                        div {
                            dt { (consent.label.get(language)) }
                            dd { @match state {
                                ConsentState::Given => (say("同意する", "Agreed")),
                                _ => (say("同意しない", "Not agreed")),
                            } }
                        }
                    }
                }
            }
        }
        p { (say(
            "お預かりしていたあなたのお名前とメールアドレスは消去しました。",
            "Your name and address, which we held for this question, have been erased.",
        )) }
        p { (say(
            "同意は、ご本人がいつでも撤回できます。法定代理人の方が後から変更をご希望のときは、窓口へご連絡ください。",
            "The young person can withdraw a consent at any time. If you wish to change your answer later, please write to our desk.",
        )) }
    };
    draw(&Page { title, language, other: Other::None, desk: Some(document), body })
}

/// The page of every link that cannot be answered, whether it ever could or not.
fn nowhere(app: &App, language: Language) -> Response {
    let say = |ja, en| pick(language, ja, en);
    let title = say("このリンクは使えません", "This link cannot be used");
    let body = html! {
        header.title { h1 { (title) } }
        p { (say(
            "すでに回答された、期限が過ぎた、またはアドレスの一部が欠けている可能性があります。メールにあるアドレスの全体が開かれているか、ご確認ください。",
            "It may have been answered, its time may be over, or a part of the address may be missing. Please check that the whole address of the letter was opened.",
        )) }
    };
    let other = Other::At(urls::AGREEMENT, "");
    let page = draw(&Page { title, language, other, desk: Some(&app.policy()), body });
    (StatusCode::NOT_FOUND, page).into_response()
}
