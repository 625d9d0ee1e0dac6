//! Counts how often a caller is told that a value belongs to somebody else: each time tells that an
//! address is known here. Past the measure the caller tries no such value at all for a while, since
//! a refusal of the taken ones alone would tell as much.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;

/// So many answers in a while, for one caller.
const MOST: u32 = 20;
/// The while.
const WHILE: Duration = Duration::from_secs(60);

/// The answers given lately, by the caller's id.
#[derive(Default)]
pub struct Taken(Mutex<HashMap<String, (Instant, u32)>>);

impl Taken {
    /// Whether a caller may try a value that must be one person's own.
    ///
    /// # Errors
    /// [`Error::TooMany`] until the while is over.
    pub fn may(&self, caller: &str) -> Result<(), Error> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counted.get(caller) {
            Some((since, MOST..)) if since.elapsed() < WHILE => {
                let left = WHILE.saturating_sub(since.elapsed());
                Err(Error::TooMany { retry_after_s: left.as_secs() + 1 })
            }
            _ => Ok(()),
        }
    }

    /// Counts what a caller was told.
    pub fn heed<T>(&self, caller: &str, told: &Result<T, Error>) {
        let Err(Error::Invalid(fields)) = told else { return };
        if !fields.iter().any(|field| field.code == "taken") {
            return;
        }
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = counted.entry(caller.to_owned()).or_insert((Instant::now(), 0));
        if since.elapsed() >= WHILE {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
    }
}
