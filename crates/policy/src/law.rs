//! Where something stands in law, so that it can be cited the way each language cites it. Knows the
//! statutes that the regimes go by, and nothing of what they ask.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::document::Language;

/// A statute or guideline that is cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statute {
    /// 個人情報の保護に関する法律
    Act,
    /// Its Cabinet Order 施行令.
    Order,
    /// Its Enforcement Rules 施行規則.
    Rules,
    /// The Commission's guidelines, general rules 通則編.
    Guidelines,
    /// 電気通信事業法
    Telecommunications,
    /// 電気通信事業法施行規則
    TelecommunicationsRules,
    /// 特定電子メールの送信の適正化等に関する法律
    ElectronicMail,
    /// Regulation (EU) 2016/679.
    Gdpr,
    /// Directive 2002/58/EC.
    EPrivacy,
    /// The GDPR as it is law in the United Kingdom.
    UkGdpr,
    /// Privacy and Electronic Communications Regulations 2003.
    Pecr,
}

impl Statute {
    /// The regime it belongs to, by name.
    pub fn regime(self) -> &'static str {
        match self {
            Self::Gdpr | Self::EPrivacy => "eu",
            Self::UkGdpr | Self::Pecr => "uk",
            _ => "jp",
        }
    }

    /// What it is called, in short.
    pub fn name(self, language: Language) -> &'static str {
        let (ja, en) = match self {
            Self::Act => ("個人情報保護法", "Act"),
            Self::Order => ("個人情報保護法施行令", "Order"),
            Self::Rules => ("個人情報保護法施行規則", "Rules"),
            Self::Guidelines => ("ガイドライン（通則編）", "Guidelines"),
            Self::Telecommunications => ("電気通信事業法", "Telecommunications Business Act"),
            Self::TelecommunicationsRules => {
                ("電気通信事業法施行規則", "Telecommunications Business Rules")
            }
            Self::ElectronicMail => ("特定電子メール法", "Act on Specified Electronic Mail"),
            Self::Gdpr => ("GDPR", "GDPR"),
            Self::EPrivacy => ("ePrivacy指令", "ePrivacy Directive"),
            Self::UkGdpr => ("英国GDPR", "UK GDPR"),
            Self::Pecr => ("PECR", "PECR"),
        };
        match language {
            Language::Ja => ja,
            Language::En => en,
        }
    }
}

/// An article of a statute, written as in `27(5)(iii)`, `13(1)(f)`, `27-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Law {
    /// Which statute.
    pub statute: Statute,
    /// Which article, paragraph and item.
    pub article: &'static str,
}

impl Law {
    /// The citation, as in “Act 27(5)(iii)” or 「個人情報保護法第27条第5項第3号」.
    pub fn words(&self, language: Language) -> String {
        cited(&[*self], language)
    }

    /// The article without its statute.
    fn article_words(&self, language: Language) -> String {
        match (language, self.statute) {
            // Guidelines count in sections, as in 10-7.
            (Language::En, _) | (Language::Ja, Statute::Guidelines) => self.article.to_owned(),
            (Language::Ja, _) => japanese(self.article),
        }
    }
}

/// Several citations in a row; articles of one statute share its name.
pub fn cited(laws: &[Law], language: Language) -> String {
    let mut statutes: Vec<(Statute, Vec<String>)> = Vec::new();
    for law in laws {
        let article = law.article_words(language);
        match statutes.iter_mut().find(|(statute, _)| *statute == law.statute) {
            Some((_, articles)) => articles.push(article),
            None => statutes.push((law.statute, vec![article])),
        }
    }
    let (between, articles_between) = match language {
        Language::Ja => ("／", "、"),
        Language::En => ("; ", ", "),
    };
    let statutes = statutes.into_iter().map(|(statute, articles)| {
        let articles = articles.join(articles_between);
        match language {
            Language::Ja => format!("{}{articles}", statute.name(language)),
            Language::En => format!("{} {articles}", statute.name(language)),
        }
    });
    statutes.collect::<Vec<_>>().join(between)
}

impl Serialize for Law {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(3))?;
        map.serialize_entry("regime", self.statute.regime())?;
        map.serialize_entry("statute", self.statute.name(Language::En))?;
        map.serialize_entry("article", self.article)?;
        map.end()
    }
}

/// `27(5)(iii)` as 第27条第5項第3号; letters stay as they are, as in 第13条第1項(f).
fn japanese(article: &str) -> String {
    let mut parts = article.split('(').map(|part| part.trim_end_matches(')'));
    let head = parts.next().unwrap_or_default();
    let mut cited = match head.split_once('-') {
        Some((article, branch)) => format!("第{article}条の{}", branch.replace('-', "の")),
        None => format!("第{head}条"),
    };
    for part in parts {
        let words = match (part.parse::<u32>(), roman(part)) {
            (Ok(paragraph), _) => format!("第{paragraph}項"),
            (_, Some(item)) => format!("第{item}号"),
            _ => format!("({part})"),
        };
        cited.push_str(&words);
    }
    cited
}

/// The Roman numerals that items are counted with; single letters but `i`, `v` are letters.
fn roman(text: &str) -> Option<u32> {
    const NUMERALS: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
    NUMERALS.iter().position(|numeral| *numeral == text).and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_of_one_statute_share_its_name() {
        let law = |statute, article| Law { statute, article };
        let laws = [law(Statute::Act, "20"), law(Statute::Gdpr, "6"), law(Statute::Act, "21(3)")];
        assert_eq!(cited(&laws, Language::En), "Act 20, 21(3); GDPR 6");
        assert_eq!(cited(&laws, Language::Ja), "個人情報保護法第20条、第21条第3項／GDPR第6条");
    }

    #[test]
    fn articles_are_cited_as_each_language_does() {
        let cited = |statute, article| {
            let law = Law { statute, article };
            (law.words(Language::Ja), law.words(Language::En))
        };
        let words = |ja: &str, en: &str| (ja.to_owned(), en.to_owned());
        assert_eq!(
            cited(Statute::Act, "27(5)(iii)"),
            words("個人情報保護法第27条第5項第3号", "Act 27(5)(iii)")
        );
        assert_eq!(cited(Statute::Gdpr, "13(1)(f)"), words("GDPR第13条第1項(f)", "GDPR 13(1)(f)"));
        assert_eq!(
            cited(Statute::Telecommunications, "27-12"),
            words("電気通信事業法第27条の12", "Telecommunications Business Act 27-12")
        );
        assert_eq!(
            cited(Statute::Guidelines, "10-7"),
            words("ガイドライン（通則編）10-7", "Guidelines 10-7")
        );
    }
}
