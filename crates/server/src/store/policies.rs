//! Table `policies`: every published version of the policy, as its files, with its plan and the moment
//! from which it holds.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Conn, DbError, Row};

/// A published version.
#[derive(Clone)]
pub struct Published {
    /// Its version.
    pub version: String,
    /// SHA-256 of its files.
    pub hash: String,
    /// Its files as a JSON object of name and text.
    pub files: String,
    /// The seal over what [`Published::sealed`] says.
    pub proof: Vec<u8>,
    /// When it was published, in milliseconds.
    pub published_at: i64,
    /// From when on it holds, in milliseconds.
    pub effective_at: i64,
    /// Its plan, as the text of `release.toml`; empty for none.
    pub plan: String,
    /// What its promises were found to be, as JSON of a `policy::prove::Proof`.
    pub promises: String,
    /// True once its publication is in the ledger.
    pub recorded: bool,
    /// How many people the plan's letters were put for.
    pub told: i64,
}

/// The moment of a version that was withdrawn.
const NEVER: i64 = i64::MAX;

impl Published {
    /// True when it was taken back before it took effect.
    pub fn is_withdrawn(&self) -> bool {
        self.effective_at == NEVER
    }

    /// The same, taken back.
    #[must_use]
    pub fn withdrawn(mut self) -> Self {
        self.effective_at = NEVER;
        self
    }

    /// The files by name; empty when the row cannot be understood.
    pub fn files(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&self.files).unwrap_or_default()
    }

    /// What the proof seals: the hash of the files, both moments, and the hashes of the plan and of what
    /// the promises were found to be.
    pub fn sealed(&self) -> String {
        let promises = sha256(&self.promises);
        let Self { hash, published_at, effective_at, .. } = self;
        format!("{hash}\n{published_at}\n{effective_at}\n{}\n{promises}", self.plan_hash())
    }

    /// SHA-256 of the plan, lower-case hexadecimal.
    pub fn plan_hash(&self) -> String {
        sha256(&self.plan)
    }
}

fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// Keeps a version; it is not in the ledger yet.
pub fn insert(conn: &mut Conn, published: &Published) {
    conn.exec_many(&[(
        "INSERT INTO policies \
         (version, hash, files, proof, published_at, effective_at, plan, promises, recorded, told) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0)",
        &[
            (&published.version).into(),
            (&published.hash).into(),
            (&published.files).into(),
            (&published.proof).into(),
            published.published_at.into(),
            published.effective_at.into(),
            (&published.plan).into(),
            (&published.promises).into(),
        ],
    )]);
}

/// Takes back a version that has not taken effect, under a new proof; that is not in the ledger yet.
pub fn withdraw(conn: &mut Conn, version: &str, proof: &[u8]) {
    conn.exec_many(&[(
        "UPDATE policies SET effective_at = $1, proof = $2, recorded = 0 WHERE version = $3",
        &[NEVER.into(), proof.into(), version.into()],
    )]);
}

/// Whether any version waits to be written into the ledger.
pub fn any_unrecorded(conn: &mut Conn) -> Result<bool, DbError> {
    Ok(conn.opt("SELECT 1 FROM policies WHERE recorded = 0 LIMIT 1", &[])?.is_some())
}

/// Its publication is in the ledger.
pub fn recorded(conn: &mut Conn, version: &str) {
    conn.exec_many(&[("UPDATE policies SET recorded = 1 WHERE version = $1", &[version.into()])]);
}

/// How far the telling of a version has come: the last person and how many.
pub fn telling(conn: &mut Conn, version: &str) -> Result<(Vec<u8>, i64), DbError> {
    let row =
        conn.one("SELECT told_up_to, told FROM policies WHERE version = $1", &[version.into()])?;
    Ok((row.opt_blob(0)?.unwrap_or_default().to_vec(), row.int(1)?))
}

/// Letters were put for people up to this one.
pub fn told(conn: &mut Conn, version: &str, up_to: &[u8], told: i64) {
    conn.exec_many(&[(
        "UPDATE policies SET told_up_to = $1, told = $2 WHERE version = $3",
        &[up_to.into(), told.into(), version.into()],
    )]);
}

const ALL: &str = "SELECT version, hash, files, proof, published_at, effective_at, plan, recorded, \
                   told, promises FROM policies ORDER BY published_at DESC, version DESC";

fn read(mut row: Row) -> Result<Published, DbError> {
    Ok(Published {
        version: row.take_text(0)?,
        hash: row.take_text(1)?,
        files: row.take_text(2)?,
        proof: row.take_blob(3)?,
        published_at: row.int(4)?,
        effective_at: row.int(5)?,
        plan: row.take_text(6)?,
        recorded: row.int(7)? != 0,
        told: row.int(8)?,
        promises: row.take_text(9)?,
    })
}

/// Every version, the newest publication first.
pub fn all(conn: &mut Conn) -> Result<Vec<Published>, DbError> {
    conn.query(ALL, &[])?.into_iter().map(read).collect()
}

/// Every version as a verifier finds it; empty where a value is of another kind.
pub fn as_found(conn: &mut Conn) -> Result<Vec<Published>, DbError> {
    let rows = conn.query(ALL, &[])?;
    let found = rows.into_iter().map(|mut row| Published {
        version: row.take_text(0).unwrap_or_default(),
        hash: row.take_text(1).unwrap_or_default(),
        files: row.take_text(2).unwrap_or_default(),
        proof: row.take_blob(3).unwrap_or_default(),
        published_at: row.int(4).unwrap_or_default(),
        effective_at: row.int(5).unwrap_or_default(),
        plan: row.take_text(6).unwrap_or_default(),
        recorded: row.int(7).unwrap_or_default() != 0,
        told: row.int(8).unwrap_or_default(),
        promises: row.take_text(9).unwrap_or_default(),
    });
    Ok(found.collect())
}
