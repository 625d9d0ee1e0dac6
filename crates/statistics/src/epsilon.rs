//! The privacy loss ε, counted exactly.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Millionths in one.
const ONE: u64 = 1_000_000;

/// The smallest ε: below it an answer is noise alone.
const LEAST: u64 = 100;

/// The largest ε: beyond it nothing is private any more.
const MOST: u64 = 100 * ONE;

/// A privacy loss ε in whole millionths, so that what is spent adds up exactly. The likelihood of any answer
/// changes at most by the factor e^ε when one person is taken out or put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epsilon(u64);

/// Why a text is no ε.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write a number from 0.0001 to 100 with at most six digits after the point, such as 0.5")]
pub struct NotAnEpsilon;

impl Epsilon {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Its value.
    #[expect(clippy::cast_precision_loss, reason = "at most 100 million")]
    pub fn value(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left when another is taken away; nothing when that is more.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Two parts that add up to it.
    #[must_use]
    pub fn halves(self) -> (Self, Self) {
        (Self(self.0 / 2), Self(self.0 - self.0 / 2))
    }
}

impl fmt::Display for Epsilon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = format!("{:06}", self.0 % ONE);
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{}{point}{rest}", self.0 / ONE)
    }
}

impl FromStr for Epsilon {
    type Err = NotAnEpsilon;

    fn from_str(text: &str) -> Result<Self, NotAnEpsilon> {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || rest.len() > 6 || !digits(whole) || !digits(rest) {
            return Err(NotAnEpsilon);
        }
        let whole: u64 = whole.parse().map_err(|_| NotAnEpsilon)?;
        let rest: u64 = format!("{rest:0<6}").parse().map_err(|_| NotAnEpsilon)?;
        let all = whole.checked_mul(ONE).and_then(|whole| whole.checked_add(rest));
        all.filter(|all| (LEAST..=MOST).contains(all)).map(Self).ok_or(NotAnEpsilon)
    }
}

impl Serialize for Epsilon {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Epsilon {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
