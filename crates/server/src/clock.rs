//! Time as an argument: the one place that reads the machine's clock, and one that tests can set.

use std::sync::Mutex;

use jiff::{Span, Timestamp};

/// Tells the time. Every room asks here, so that a test can let days pass.
pub trait Clock: Send + Sync {
    /// Now, to the millisecond, as records keep it.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        to_millisecond(Timestamp::now())
    }
}

/// A clock that stands still until it is told otherwise.
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    /// Stands at that moment.
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(to_millisecond(now)))
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// When the calendar ends before that.
    pub fn pass(&self, span: Span) -> Result<(), jiff::Error> {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(span)?;
        Ok(())
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn to_millisecond(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment)
}
