//! Statistics that say nothing of any one person: counts, histograms, sums and means with differential
//! privacy (Dwork, McSherry, Nissim and Smith 2006), and the budget that they draw on.
//!
//! A [`Tally`] takes rows in and bounds what one person can change in it; a [`Budget`] gives [`Leave`] for one
//! answer, or refuses when it is spent; only with leave does a tally give its [`Answer`], with noise of
//! OpenDP's discrete Laplace mechanism. The crate knows no clock, file or network.

mod answer;
mod budget;
mod epsilon;
mod question;
mod tally;

pub use answer::{Answer, Figure, Value};
pub use budget::{Budget, Entry, Leave, NotABudget, Spent};
pub use epsilon::{Epsilon, NotAnEpsilon};
pub use question::{MOST_PER_PERSON, Question, WrongQuestion};
pub use tally::{NotAWholeNumber, Tally};
