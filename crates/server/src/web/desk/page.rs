//! The frame around the pages of the desk: where one can go, who is signed in, the way out, the other
//! language. No script, nothing from anywhere else.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use policy::{Language, StaffRole};

use super::session::Staff;
use super::urls;

/// A page that one can go to from every other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// What waits.
    Start,
    /// What people ask for.
    Requests,
    /// What recipients are told to do.
    Instructions,
    /// What falls due, and what is held.
    Retention,
    /// Anonymised and pseudonymised data sets.
    Datasets,
    /// Messages that were given up or fail.
    Outbox,
}

impl Room {
    const ALL: [Self; 6] = [
        Self::Start,
        Self::Requests,
        Self::Instructions,
        Self::Retention,
        Self::Datasets,
        Self::Outbox,
    ];

    fn url(self) -> &'static str {
        match self {
            Self::Start => urls::START,
            Self::Requests => urls::REQUESTS,
            Self::Instructions => urls::INSTRUCTIONS,
            Self::Retention => urls::RETENTION,
            Self::Datasets => urls::DATASETS,
            Self::Outbox => urls::OUTBOX,
        }
    }

    fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Start, Language::Ja) => "ホーム",
            (Self::Start, Language::En) => "Home",
            (Self::Requests, Language::Ja) => "請求",
            (Self::Requests, Language::En) => "Requests",
            (Self::Instructions, Language::Ja) => "提供先への指示",
            (Self::Instructions, Language::En) => "Recipients",
            (Self::Retention, Language::Ja) => "保存期限",
            (Self::Retention, Language::En) => "Retention",
            (Self::Datasets, Language::Ja) => "データセット",
            (Self::Datasets, Language::En) => "Data sets",
            (Self::Outbox, Language::Ja) => "連絡",
            (Self::Outbox, Language::En) => "Messages",
        }
    }
}

/// The words for a role.
pub(super) fn role(role: StaffRole, language: Language) -> &'static str {
    match (role, language) {
        (StaffRole::Manager, Language::Ja) => "情報管理責任者",
        (StaffRole::Manager, Language::En) => "Information manager",
        (StaffRole::Officer, Language::Ja) => "窓口担当",
        (StaffRole::Officer, Language::En) => "Officer",
    }
}

fn other(language: Language) -> (Language, &'static str) {
    match language {
        Language::Ja => (Language::En, "English"),
        Language::En => (Language::Ja, "日本語"),
    }
}

/// The button to the other language.
pub(super) fn to_other_language(language: Language) -> Markup {
    let (to_other, name_of_other) = other(language);
    html! {
        form method="post" action=(urls::LANGUAGE) {
            button.plain name="language" value=(to_other.tag()) lang=(to_other.tag()) {
                (name_of_other)
            }
        }
    }
}

fn whole(title: &str, language: Language, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " — Azukari" }
                style {
                    (PreEscaped(include_str!("../style.css")))
                    (PreEscaped(include_str!("desk.css")))
                }
            }
            body { (body) }
        }
    }
}

/// A page for whoever is not signed in, or of whom it is not known.
pub(super) fn bare(title: &str, language: Language, body: &Markup) -> Markup {
    whole(title, language, &html! { main.narrow { (body) } })
}

/// A page for somebody of the staff; `room` is where they are, for one that has a place in the
/// navigation. Its title is the page's heading too.
pub(super) fn page(staff: &Staff, room: Option<Room>, title: &str, body: &Markup) -> Markup {
    let language = staff.language;
    let (skip, rooms, sign_out) = match language {
        Language::Ja => ("本文へ", "ページ", "サインアウト"),
        Language::En => ("Skip to content", "Pages", "Sign out"),
    };
    whole(
        title,
        language,
        &html! {
            a.skip href="#page" { (skip) }
            header.desk {
                nav aria-label=(rooms) {
                    @for one in Room::ALL {
                        a href=(one.url()) aria-current=[(Some(one) == room).then_some("page")] {
                            (one.name(language))
                        }
                    }
                }
                div.me {
                    p { (staff.name) " " small { (role(staff.role, language)) } }
                    (to_other_language(language))
                    form method="post" action=(urls::SIGN_OUT) { button.plain { (sign_out) } }
                }
            }
            main #page {
                h1 { (title) }
                (body)
            }
        },
    )
}
