//! What a payment platform does for this app, whichever it is: it takes a card on a page of its own, says how
//! that went, and gives money back. A card never comes near us, not its number nor a token of it: what is paid
//! is paid at once, and what goes back goes back to where it came from. [`checkout`] is the one adapter.
//! Knows nothing of bookings.

mod checkout;
pub(crate) mod signature;

use std::pin::Pin;

use jiff::Timestamp;

use crate::language::Language;

pub(crate) use checkout::Checkout;

/// The least that a card is charged, in yen.
pub(crate) const LEAST_YEN: u32 = 50;

/// The payment platform that takes a store's fees, by the contract of Stripe's Checkout Sessions. Has no
/// `Debug`: two of its fields are secrets.
#[derive(Clone)]
pub struct Payments {
    /// Where its API is, such as `https://api.stripe.com`.
    pub api: String,
    /// Where its payment pages are, such as `https://checkout.stripe.com`: the one place outside to which a
    /// form of ours may lead.
    pub pages: String,
    /// The secret key for the API.
    pub key: String,
    /// The secret by which its messages to `/payments/events` are signed.
    pub signing_secret: String,
}

/// Why a payment platform did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It answered no; its own word for why.
    #[error("no: {0}")]
    No(String),
    /// Out of reach, or busy: what was asked may have been done.
    #[error("unavailable")]
    Unavailable,
    /// An answer that the contract does not know.
    #[error("unexpected answer: {0}")]
    Unexpected(&'static str),
}

/// Something to be paid for.
pub(crate) struct Order<'a> {
    /// Our name for it; the same name is the same order, however often it is sent.
    pub(crate) id: &'a str,
    pub(crate) yen: u32,
    /// What the guest reads beside the amount.
    pub(crate) title: &'a str,
    pub(crate) language: Language,
    /// Where she goes when she has paid, and when she has not.
    pub(crate) when_paid: &'a str,
    pub(crate) when_not: &'a str,
    pub(crate) now: Timestamp,
}

/// A page of the platform on which an order can be paid for.
pub(crate) struct Page {
    /// The platform's name for it.
    pub(crate) session: String,
    pub(crate) url: String,
}

/// How an order stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It can be paid for.
    Open,
    /// It was paid for, in full; the platform's name for the money.
    Paid { charge: String },
    /// It was not paid for, and cannot be any more.
    Over,
}

/// Money on its way back.
#[derive(Debug, Clone)]
pub(crate) struct Return<'a> {
    /// Our name for it, whichever attempt it is.
    pub(crate) id: &'a str,
    /// Our name for this attempt, as with an order: the same as of the money, or that with `_` and a number.
    pub(crate) key: &'a str,
    /// The platform's name for the money of which it is a part.
    pub(crate) charge: &'a str,
    pub(crate) yen: u32,
}

/// What a message of the platform is about. How it went is not taken from there, but asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// An order, by our name for it.
    Order { id: String, session: String },
    /// Money on its way back, by ours as well.
    Return { id: String },
}

/// A message that the platform did not sign, or not just now.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not signed by the payment platform")]
pub(crate) struct Unsigned;

pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

/// A payment platform.
pub(crate) trait Platform: Send + Sync {
    /// Where its pages are.
    fn pages(&self) -> &str;

    /// Opens a page on which an order can be paid for, for half an hour.
    fn open<'a>(&'a self, order: &'a Order<'_>) -> Answer<'a, Page>;

    /// How an order of so many yen stands.
    fn look<'a>(&'a self, session: &'a str, yen: u32) -> Answer<'a, Seen>;

    /// Lets nobody pay for an order any more. [`Trouble::No`] when it is paid for or over already.
    fn close<'a>(&'a self, session: &'a str) -> Answer<'a, ()>;

    /// Gives money back.
    fn give_back<'a>(&'a self, money: &'a Return<'_>) -> Answer<'a, ()>;

    /// Whether money was given back by any attempt, and nothing came in the way since: for whoever asked and heard no answer, or was told
    /// that something has changed.
    fn gave_back<'a>(&'a self, money: &'a Return<'_>) -> Answer<'a, bool>;

    /// Reads a message with its signature; `None` when it is about nothing that matters here.
    ///
    /// # Errors
    /// [`Unsigned`].
    fn hears(
        &self,
        signature: &str,
        message: &[u8],
        now: Timestamp,
    ) -> Result<Option<Heard>, Unsigned>;
}
