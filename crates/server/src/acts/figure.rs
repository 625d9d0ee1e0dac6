//! Figures of what is held, with noise (R7.7; decision 0063): everybody passes the gate, what each can change
//! is bounded, and the budget of the purpose pays in the transaction of the record, before the figure is told.
//!
//! A budget has no row of its own: it is read from the records that set it and drew on it, so that whoever
//! gives something back to it in the database is found out when the ledger is verified.

use std::sync::Arc;

use policy::calendar::calendar_day;
use policy::party::base32;
use policy::record::{Act, FigureTold};
use policy::{Document, Item, ItemName, Linked, PurposeName, Record, ValueKind, minor};
use statistics::{Answer, Budget, Entry, Epsilon, Leave, Question, Tally, WrongQuestion};

use super::everybody::{Asked, Everybody};
use super::staff::Office;
use crate::app::App;
use crate::error::{Error, FieldError};
use crate::keys::Keys;
use crate::once::{Fresh, Once};
use crate::record::{self, Place};
use crate::store::{Conn, Tx, records};

/// What is to be told.
pub struct Wish {
    /// The purpose of the policy under which values are used, whose budget pays.
    pub purpose: PurposeName,
    /// The item that is counted. Of a date of birth it is the age that counts.
    pub item: ItemName,
    /// What is asked; a histogram without categories has those of the policy's choices.
    pub question: Question,
    /// What is spent on it.
    pub epsilon: Epsilon,
    /// Who asks.
    pub by: String,
    /// Makes a repeated request one act.
    pub once: Option<Once>,
}

/// A figure as it was told.
pub struct Told {
    /// The figure, with noise.
    pub answer: Answer,
    /// What was asked.
    pub question: Question,
    /// What is left of the budget.
    pub left: Epsilon,
    /// The record of it.
    pub place: Place,
}

fn unread(error: impl std::fmt::Display) -> Error {
    anyhow::anyhow!("a record of figures cannot be read: {error}").into()
}

/// The budget of a purpose with everything that was spent of it; `None` where none was set.
///
/// # Errors
/// When a record does not open.
pub fn budget(
    keys: &Keys,
    conn: &mut Conn,
    purpose: &PurposeName,
) -> Result<Option<Budget>, Error> {
    let mut budget: Option<Budget> = None;
    for row in records::of_figures(conn)? {
        let record = record::open(keys, &row)?.record().map_err(anyhow::Error::from)?;
        match record.act {
            Act::BudgetSet { purpose: of, epsilon } if of == *purpose => {
                let total = epsilon.parse().map_err(unread)?;
                match &mut budget {
                    Some(budget) => budget.total = total,
                    None => budget = Some(Budget::open(total, purpose.as_str(), record.at).0),
                }
            }
            Act::FigureTold(told) if told.purpose == *purpose => {
                let budget = budget.as_mut().ok_or_else(|| unread("it had no budget"))?;
                let entry = Entry {
                    at: record.at,
                    question: serde_json::from_str(&told.question).map_err(unread)?,
                    column: Some(told.item.to_string()),
                    per_person: 1,
                    epsilon: told.epsilon.parse().map_err(unread)?,
                };
                budget.spend(entry).map_err(unread)?;
            }
            _ => {}
        }
    }
    Ok(budget)
}

/// Sets all that may be lost under a purpose: an operator's act. What was spent before counts.
///
/// # Errors
/// [`Error::Invalid`] for a purpose under which nothing can be counted, and for less than was spent.
pub fn set_budget(
    office: &Office<'_>,
    tx: &mut Tx<'_>,
    purpose: &PurposeName,
    total: Epsilon,
    fresh: &Fresh,
) -> Result<(), Error> {
    let document = office.policy()?;
    let own = document.purposes.get(purpose).is_some_and(|purpose| purpose.own_use);
    if !own {
        let detail = "is not a purpose for which the controller itself uses values";
        return Err(Error::field("purpose", "unknown", detail));
    }
    if let Some(wrong) = linked_with_nobody(&document, purpose) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let spent = budget(office.keys, tx, purpose)?.map_or(Epsilon::ZERO, |budget| budget.spent());
    if total < spent {
        let detail = format!("is less than was spent already, which is {spent}");
        return Err(Error::field("epsilon", "spent", detail));
    }
    let act = Act::BudgetSet { purpose: purpose.clone(), epsilon: total.to_string() };
    office.record(tx, act, fresh)
}

/// Says so of a purpose that draws on nothing that is linked with a person.
fn linked_with_nobody(document: &Document, purpose: &PurposeName) -> Option<FieldError> {
    let mut serving = document.items.values().filter(|item| item.purposes.contains(purpose));
    let is_linked = serving.any(|item| item.linked == Linked::Person);
    let detail = "draws on nothing that the policy links with a person, so that there is nobody to ask \
                  the gate for; count a table of what is linked with nobody: `azukari statistics count FILE`";
    (!is_linked).then(|| FieldError::new("purpose", "linked_with_nobody", detail))
}

/// The question in its full form, or what is wrong with the wish.
fn checked(document: &Document, wish: &Wish, asked: &Asked) -> Result<Question, Error> {
    let own = document.purposes.get(&wish.purpose).is_some_and(|purpose| purpose.own_use);
    if own && let Some(wrong) = linked_with_nobody(document, &wish.purpose) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let mut wrong = asked.wrong(document, |_| "item".to_owned());
    let item = document.items.get(&wish.item);
    let mut question = wish.question.clone();
    match (&mut question, item.map(|item| &item.value)) {
        (Question::Histogram { categories }, Some(ValueKind::Choice(choices)))
            if categories.is_empty() =>
        {
            *categories = choices.keys().cloned().collect();
        }
        (
            Question::Sum { .. } | Question::Mean { .. },
            Some(ValueKind::Choice(_) | ValueKind::Language),
        ) => {
            let detail = "asks for numbers, which this item has none of; ask for a histogram";
            wrong.push(FieldError::new("question", "not_possible", detail));
        }
        _ => {}
    }
    if let Err(error) = question.check(1) {
        let field = match error {
            WrongQuestion::Bounds => "low",
            WrongQuestion::Categories => "categories",
            WrongQuestion::PerPerson => "per_person",
        };
        wrong.push(FieldError::new(field, "not_possible", error.to_string()));
    }
    if wrong.is_empty() { Ok(question) } else { Err(Error::Invalid(wrong)) }
}

/// Leave for one answer, and what is left of the budget after it; it is spent once its record stands.
fn pay(
    app: &App,
    conn: &mut Conn,
    purpose: &PurposeName,
    entry: Entry,
) -> Result<(Leave, Epsilon), Error> {
    let budget = budget(&app.keys, conn, purpose)?;
    let mut budget = budget.ok_or_else(|| {
        Error::Conflict(format!(
            "purpose `{purpose}` has no budget of privacy; its operator sets one: \
             `azukari statistics open --from-vault --purpose {purpose} --epsilon 1`"
        ))
    })?;
    let (leave, _) = budget.spend(entry).map_err(|spent| Error::Conflict(spent.to_string()))?;
    Ok((leave, budget.left()))
}

/// Counts what is held, and tells the figure once it is paid for and on record. Whoever did not consent,
/// stopped the use or is restricted is left out; each person counts once.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Conflict`] where no budget was set, or too little is left of
/// it: nobody is looked at then; failures of database or vault.
pub async fn tell(app: &Arc<App>, wish: Wish) -> Result<Told, Error> {
    let document = app.policy();
    let Wish { purpose, item, epsilon, by, once, .. } = &wish;
    let asked = Asked { purpose: purpose.clone(), items: vec![item.clone()], by: by.clone() };
    let question = checked(&document, &wish, &asked)?;
    let entry = Entry {
        at: app.clock.now(),
        question: question.clone(),
        column: Some(item.to_string()),
        per_person: 1,
        epsilon: *epsilon,
    };

    // Told already, or more than is left: nobody is looked at.
    let (keeper, purpose, once) = (Arc::clone(app), purpose.clone(), once.clone());
    let (known, of, paid) = (once.clone(), purpose.clone(), entry.clone());
    let look = move |conn: &mut Conn| {
        let told = told_before(&keeper, conn, known.as_ref(), &of)?;
        if told.is_none() {
            pay(&keeper, conn, &of, paid)?;
        }
        Ok::<_, Error>(told)
    };
    if let Some(told) = app.store.read(look).await? {
        return Ok(told);
    }

    let tally = count(app, &document, &asked, item, &question).await?;
    let fresh = Fresh::new()?;
    let (version, item, by) = (document.version, item.clone(), by.clone());
    let keeper = Arc::clone(app);
    let act = move |tx: &mut Tx<'_>| {
        if let Some(told) = told_before(&keeper, tx, once.as_ref(), &purpose)? {
            return Ok::<_, Error>(told);
        }
        let (leave, left) = pay(&keeper, tx, &purpose, entry.clone())?;
        // Run again, this draws anew: what the run before drew was told to nobody.
        let answer = tally.clone().answer(leave);
        let answer = answer.map_err(|error| anyhow::anyhow!("no noise: {error}"))?;
        let told = FigureTold {
            purpose: purpose.clone(),
            item: item.clone(),
            epsilon: answer.epsilon.to_string(),
            question: serde_json::to_string(&question).map_err(anyhow::Error::from)?,
            answer: serde_json::to_string(&answer).map_err(anyhow::Error::from)?,
        };
        let act = Act::FigureTold(Box::new(told));
        let record = Record { at: entry.at, policy: version, subject: None, by: by.clone(), act };
        let place = keeper.record(tx, &record, None, &fresh)?;
        if let Some(once) = &once {
            once.done(tx, place.index, entry.at);
        }
        Ok(Told { answer, question: question.clone(), left, place })
    };
    app.store.write(act).await
}

/// What was told under the same key before, as it was told: noise that is drawn twice for one price would
/// tell more than was paid for.
fn told_before(
    app: &App,
    conn: &mut Conn,
    once: Option<&Once>,
    purpose: &PurposeName,
) -> Result<Option<Told>, Error> {
    let Some(index) = once.map(|once| once.begin(conn)).transpose()?.flatten() else {
        return Ok(None);
    };
    let row = records::at(conn, index.cast_signed())?
        .ok_or_else(|| anyhow::anyhow!("record {index} is missing"))?;
    let place = Place { index, id: row.id };
    let record = app.open_record(&row)?.record().map_err(anyhow::Error::from)?;
    let Act::FigureTold(told) = record.act else { return Err(Error::KeyReused) };
    let left = budget(&app.keys, conn, purpose)?.map_or(Epsilon::ZERO, |budget| budget.left());
    Ok(Some(Told {
        answer: serde_json::from_str(&told.answer).map_err(unread)?,
        question: serde_json::from_str(&told.question).map_err(unread)?,
        left,
        place,
    }))
}

/// Everybody passes the gate, and what each has is counted once.
async fn count(
    app: &Arc<App>,
    document: &Document,
    asked: &Asked,
    name: &ItemName,
    question: &Question,
) -> Result<Tally, Error> {
    let item = document.items.get(name);
    let mut tally = Tally::new(question.clone(), 1).map_err(anyhow::Error::from)?;
    let today = calendar_day(app.clock.now());
    let mut everybody = Everybody::now(app);
    while let Some(some) = everybody.next(app, asked).await? {
        for (subject, outcome) in some {
            let Ok(mut disclosed) = outcome else { continue };
            let Some(plain) = disclosed.items.remove(name).flatten() else { continue };
            let value = counted(item, plain.reveal(), today);
            // What is no number counts as nothing held: saying so would tell of somebody.
            let person = base32().encode(&subject.0);
            let _ = tally.add(Some(&person), &value);
        }
    }
    Ok(tally)
}

/// What of a value is counted: of a date of birth the age, otherwise the value.
fn counted(
    item: Option<&Item>,
    value: &str,
    today: jiff::civil::Date,
) -> zeroize::Zeroizing<String> {
    let born = item.filter(|item| matches!(item.value, ValueKind::BirthDate));
    let born = born.and_then(|_| value.parse().ok());
    let age = born.map(|born| minor::age(born, today).to_string());
    zeroize::Zeroizing::new(age.unwrap_or_else(|| value.to_owned()))
}
