//! What a form on a request's page asks for. Each is one act of `acts::request`, judged on the request
//! as it stands then: whoever decided on what has moved on is told so, and everything typed is kept.

use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use policy::request::{
    AlternativeMeasure, FeeStanding, Identified, Money, Outcome, RefusalGround, RefusedPart,
    RequestId, State as Stand, Step,
};

use super::form::{Sent, Tried};
use super::one::{NotYours, View, gather, show};
use super::words::Say;
use super::{address, look, read_id, words};
use crate::acts::request::By;
use crate::acts::request::carry_out::carry_out;
use crate::acts::request::handle::{self, Decided};
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::web::desk::session::Staff;
use crate::web::desk::trouble::Trouble;

/// Acts that cannot be undone, and ask for a plain confirmation.
const FOR_GOOD: [&str; 7] =
    ["fail_identity", "waive", "refund", "decide", "approve", "carry_out", "close"];

/// Does what a form asks for.
pub(super) async fn act(
    State(app): State<Arc<App>>,
    staff: Staff,
    Path(request): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Trouble> {
    let id = read_id(&request)?;
    let act = sent.get("act").to_owned();
    let view = gather(&app, id).await?;
    // Values are looked at only while something is to be done with them.
    match (act.as_str(), view.stands()) {
        ("look", Stand::Investigating | Stand::Decided) => {
            return looked(&app, &staff, view).await;
        }
        ("find", Stand::Verifying) => return found(&app, &staff, view, sent).await,
        _ => {}
    }
    let error = match done(&app, &staff, &view, id, &act, &sent).await {
        Ok(()) => return Ok(Redirect::to(&format!("{}?done={act}", address(id))).into_response()),
        Err(error) => error,
    };
    let (mut tried, moved_on) = Tried::of(&act, sent, error)?;
    // As it stands now.
    let mut view = gather(&app, id).await?;
    let status = if moved_on { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    if moved_on {
        tried.told = Some(match (&view.hindrance, act.as_str()) {
            (Some(hindrance), "carry_out") => hindrance.words(staff.language),
            _ => conflict(&view, &staff, tried.sent.get("seen")),
        });
    }
    view.tried = Some(tried);
    show(&view, &staff, status)
}

/// Why it was not done, as things stand now.
fn conflict(view: &View, staff: &Staff, seen: &str) -> String {
    let say = Say(staff.language);
    let progress = &view.request.progress;
    let state = words::state(progress.state, progress.awaits_approval(), staff.language);
    let last = view.request.matter.steps.last();
    let last = last.map(|last| {
        let (who, what) = (view.name(&last.by, staff), words::step(&last.step, staff.language));
        match staff.language {
            policy::Language::Ja => format!("最後の操作：{what}（{who}）。"),
            policy::Language::En => format!("Last: {what} ({who})."),
        }
    });
    let moved = view.request.stamp().is_ok_and(|stamp| stamp != seen);
    let what = if moved {
        say.of(
            "入力されているあいだに、この請求は先へ進みました。今回の操作は行っていません。入力は残しています。",
            "This request moved on while you were writing, so nothing of yours was done. What you typed is kept.",
        )
    } else {
        say.of(
            "今の状態ではこの操作はできません。何も変更していません。",
            "This cannot be done as things stand. Nothing was changed.",
        )
    };
    match staff.language {
        policy::Language::Ja => {
            format!("{what}現在の状態：{state}。{}", last.unwrap_or_default())
        }
        policy::Language::En => format!("{what} Now: {state}. {}", last.unwrap_or_default()),
    }
}

/// Shows what a correction would replace.
async fn looked(app: &Arc<App>, staff: &Staff, mut view: View) -> Result<Response, Trouble> {
    view.before = Some(look::before(app, &view.request, &staff.id.to_string()).await?);
    show(&view, staff, StatusCode::OK)
}

/// Looks for the person, and compares what was offered.
async fn found(
    app: &Arc<App>,
    staff: &Staff,
    mut view: View,
    sent: Sent,
) -> Result<Response, Trouble> {
    let mut wrong = Vec::new();
    let mut compared = Vec::new();
    if sent.some("find").is_none() {
        wrong.push(FieldError::new("find", "missing", "is missing"));
    } else {
        for subject in look::find(app, sent.get("find")).await? {
            let by = staff.id.to_string();
            compared.push(look::compare(app, &view.request, subject, &by).await?);
        }
        if compared.is_empty() {
            wrong.push(FieldError::new("find", "nobody_found", "is registered for nobody"));
        }
        view.found = Some(compared);
    }
    view.tried = Some(Tried { act: "find".to_owned(), sent, wrong, told: None });
    show(&view, staff, StatusCode::OK)
}

/// Does it; its errors belong to the form's fields.
async fn done(
    app: &Arc<App>,
    staff: &Staff,
    view: &View,
    id: RequestId,
    act: &str,
    sent: &Sent,
) -> Result<(), Error> {
    let me = staff.id.to_string();
    let by = By { seen: sent.some("seen").map(str::to_owned), ..By::from(me.clone()) };
    if FOR_GOOD.contains(&act) && sent.get("confirm") != "yes" {
        return Err(Error::field("confirm", "unconfirmed", "is not ticked"));
    }
    let step = match act {
        "identify" => return identify(app, id, by, sent).await,
        "recheck" => return handle::recheck(app, id, by).await.map(drop),
        "pay" => return pay(app, id, by, view, sent).await,
        "note" => {
            // A note is good whatever happened meanwhile.
            return handle::note(app, id, me, sent.get("note")).await.map(drop);
        }
        "decide" => return decide(app, id, by, sent).await,
        // A decision that stands does not change any more: nothing to compare it with.
        "carry_out" => return carry_out(app, id, me).await.map(drop),
        "approve" | "return" => {
            match view.second_pair(staff) {
                Err(NotYours::Managers) => return Err(Error::ManagerOnly),
                // The step itself says no.
                Err(NotYours::SameEyes) | Ok(()) => {}
            }
            if act == "approve" {
                Step::Approve { by: me }
            } else {
                Step::Return { by: me, reason: sent.get("reason").trim().to_owned() }
            }
        }
        "reconsider" => Step::Reconsider { reason: sent.get("reason").trim().to_owned() },
        "agency" => Step::ConfirmAgency {},
        "fail_identity" => Step::FailIdentity {},
        "waive" => {
            staff.may_manage()?;
            Step::WaiveFee { by: me }
        }
        "refund" => {
            let reference = sent.some("reference").ok_or_else(missing("reference"))?;
            Step::Refund { reference: reference.trim().to_owned() }
        }
        "extend" => Step::Extend {
            months: sent.get("months").trim().parse().unwrap_or(0),
            reason: sent.get("reason").trim().to_owned(),
        },
        "close" => Step::Close {},
        "look" | "find" => {
            return Err(Error::Conflict("there is nothing to look at values for".to_owned()));
        }
        _ => return Err(Error::NoSuchAddress),
    };
    handle::step(app, id, by, step).await.map(drop)
}

fn missing(field: &'static str) -> impl Fn() -> Error {
    move || Error::field(field, "missing", "is missing")
}

async fn identify(app: &Arc<App>, id: RequestId, by: By, sent: &Sent) -> Result<(), Error> {
    let how = sent.word::<Identified>("how").ok_or_else(missing("how"))?;
    let subject = match sent.get("subject") {
        "" => return Err(missing("subject")()),
        "nobody" => None,
        subject => Some(subject.parse().map_err(|_| Error::not_found("subject", subject))?),
    };
    handle::identify(app, id, by, how, subject).await.map(drop)
}

async fn pay(app: &Arc<App>, id: RequestId, by: By, view: &View, sent: &Sent) -> Result<(), Error> {
    let FeeStanding::Due(due) = &view.request.progress.fee else {
        return Err(Error::Conflict("the fee is settled".to_owned()));
    };
    let mut wrong = Vec::new();
    let digits = policy::normal::compatible(sent.get("amount")).replace([',', ' '], "");
    let amount = digits.trim().parse().ok();
    if amount.is_none() {
        wrong.push(FieldError::new("amount", "not_an_amount", "is not a whole number"));
    }
    let today = policy::calendar::calendar_day(view.now);
    let on: Option<Date> = sent.get("on").trim().parse().ok().filter(|on| *on <= today);
    if on.is_none() {
        wrong.push(FieldError::new("on", "not_a_date", "is not a day up to today"));
    }
    if sent.some("reference").is_none() {
        wrong.push(FieldError::new("reference", "missing", "is missing"));
    }
    let Some(amount) = amount.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let money = Money { amount, currency: due.currency.clone() };
    let reference = sent.get("reference").to_owned();
    handle::paid_on(app, id, by, money, reference, on.filter(|on| *on < today)).await.map(drop)
}

async fn decide(app: &Arc<App>, id: RequestId, by: By, sent: &Sent) -> Result<(), Error> {
    let outcome = sent.word::<Outcome>("outcome").ok_or_else(missing("outcome"))?;
    let not_a_ground = || Error::field("refused", "not_a_ground", "is no ground of the list");
    let ground = |text: &str| super::form::read_word::<RefusalGround>(text);
    let mut refused = Vec::new();
    if let Some(whole) = sent.some("ground") {
        let ground = ground(whole).ok_or_else(not_a_ground)?;
        refused.push(RefusedPart { item: None, ground });
    }
    for (item, part) in sent.below("item") {
        let item = item.parse().map_err(|_| not_a_ground())?;
        let ground = ground(part).ok_or_else(not_a_ground)?;
        refused.push(RefusedPart { item: Some(item), ground });
    }
    let alternative = match sent.some("alternative") {
        Some(word) => {
            let known = super::form::read_word::<AlternativeMeasure>(word);
            let unknown = || Error::field("alternative", "not_a_measure", "is none of the policy");
            Some(known.ok_or_else(unknown)?)
        }
        None => None,
    };
    let decided = Decided {
        outcome,
        refused,
        alternative,
        reason: sent.get("reason").to_owned(),
        reply: sent.some("reply").map(str::to_owned),
    };
    handle::decide(app, id, by, decided).await.map(drop)
}
