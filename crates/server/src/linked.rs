//! What a person linked (S4): who is found by it, what she granted, what came in under it. Sealed under the
//! house's key and bound to person, service and fingerprint, so that a row that was moved lets nobody in.

use jiff::Timestamp;
use policy::link::ScopeName;
use policy::record::Imported;
use policy::{ItemName, ServiceName, SubjectId};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::keys::Keys;
use crate::store::{Conn, links, subjects};

/// What a grant is about, as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// What she granted at the service.
    pub scopes: Vec<ScopeName>,
    /// What came in under it, with the version that came.
    pub items: Vec<Imported>,
}

/// A link in force.
pub struct Link {
    /// Which service.
    pub service: ServiceName,
    /// The fingerprint of issuer and id.
    pub token: [u8; 16],
    /// The grant.
    pub grant: Grant,
    /// When it was linked, or linked anew.
    pub at: Timestamp,
}

/// The fingerprint by which a person is found by her id at a linked service. To the letter: ids there
/// are not words, and two of them that look alike are two people.
///
/// # Errors
/// When the machine fails.
pub fn token(keys: &Keys, issuer: &str, id: &str) -> Result<[u8; 16], Error> {
    Ok(keys.fingerprint(&[b"linked service", issuer.as_bytes(), id.as_bytes()])?)
}

fn context(subject: SubjectId, service: &str, token: &[u8; 16]) -> Vec<u8> {
    [&subject.0[..], token, service.as_bytes()].concat()
}

fn read(keys: &Keys, kept: &links::Kept) -> Result<Link, Error> {
    let context = context(kept.subject, &kept.service, &kept.token);
    let bytes = keys.open_system("link", &context, &kept.sealed)?;
    Ok(Link {
        service: kept.service.parse().map_err(anyhow::Error::from)?,
        token: kept.token,
        grant: serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?,
        at: subjects::moment(kept.linked_at).map_err(anyhow::Error::from)?,
    })
}

/// A person's links.
///
/// # Errors
/// When one was changed.
pub fn all(keys: &Keys, conn: &mut Conn, subject: SubjectId) -> Result<Vec<Link>, Error> {
    links::all(conn, subject)?.iter().map(|kept| read(keys, kept)).collect()
}

/// Whoever is found by a fingerprint.
///
/// # Errors
/// When the row was changed: it lets nobody in then.
pub fn find(
    keys: &Keys,
    conn: &mut Conn,
    token: &[u8; 16],
) -> Result<Option<(SubjectId, Link)>, Error> {
    let found = links::find(conn, token)?;
    found.map(|kept| Ok((kept.subject, read(keys, &kept)?))).transpose()
}

/// Puts a link, replacing the one with the same service.
///
/// # Errors
/// When it cannot be sealed.
pub fn put(keys: &Keys, conn: &mut Conn, subject: SubjectId, link: &Link) -> Result<(), Error> {
    let bytes = serde_json::to_vec(&link.grant).map_err(anyhow::Error::from)?;
    let context = context(subject, link.service.as_str(), &link.token);
    let sealed = keys.seal_system("link", &context, &bytes)?;
    links::put(conn, subject, &link.service, &link.token, &sealed, link.at.as_millisecond());
    Ok(())
}

/// Where a value came from: the link with its import, if that very version came through one.
pub fn origin<'a>(
    links: &'a [Link],
    item: &ItemName,
    version: u32,
) -> Option<(&'a Link, &'a Imported)> {
    links.iter().find_map(|link| {
        let mut items = link.grant.items.iter();
        Some((link, items.find(|one| one.item == *item && one.version == version)?))
    })
}
