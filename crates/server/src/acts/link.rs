//! A person links a service, and ends the link (S4). What she granted there is taken in and no more, each
//! item with the claim it came from; when the link ends, it goes through the erase door, and the grant
//! stays on record.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::link::{ClaimName, ScopeName};
use policy::record::{Act, ErasedBecause, Gone, Imported, Stayed};
use policy::retention::Thing;
use policy::{Document, ItemName, Record, Service, ServiceName, SubjectId};

use crate::acts::consent::{held, open};
use crate::app::App;
use crate::erase::{Erased, Erasure, Wish};
use crate::error::{Error, FieldError, is_word};
use crate::intake::Putting;
use crate::linked::{self, Grant, Link};
use crate::once::Fresh;
use crate::record::Place;
use crate::store::{Conn, Tx, items, links};

/// A link as the service sends it, once it has verified the ID token.
pub struct New {
    /// Who vouches for the id: `iss`.
    pub issuer: String,
    /// The id there: `sub`.
    pub id: String,
    /// What was granted.
    pub scopes: Vec<String>,
    /// What comes in: by item, the claim and its value.
    pub items: BTreeMap<String, (String, String)>,
}

/// A service that was linked.
pub struct Linked {
    /// What came in.
    pub items: Vec<Imported>,
    /// What came in before and is no longer granted, or was not sent again.
    pub gone: Vec<Gone>,
    /// The record of it.
    pub place: Place,
}

/// A link that was ended.
pub struct Unlinked {
    /// What went.
    pub gone: Vec<Gone>,
    /// What a hold keeps.
    pub stayed: Vec<Stayed>,
    /// What stays because she has entered it herself since.
    pub kept: Vec<ItemName>,
    /// The record of it.
    pub place: Place,
}

/// The service of a name.
fn service<'a>(
    document: &'a Document,
    name: &str,
) -> Result<(&'a ServiceName, &'a Service), Error> {
    let known = document.services.iter().find(|(known, _)| known.as_str() == name);
    known.ok_or_else(|| Error::not_found("linked service", name))
}

/// Links a service, or links it anew with another grant.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person or service; [`Error::Invalid`] field by field, also for an
/// item whose scope was not granted and for an id that is linked with another account;
/// [`Error::Conflict`] when another id of that service is linked already, or the account is closed.
pub async fn link(
    app: &Arc<App>,
    subject: SubjectId,
    name: &str,
    new: New,
    by: String,
) -> Result<Linked, Error> {
    let (now, document) = (app.clock.now(), app.policy());
    let (name, service) = service(&document, name)?;
    let (name, service) = (name.clone(), service.clone());
    let (scopes, puttings) = read(app, subject, &service, &new)?;
    let token = linked::token(&app.keys, &new.issuer, &new.id)?;
    let fresh = Fresh::new()?;
    let erasure =
        Erasure::new(subject, Wish::Items(Vec::new()), ErasedBecause::Unlinked, by.clone(), now)?;
    let keeper = Arc::clone(app);
    let version = document.version;
    let act = move |tx: &mut Tx<'_>| {
        open(tx, subject)?;
        if linked::find(&keeper.keys, tx, &token)?.is_some_and(|(other, _)| other != subject) {
            let detail =
                "is linked with another account; sign in to that one, or end the link there";
            return Err(Error::field("subject", "taken", detail));
        }
        let before = of(&keeper, tx, subject, &name)?;
        if before.as_ref().is_some_and(|link| link.token != token) {
            let detail = "another id of this service is linked; end that link first";
            return Err(Error::Conflict(detail.to_owned()));
        }
        // What came before and is not sent again goes first; what is sent again is replaced.
        let (mut old, _) = imported(tx, subject, before.as_ref())?;
        old.retain(|item| !puttings.iter().any(|(putting, _)| putting.item() == item));
        let gone = erase(&erasure, &keeper, tx, &old)?.gone;
        let mut items = Vec::with_capacity(puttings.len());
        for (putting, grant) in &puttings {
            let version = putting.put(&keeper, tx, &by)?;
            let (claim, scope) = grant.clone().unzip();
            items.push(Imported { item: putting.item().clone(), version, claim, scope });
        }
        let grant = Grant { scopes: scopes.clone(), items: items.clone() };
        let link = Link { service: name.clone(), token, grant, at: now };
        linked::put(&keeper.keys, tx, subject, &link)?;
        let act =
            Act::Linked { service: name.clone(), scopes: scopes.clone(), items: items.clone() };
        let record =
            Record { at: now, policy: version, subject: Some(subject), by: by.clone(), act };
        let place = keeper.record(tx, &record, None, &fresh)?;
        Ok(Linked { items, gone, place })
    };
    app.store.write(act).await
}

/// What is put under a grant: the value, with claim and scope unless it is her id.
type Granted = (Putting, Option<(ClaimName, ScopeName)>);

/// Reads what a service sends: only what it is linked for, and only what was granted.
fn read(
    app: &App,
    subject: SubjectId,
    service: &Service,
    new: &New,
) -> Result<(Vec<ScopeName>, Vec<Granted>), Error> {
    let mut wrong = Vec::new();
    if new.issuer != service.issuer {
        let detail =
            "is not the issuer that the policy names for this service; send `iss` as it is";
        wrong.push(FieldError::new("issuer", "other_issuer", detail));
    }
    let mut scopes = Vec::new();
    for (n, given) in new.scopes.iter().enumerate() {
        match given.parse::<ScopeName>() {
            // A scope that feeds nothing, such as `openid`, is part of the grant all the same.
            Ok(scope) if !scopes.contains(&scope) => scopes.push(scope),
            Ok(_) => {}
            Err(error) => {
                let detail = format!("is not a scope; send {}", error.rule);
                wrong.push(FieldError::new(format!("scopes[{n}]"), "not_a_name", detail));
            }
        }
    }
    let mut puttings: Vec<Granted> = Vec::new();
    let mut put = |field: &str, item: &str, value: &str, grant, wrong: &mut Vec<FieldError>| {
        match Putting::read(app, subject, field, item, value) {
            Ok(putting) => puttings.push((putting, grant)),
            Err(Error::Invalid(errors)) => wrong.extend(errors),
            Err(error) => return Err(error),
        }
        Ok(())
    };
    put("subject", service.subject_item.as_str(), &new.id, None, &mut wrong)?;
    for (item, (claim, value)) in &new.items {
        let field = if is_word(item) { format!("items.{item}") } else { "items".to_owned() };
        let Some((scope, fed)) = service.claim(claim) else {
            let detail = "is a claim that feeds no item of this service; leave it out";
            wrong.push(FieldError::new(format!("{field}.claim"), "unknown", detail));
            continue;
        };
        if fed.as_str() != item {
            let detail = format!("feeds `{fed}` and nothing else");
            wrong.push(FieldError::new(format!("{field}.claim"), "other_item", detail));
        } else if !scopes.contains(scope) {
            let detail = format!("needs `{scope}`, which she did not grant; leave the item out");
            wrong.push(FieldError::new(format!("{field}.claim"), "not_granted", detail));
        } else {
            let claim = claim.parse().map_err(anyhow::Error::from)?;
            let grant = Some((claim, scope.clone()));
            put(&format!("{field}.value"), item, value, grant, &mut wrong)?;
        }
    }
    if wrong.is_empty() { Ok((scopes, puttings)) } else { Err(Error::Invalid(wrong)) }
}

/// Her link with a service.
fn of(
    app: &App,
    conn: &mut Conn,
    subject: SubjectId,
    service: &ServiceName,
) -> Result<Option<Link>, Error> {
    let links = linked::all(&app.keys, conn, subject)?;
    Ok(links.into_iter().find(|link| link.service == *service))
}

/// What is held as it came through a link, and what she has entered herself since.
fn imported(
    conn: &mut Conn,
    subject: SubjectId,
    link: Option<&Link>,
) -> Result<(Vec<ItemName>, Vec<ItemName>), Error> {
    let (mut came, mut entered) = (Vec::new(), Vec::new());
    for one in link.iter().flat_map(|link| &link.grant.items) {
        match items::version(conn, subject, &one.item)? {
            0 => {}
            version if version == one.version => came.push(one.item.clone()),
            _ => entered.push(one.item.clone()),
        }
    }
    Ok((came, entered))
}

/// Takes items through the erase door.
fn erase(
    erasure: &Erasure,
    app: &App,
    tx: &mut Tx<'_>,
    items: &[ItemName],
) -> Result<Erased, Error> {
    if items.is_empty() {
        return Ok(Erased::default());
    }
    let mut erased = erasure.clone().wishing(Wish::Items(items.to_vec())).carry_out(app, tx)?;
    // Only what was to go: everything else of hers stays as a matter of course.
    erased
        .stayed
        .retain(|stayed| matches!(&stayed.thing, Thing::Item(item) if items.contains(item)));
    Ok(erased)
}

/// Ends a link: nobody signs in by it any more, and what came through it goes.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person or service, or when it is not linked.
pub async fn unlink(
    app: &Arc<App>,
    subject: SubjectId,
    name: &str,
    by: String,
) -> Result<Unlinked, Error> {
    let now = app.clock.now();
    // A service that a later version took out can still be unlinked.
    let name: ServiceName = name.parse().map_err(|_| Error::not_found("linked service", name))?;
    let fresh = Fresh::new()?;
    let erasure =
        Erasure::new(subject, Wish::Items(Vec::new()), ErasedBecause::Unlinked, by.clone(), now)?;
    let keeper = Arc::clone(app);
    let version = app.policy().version;
    let act = move |tx: &mut Tx<'_>| {
        held(tx, subject)?;
        let link = of(&keeper, tx, subject, &name)?;
        let link = link.ok_or_else(|| Error::not_found("link with", name.as_str()))?;
        let (came, kept) = imported(tx, subject, Some(&link))?;
        links::erase(tx, subject, name.as_str());
        let act = Act::Unlinked { service: name.clone(), kept: kept.clone() };
        let record =
            Record { at: now, policy: version, subject: Some(subject), by: by.clone(), act };
        let place = keeper.record(tx, &record, None, &fresh)?;
        let Erased { gone, stayed, .. } = erase(&erasure, &keeper, tx, &came)?;
        Ok(Unlinked { gone, stayed, kept, place })
    };
    app.store.write(act).await
}

/// A person's links in force.
///
/// # Errors
/// [`Error::NotFound`] for an unknown person.
pub async fn all(app: &Arc<App>, subject: SubjectId) -> Result<Vec<Link>, Error> {
    let keeper = Arc::clone(app);
    app.store
        .read(move |conn| {
            if crate::store::subjects::get(conn, subject)?.is_none() {
                return Err(Error::not_found("subject", subject.to_string()));
            }
            linked::all(&keeper.keys, conn, subject)
        })
        .await
}
