//! The words of others: the names that the Data Privacy Vocabulary 2.3 and fideslang 3.1 really
//! have, so that a mistyped term is told where it is written and never exported. Knows no meanings.

use std::collections::BTreeSet;
use std::sync::OnceLock;

const DPV: &str = include_str!("../vocabularies/dpv-2.3.txt");
const FIDES: &str = include_str!("../vocabularies/fideslang-3.1.txt");

fn lines(text: &'static str) -> BTreeSet<&'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// True for a name of the Data Privacy Vocabulary 2.3, such as `pd:EmailAddress`, as far as the list
/// of names that comes with the crate reaches.
pub fn dpv_has(term: &str) -> bool {
    static TERMS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    TERMS.get_or_init(|| lines(DPV)).contains(term)
}

/// A part of the fideslang taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fides {
    /// What data it is, such as `user.contact.email`.
    Category,
    /// What it is used for, such as `essential.service`.
    Use,
    /// Whom it is about, such as `customer`.
    Subject,
}

/// True for a key of the fideslang 3.1 taxonomy.
pub fn fides_has(part: Fides, key: &str) -> bool {
    static TERMS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let part = match part {
        Fides::Category => "category",
        Fides::Use => "use",
        Fides::Subject => "subject",
    };
    TERMS.get_or_init(|| lines(FIDES)).contains(format!("{part} {key}").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_and_slips_are_not() {
        assert!(dpv_has("pd:EmailAddress") && dpv_has("dpv:ServiceProvision") && dpv_has("loc:JP"));
        for slip in
            ["pd:BrowsingBehavior", "pd:LoginHistory", "dpv:CustomerSupport", "EmailAddress"]
        {
            assert!(!dpv_has(slip), "{slip}");
        }
        assert!(fides_has(Fides::Category, "user.contact.email"));
        assert!(fides_has(Fides::Use, "essential.service"));
        assert!(fides_has(Fides::Subject, "customer"));
        assert!(!fides_has(Fides::Use, "user.contact.email"));
        assert!(!fides_has(Fides::Category, "category user"));
    }
}
