//! A request's page, section by section, each with the forms that belong to it. The most pressing comes
//! first: how it stands, and what is to be done next.

use maud::{Markup, html};
use policy::request::{Agency, Assurance, FeeStanding, Identified, RequestKind, State};
use policy::retention::Thing;
use policy::{ConsentState, ItemName, Language};

use super::address;
use super::disclosed::{labels, purpose};
use super::form::{Again, word};
use super::look::{self, Compared, Looked, Match};
use super::one::{Hers, View};
use super::words::{self, Pressing, Say};
use crate::acts::request::{Channel, Contact, Delivery, attached};
use crate::error::Error;
use crate::store::restrictions::Restriction;
use crate::store::subjects;
use crate::web::desk::session::Staff;
use crate::words as common;

/// What drawing needs everywhere.
pub(super) struct Page<'a> {
    pub(super) view: &'a View,
    pub(super) staff: &'a Staff,
    pub(super) say: Say,
    pub(super) language: Language,
    /// What the page shows it as.
    stamp: String,
}

/// The page.
pub(super) fn draw(view: &View, staff: &Staff) -> Result<Markup, Error> {
    let language = staff.language;
    let stamp = view.request.stamp()?;
    let page = Page { view, staff, say: Say(language), language, stamp };
    Ok(html! {
        @if let Some(done) = view.done { p.told role="status" { (done) } }
        @if let Some(told) = view.tried.as_ref().and_then(|tried| tried.told.as_deref()) {
            p.told.trouble #told role="alert" { (told) }
            (page.typed())
        }
        @if let Some(tried) = &view.tried { (tried.summary(language)) }
        (page.standing())
        (page.asked()?)
        (page.identity())
        @if view.request.progress.kind == RequestKind::Correction { (page.correction()) }
        @if let Some(hers) = &view.hers { (page.held(hers)) (page.disclosures(hers)) }
        (page.decision())
        (page.clock())
        (page.fee())
        (page.history())
    })
}

impl Page<'_> {
    pub(super) fn label<'a>(&'a self, item: &'a ItemName) -> &'a str {
        let known = self.view.document.items.get(item);
        known.map_or(item.as_str(), |item| item.label.get(self.language))
    }

    pub(super) fn moment(&self, at: jiff::Timestamp) -> String {
        common::moment(at, self.language)
    }

    pub(super) fn again(&self, act: &'static str) -> Again<'_> {
        Again::new(act, self.view.tried.as_ref(), self.language)
    }

    /// A form of this page.
    pub(super) fn form(&self, again: Again<'_>, fields: &Markup, button: &str) -> Markup {
        html! {
            form.fields method="post" action=(address(self.view.request.id)) #(again.act) {
                input type="hidden" name="act" value=(again.act);
                input type="hidden" name="seen" value=(self.stamp);
                (fields)
                button { (button) }
            }
        }
    }

    /// A form that is seldom needed: folded, unless it came back.
    pub(super) fn folded(
        &self,
        again: Again<'_>,
        title: &str,
        fields: &Markup,
        button: &str,
    ) -> Markup {
        html! {
            details open[again.is_back()] {
                summary { (title) }
                (self.form(again, fields, button))
            }
        }
    }

    /// A line of a list of facts.
    pub(super) fn fact(name: &str, value: &Markup) -> Markup {
        html! { div { dt { (name) } dd { (value) } } }
    }

    /// What was typed into a form that was not done: the form itself may not be here any more.
    fn typed(&self) -> Markup {
        let typed: Vec<&str> = self.view.tried.iter().flat_map(super::form::Tried::typed).collect();
        html! {
            @if !typed.is_empty() {
                details open {
                    summary { (self.say.of("入力された内容", "What you typed")) }
                    @for text in typed { blockquote { (text) } }
                }
            }
        }
    }

    // ---- how it stands ----

    fn standing(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let progress = &view.request.progress;
        let over = progress.state.is_over();
        let (due, now) = (progress.due_at, view.now);
        let warn = view.terms().map_or(due, |terms| terms.warn(due));
        let pressing = Pressing::of(warn.as_millisecond(), due.as_millisecond(), now);
        let awaits = progress.awaits_approval();
        let next = match progress.state {
            State::Verifying => Some(("#identity", say.of("本人確認へ", "To identity"))),
            State::AwaitingFee => Some(("#fee", say.of("手数料へ", "To the fee"))),
            State::Investigating => Some(("#decision", say.of("決定へ", "To the decision"))),
            State::Decided => Some(("#decision", say.of("実行へ", "To carrying it out"))),
            State::Notified => Some(("#history", say.of("完了へ", "To closing"))),
            _ => None,
        };
        html! {
            div.standing class=[pressing.class().filter(|_| !over)] {
                dl.facts {
                    (Self::fact(say.of("状態", "State"), &html! {
                        strong { (words::state(progress.state, awaits, self.language)) }
                    }))
                    (Self::fact(say.of("期限", "Due"), &html! {
                        (words::day(words::last_day(due), now, self.language))
                        @if !over { " " strong.left { (words::left(due, now, self.language)) } }
                    }))
                    (Self::fact(say.of("待ち", "Waits for"), &html! {
                        (words::waits_for(progress.state, awaits, self.language))
                    }))
                }
                @if let Some((to, words)) = next { a.button href=(to) { (words) } }
            }
        }
    }

    // ---- what is asked ----

    fn asked(&self) -> Result<Markup, Error> {
        let (view, say) = (self.view, self.say);
        let (progress, matter) = (&view.request.progress, &view.request.matter);
        let document = &view.document;
        let regime = document.regimes.get(&progress.regime);
        let delivery = match &matter.delivery {
            Delivery::Electronic => html! { (say.of("電子データ", "As an electronic file")) },
            Delivery::Paper { address } => html! {
                (say.of("書面（郵送）", "on paper, by post")) br; span.written { (address) }
            },
        };
        let channel = match &matter.channel {
            Channel::Page => say.of("ウェブの窓口", "our page").to_owned(),
            Channel::Service { by } => by.clone(),
            Channel::Agent { agent, reference, .. } => format!("{agent} {reference}"),
            Channel::Desk { by } => {
                format!("{}{}", say.of("窓口で入力：", "taken down by "), view.name(by, self.staff))
            }
        };
        let mut names = Vec::with_capacity(view.request.files.len());
        for file in &view.request.files {
            let opened = view.request.file(file)?;
            names.push((attached::shown(&file.id), opened.name, opened.bytes.len()));
        }
        let purposes: Vec<&str> =
            matter.purposes.iter().map(|name| purpose(name, document, self.language)).collect();
        let recipients: Vec<&str> =
            matter.recipients.iter().map(|name| view.recipient(name, self.language)).collect();
        let comma = say.of("、", ", ");
        Ok(html! {
            section #asked {
                h2 { (say.of("請求の内容", "What is asked")) }
                @if !matter.text.is_empty() { blockquote lang=(matter.language.tag()) { (matter.text) } }
                dl.facts {
                    @if !progress.grounds.is_empty() {
                        (Self::fact(say.of("理由", "On what ground"), &html! {
                            @for (n, ground) in progress.grounds.iter().enumerate() {
                                @if n > 0 { br; }
                                (ground.words(self.language))
                            }
                        }))
                    }
                    @if !matter.items.is_empty() {
                        (Self::fact(say.of("項目", "Items"), &html! { (labels(&matter.items, document, self.language)) }))
                    }
                    @if !purposes.is_empty() {
                        (Self::fact(say.of("利用目的", "Purposes"), &html! { (purposes.join(comma)) }))
                    }
                    @if !recipients.is_empty() {
                        (Self::fact(say.of("提供先", "Recipients"), &html! { (recipients.join(comma)) }))
                    }
                    (Self::fact(say.of("受付", "Received"), &html! { (self.moment(progress.received_at)) " — " (channel) }))
                    (Self::fact(say.of("適用される法令", "By whose rules"), &html! {
                        (regime.map_or(progress.regime.as_str(), |regime| regime.label.get(self.language)))
                    }))
                    (Self::fact(say.of("回答の言語と方法", "Answer"), &html! {
                        (match matter.language { Language::Ja => "日本語", Language::En => "English" })
                        (comma) (delivery)
                    }))
                    @if let Some(name) = &matter.receipt_name {
                        (Self::fact(say.of("領収書の宛名", "Name on the receipt"), &html! { (name) }))
                    }
                }
                @if !names.is_empty() {
                    h3 { (say.of("添付された書類", "What came with it")) }
                    p.hint {
                        (say.of("一つずつ開きます。開いたことは記録に残ります。",
                                "Open one at a time; each look is on record."))
                    }
                    ul.attached {
                        @for (id, name, bytes) in &names {
                            li {
                                form method="post" target="_blank"
                                    action={ (address(view.request.id)) "/attachments/" (id) } {
                                    button.plain { (name) }
                                    " " small { (bytes.div_ceil(1024)) " KB" }
                                }
                            }
                        }
                    }
                }
            }
        })
    }

    // ---- who asks ----

    fn identity(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let (progress, matter) = (&view.request.progress, &view.request.matter);
        let needed = match progress.needed() {
            Assurance::None => say.of("確認は要りません", "nothing has to be shown"),
            Assurance::Particulars => say.of(
                "登録内容との一致、または確実な方法",
                "registered particulars agree, or a surer way",
            ),
            Assurance::Possession => say.of(
                "確認番号、パスキー、または本人確認書類",
                "a code, a passkey, or an identity document",
            ),
        };
        let contact = match &matter.contact {
            Contact::Email { email } => email.as_str(),
            Contact::Registered => say.of("登録された連絡先", "the registered address"),
        };
        html! {
            section #identity {
                h2 { (say.of("請求者", "Who asks")) }
                dl.facts {
                    (Self::fact(say.of("お名前", "Name"), &html! { (matter.name) }))
                    (Self::fact(say.of("連絡先", "Letters go to"), &html! { (contact) }))
                    @if let Some(agent) = &matter.agent {
                        (Self::fact(agent.agency.words(self.language), &html! {
                            (agent.name) br;
                            (match progress.agency_confirmed {
                                Some(at) => format!("{}{}", say.of("代理権を確認：", "power confirmed: "), self.moment(at)),
                                None => say.of("代理権は未確認", "power not confirmed").to_owned(),
                            })
                        }))
                    }
                    (Self::fact(say.of("本人確認", "Identity"), &match progress.identified {
                        Some((how, at)) => html! {
                            (say.of("確認済み：", "shown by ")) (how.words(self.language)) " " (self.moment(at))
                        },
                        None => html! { (say.of("未確認", "not shown")) },
                    }))
                    (Self::fact(say.of("必要な確認", "What is needed"), &html! { (needed) }))
                    (Self::fact(say.of("登録の有無", "Whose information"), &match view.request.subject {
                        Some(subject) => html! {
                            (say.of("登録されている方", "somebody who is registered")) " " small { code { (subject) } }
                        },
                        None if progress.is_known() => html! { (say.of("該当する方の登録はありません", "nobody is held whom it could be about")) },
                        None => html! { (say.of("まだ分かりません", "not known yet")) },
                    }))
                }
                @if progress.state == State::Verifying {
                    (self.find())
                    @if matter.agent.is_some() && progress.agency_confirmed.is_none() {
                        (self.form(self.again("agency"), &html! {
                            p {
                                (match progress.agency {
                                    Some(Agency::Statutory) => say.of("資格を示す書類と、代理人ご自身の確認書類を見ましたか。", "Have you seen what shows the capacity, and the agent's own identity document?"),
                                    _ => say.of("委任状と代理人ご自身の確認書類を見て、ご本人に確かめましたか。", "Have you seen the letter of delegation and the agent's own identity document, and checked with the person?"),
                                })
                            }
                        }, say.of("代理権を確認した", "The agent's power is confirmed")))
                    }
                    (self.folded(self.again("fail_identity"), say.of("本人を確認できない", "Identity cannot be shown"), &html! {
                        p.hint { (say.of("請求は終了し、請求者に知らせます。", "The request ends, and the requester is told.")) }
                        (self.again("fail_identity").confirm(say.of("取り消せないことを確かめました", "I know that this cannot be undone")))
                    }, say.of("確認できないまま終了する", "End it")))
                }
                @if progress.state == State::Investigating || (progress.state == State::Verifying && progress.identified.is_some()) {
                    (self.folded(self.again("recheck"), say.of("別の方の請求だった", "It is about somebody else"), &html! {
                        p.hint { (say.of("本人確認からやり直します。書かれた決定は消えます。", "Who asks has to be shown anew. A decision that was written is dropped.")) }
                    }, say.of("本人確認をやり直す", "Have identity shown anew")))
                }
            }
        }
    }

    fn find(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let again = self.again("find");
        let lookup =
            |name: &ItemName| view.document.items.get(name).is_some_and(|item| item.lookup);
        let offered = look::offered(&view.document, &view.request);
        let first = offered.iter().find(|(name, _)| lookup(name)).map(|(_, value)| value.as_str());
        html! {
            h3 { (say.of("登録内容と照らし合わせる", "Compare with what is registered")) }
            @if !offered.is_empty() {
                dl.facts.offered {
                    @for (name, value) in &offered { (Self::fact(self.label(name), &html! { (value) })) }
                }
            }
            (self.form(again, &html! {
                p.hint {
                    (say.of("一致するかどうかだけを表示し、登録された内容は表示しません。照合は記録に残ります。",
                            "You see whether each agrees, never what is registered. Each comparison is on record."))
                }
                (again.line("find", say.of("メールアドレスまたは電話番号", "E-mail address or telephone number"), first.unwrap_or_default(), 254))
            }, say.of("照合する", "Compare")))
            @if let Some(found) = &view.found { (self.found(found)) }
            @else if self.again("identify").is_back() { (self.identify(&[])) }
        }
    }

    fn found(&self, found: &[Compared]) -> Markup {
        let say = self.say;
        html! {
            @for one in found {
                div.table {
                    table {
                        caption { code { (one.subject) } }
                        tbody {
                            @for (name, how) in &one.particulars {
                                tr {
                                    th scope="row" { (self.label(name)) }
                                    td { (self.compared(how)) }
                                }
                            }
                        }
                    }
                }
            }
            (self.identify(found))
            @if found.is_empty() {
                p.hint { (say.of("別の連絡先でもお確かめください。", "Try another address or number as well.")) }
            }
        }
    }

    fn compared(&self, how: &Match) -> Markup {
        let say = self.say;
        match how {
            Match::Agrees => html! { strong { (say.of("一致", "agrees")) } },
            Match::Differs => html! { strong.differs { (say.of("相違", "differs")) } },
            Match::NotHeld => html! { (say.of("登録なし", "not held")) },
            Match::Refused(reasons) => self.refused(reasons),
            Match::NoPurpose => html! { (self.no_purpose()) },
        }
    }

    fn no_purpose(&self) -> &'static str {
        self.say.of(
            "ポリシーが、請求の対応のために内容を見る目的を定めていません。",
            "The policy names no purpose under which the desk looks at values.",
        )
    }

    fn refused(&self, reasons: &[policy::Reason]) -> Markup {
        html! {
            (self.say.of("見ることができません：", "This may not be looked at: "))
            @for reason in reasons { (common::reason(reason, self.language, &self.view.document)) " " }
        }
    }

    fn identify(&self, found: &[Compared]) -> Markup {
        let say = self.say;
        let again = self.again("identify");
        let needed = self.view.request.progress.needed();
        let fits = found.iter().any(Compared::fits);
        let ways: Vec<(String, String)> = [Identified::Particulars, Identified::Document]
            .into_iter()
            .filter(|how| how.assurance() >= needed && (*how != Identified::Particulars || fits))
            .map(|how| (word(&how), how.words(self.language).to_owned()))
            .collect();
        let mut whose: Vec<(String, String)> =
            found.iter().map(|one| (one.subject.to_string(), one.subject.to_string())).collect();
        whose.push((
            "nobody".to_owned(),
            say.of("該当する方の登録はない", "Nobody is held whom it could be about").to_owned(),
        ));
        html! {
            (self.form(again, &html! {
                (again.choices("radio", "subject", say.of("どなたの情報か", "Whose information"), &whose, None))
                (again.choices("radio", "how", say.of("何で確認したか", "By what"), &ways, None))
            }, say.of("本人確認を記録する", "Put on record who asks")))
        }
    }

    // ---- before and after ----

    fn correction(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let matter = &view.request.matter;
        let [before, after] = [say.of("今の内容", "Before"), say.of("訂正後", "After")];
        let can_look = view.request.subject.is_some()
            && view.before.is_none()
            && matches!(view.stands(), State::Investigating | State::Decided);
        html! {
            section #correction {
                h2 { (say.of("訂正", "Correction")) }
                div.table {
                    table.stacks {
                        thead { tr { th scope="col" { (say.of("項目", "Item")) } th scope="col" { (before) } th scope="col" { (after) } } }
                        tbody {
                            @for (item, value) in &matter.corrections {
                                tr {
                                    td { (self.label(item)) }
                                    td data-label=(before) { (self.before(item)) }
                                    td data-label=(after) {
                                        @match value {
                                            Some(value) => { ins { (self.in_words(item, value)) } },
                                            None => { em { (say.of("削除", "taken out")) } },
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                @if can_look {
                    (self.form(self.again("look"), &html! {
                        p.hint { (say.of("今の内容を見たことは記録に残ります。", "A look at what is held is on record.")) }
                    }, say.of("今の内容を見る", "Look at what is held")))
                }
            }
        }
    }

    /// A value as people read it.
    fn in_words<'v>(&'v self, item: &ItemName, value: &'v str) -> &'v str {
        let item = self.view.document.items.get(item);
        item.and_then(|item| common::value(&item.value, value, self.language)).unwrap_or(value)
    }

    fn before(&self, item: &ItemName) -> Markup {
        let say = self.say;
        match self.view.before.as_ref().and_then(|before| before.get(item)) {
            None => html! { span.hint { (say.of("表示していません", "not shown")) } },
            Some(Looked::Value(value)) => html! { del { (self.in_words(item, value.reveal())) } },
            Some(Looked::NotHeld) => html! { (say.of("登録なし", "not held")) },
            Some(Looked::Refused(reasons)) => self.refused(reasons),
            Some(Looked::NoPurpose) => html! { (self.no_purpose()) },
        }
    }

    // ---- what is held ----

    fn held(&self, hers: &Hers) -> Markup {
        let (view, say, document) = (self.view, self.say, &self.view.document);
        let moment = |at: i64| subjects::moment(at).ok();
        let [put, until] = [say.of("登録日", "Put"), say.of("保存義務", "Held beyond an erasure")];
        let unreadable = hers.standing.is_none();
        let standing = hers.standing.as_deref().unwrap_or_default();
        let held_by = |name: &str| {
            let is = |thing: &Thing| matches!(thing, Thing::Item(item) if item.as_str() == name);
            standing.iter().find(|one| is(&one.thing)).map(|one| one.held_by.as_slice())
        };
        html! {
            section #held {
                h2 { (say.of("お預かりしている情報", "What is held")) }
                p.hint { (say.of("項目の名前と日付です。内容は表示していません。", "Names and dates; values are not shown.")) }
                @if unreadable {
                    p.told.trouble { (say.of("保存期限を計算できません。運用担当者に知らせてください。", "How long it is kept cannot be read; tell the operator.")) }
                }
                @if hers.items.is_empty() { p { (say.of("ありません。", "Nothing.")) } } @else {
                    div.table { table.stacks {
                        thead { tr { th scope="col" { (say.of("項目", "Item")) } th scope="col" { (put) } th scope="col" { (until) } } }
                        tbody {
                            @for item in &hers.items {
                                tr {
                                    td { (item.item.parse().ok().map_or_else(|| item.item.clone(), |name| self.label(&name).to_owned())) }
                                    td data-label=(put) {
                                        (moment(item.put_at).map(|at| words::day(at, view.now, self.language)).unwrap_or_default())
                                    }
                                    td data-label=(until) {
                                        @for held in held_by(&item.item).unwrap_or_default() {
                                            (common::hold(&held.hold, held.law, document, self.language)) " "
                                            @if let Some(end) = held.until.moment() {
                                                (say.of("（", "(until ")) (words::day(words::last_day(end), view.now, self.language)) (say.of("まで）", ")"))
                                            }
                                            br;
                                        }
                                    }
                                }
                            }
                        }
                    } }
                }
                (self.around(hers))
            }
        }
    }

    /// Consents, engagements, stops, other requests.
    fn around(&self, hers: &Hers) -> Markup {
        let (view, say, document) = (self.view, self.say, &self.view.document);
        html! {
            dl.facts {
                @if !hers.consents.is_empty() {
                    (Self::fact(say.of("同意", "Consents"), &html! {
                        @for fact in &hers.consents {
                            (document.consents.get(&fact.consent).map_or(fact.consent.as_str(), |consent| consent.label.get(self.language)))
                            ": " (self.consent(fact.state)) " " small { (words::day(fact.at, view.now, self.language)) } br;
                        }
                    }))
                }
                @if !hers.engagements.is_empty() {
                    (Self::fact(say.of("予約など", "Engagements"), &html! {
                        @for (recipient, engagement) in &hers.engagements {
                            (view.recipient(recipient, self.language)) " " (engagement.reference) " "
                            small {
                                (words::day(engagement.starts_at, view.now, self.language))
                                @if engagement.cancelled { " " (say.of("取消し", "called off")) }
                            } br;
                        }
                    }))
                }
                @if !hers.stopped.is_empty() {
                    (Self::fact(say.of("停止中の利用", "Stopped"), &html! {
                        @for stopped in &hers.stopped {
                            (self.stopped(stopped)) br;
                        }
                    }))
                }
                (Self::fact(say.of("ほかの受付中の請求", "Other open requests"), &html! {
                    @if hers.others.is_empty() { (say.of("なし", "none")) }
                    @for line in &hers.others {
                        a href=(address(line.id)) { (line.id.number()) } " "
                        (line.kind.map_or("?", |kind| kind.words(self.language))) " "
                        small { (line.state.map_or("?", |state| words::state(state, line.awaits_approval, self.language))) }
                        br;
                    }
                }))
            }
        }
    }

    pub(super) fn stopped(&self, what: &Restriction) -> String {
        let (say, document) = (self.say, &self.view.document);
        match what {
            Restriction::Purpose(None) => say.of("すべての利用", "every use").to_owned(),
            Restriction::Purpose(Some(name)) => purpose(name, document, self.language).to_owned(),
            Restriction::Provision(None) => say.of("すべての提供", "every provision").to_owned(),
            Restriction::Provision(Some(name)) => {
                let name = self.view.recipient(name, self.language);
                format!("{}{name}", say.of("提供：", "provision to "))
            }
        }
    }

    fn consent(&self, state: ConsentState) -> &'static str {
        let say = self.say;
        match state {
            ConsentState::Given => say.of("同意", "given"),
            ConsentState::Refused => say.of("同意しない", "refused"),
            ConsentState::Withdrawn => say.of("撤回", "withdrawn"),
            _ => say.of("終了または未回答", "ended or not answered"),
        }
    }

    fn disclosures(&self, hers: &Hers) -> Markup {
        let (view, say) = (self.view, self.say);
        let [times, last] = [say.of("回数", "Times"), say.of("最後", "Last")];
        html! {
            section #disclosures {
                h2 { (say.of("第三者への提供", "What was disclosed")) }
                @if hers.received.is_empty() {
                    p { (say.of("提供の記録はありません。", "Nothing was disclosed.")) }
                } @else {
                    div.table { table.stacks {
                        thead { tr { th scope="col" { (say.of("相手", "To whom")) } th.count scope="col" { (times) } th scope="col" { (last) } } }
                        tbody {
                            @for (recipient, received) in &hers.received {
                                tr {
                                    td { (view.recipient(recipient, self.language)) }
                                    td.count data-label=(times) { (received.times) }
                                    td data-label=(last) { (words::day(received.last, view.now, self.language)) }
                                }
                            }
                        }
                    } }
                    @if hers.more { p.hint { (say.of("新しい500件までを数えています。", "Counted over the newest 500.")) } }
                }
                p { a href={ (address(view.request.id)) "/disclosures" } { (say.of("一つずつ見る", "See each")) } }
            }
        }
    }

    // ---- clock and fee ----

    fn clock(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let progress = &view.request.progress;
        let (due, now) = (progress.due_at, view.now);
        let terms = view.terms();
        let warn = terms.as_ref().map(|terms| terms.warn(due));
        let longest = terms.and_then(|terms| terms.regime.duties.reply_extension_months.as_ref());
        let open =
            matches!(progress.state, State::Verifying | State::AwaitingFee | State::Investigating);
        let longest = longest.filter(|_| open && !progress.extended && now < due);
        let again = self.again("extend");
        html! {
            section #clock {
                h2 { (say.of("期限", "The clock")) }
                dl.facts {
                    (Self::fact(say.of("受付", "Received"), &html! { (self.moment(progress.received_at)) }))
                    @if let Some(warn) = warn {
                        (Self::fact(say.of("注意を始める日", "Warned from"), &html! { (words::day(warn, now, self.language)) }))
                    }
                    (Self::fact(say.of("回答期限", "Due by the end of"), &html! {
                        (words::day(words::last_day(due), now, self.language))
                        @if progress.extended { " " (say.of("（延長済み）", "(extended)")) }
                    }))
                }
                @if let Some(longest) = longest {
                    @let months: Vec<(String, String)> = (1..=longest.value).map(|n| {
                        let words = match self.language { Language::Ja => format!("{n}か月"), Language::En => format!("{n} months") };
                        (n.to_string(), words)
                    }).collect();
                    (self.folded(again, say.of("期限を延ばす", "Extend"), &html! {
                        p.hint { (say.of("一度だけ延ばせます。理由は請求者に知らせます。", "Once only. The requester is told the reason.")) }
                        (again.select("months", say.of("延ばす期間", "By how much"), &months, "1"))
                        (again.text("reason", say.of("理由（請求者に知らせます）", "Reason (the requester is told)"), 3))
                    }, say.of("延長して知らせる", "Extend, and tell")))
                }
            }
        }
    }

    fn fee(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let progress = &view.request.progress;
        let due = match &progress.fee {
            FeeStanding::Due(due) if progress.state == State::AwaitingFee => Some(due),
            _ => None,
        };
        let refundable = matches!(progress.fee, FeeStanding::Paid { .. })
            && matches!(
                progress.state,
                State::Decided
                    | State::Executed
                    | State::Notified
                    | State::Closed
                    | State::Withdrawn
            );
        let today = policy::calendar::calendar_day(view.now).to_string();
        let (pay, waive, refund) = (self.again("pay"), self.again("waive"), self.again("refund"));
        let amount = due.map(|due| due.amount.to_string()).unwrap_or_default();
        html! {
            section #fee {
                h2 { (say.of("手数料", "Fee")) }
                p { (words::fee(progress, |by| view.name(by, self.staff), self.language)) }
                @if due.is_some() {
                    (self.form(pay, &html! {
                        (pay.line("amount", say.of("入金額", "Sum that came in"), &amount, 12))
                        label for=(pay.id("on")) { (say.of("入金日", "On")) }
                        (pay.problem("on"))
                        input id=(pay.id("on")) name="on" type="date" max=(today) value=(pay.kept("on", &today))
                            aria-describedby=[pay.described("on")];
                        (pay.line("reference", say.of("銀行や決済会社の番号", "The bank's or the payment platform's reference"), "", 200))
                    }, say.of("支払いを記録する", "Put the payment on record")))
                    @if self.staff.may_manage().is_ok() {
                        (self.folded(waive, say.of("手数料を免除する", "Waive the fee"), &html! {
                            (waive.confirm(say.of("取り消せないことを確かめました", "I know that this cannot be undone")))
                        }, say.of("免除する", "Waive it")))
                    } @else {
                        p.hint { (say.of("免除できるのは情報管理責任者だけです。", "Only the information manager may waive it.")) }
                    }
                }
                @if refundable {
                    (self.folded(refund, say.of("返金を記録する", "Put a refund on record"), &html! {
                        (refund.line("reference", say.of("銀行や決済会社の番号", "The bank's or the payment platform's reference"), "", 200))
                        (refund.confirm(say.of("返金を終えました", "The money was given back")))
                    }, say.of("返金を記録する", "Put it on record")))
                }
            }
        }
    }

    // ---- the history ----

    fn history(&self) -> Markup {
        let (view, say) = (self.view, self.say);
        let matter = &view.request.matter;
        let note = self.again("note");
        let mut told: Vec<(jiff::Timestamp, Markup)> = Vec::new();
        told.push((
            view.request.progress.received_at,
            html! { (say.of("受け付けました", "it was received")) },
        ));
        for step in &matter.steps {
            told.push((
                step.at,
                html! {
                    (words::step(&step.step, self.language)) " — " (view.name(&step.by, self.staff))
                    @if let Some(reason) = &step.reason { br; span.written { (reason) } }
                },
            ));
        }
        for note in &matter.notes {
            told.push((
                note.at,
                html! {
                    (say.of("メモ", "note")) " — " (view.name(&note.by, self.staff)) br;
                    span.written { (words::noted(&note.says, self.language)) }
                },
            ));
        }
        told.sort_by_key(|(at, _)| *at);
        html! {
            section #history {
                h2 { (say.of("経過", "History")) }
                ol.history {
                    @for (at, what) in &told { li { time datetime=(at) { (self.moment(*at)) } " " (what) } }
                }
                (self.form(note, &html! {
                    (note.text("note", say.of("メモ（請求者には見えません）", "Note (the requester does not see it)"), 2))
                }, say.of("メモを書く", "Write it down")))
                @if view.stands() == State::Notified {
                    (self.form(self.again("close"), &html! {
                        (self.again("close").confirm(say.of("取り消せないことを確かめました", "I know that this cannot be undone")))
                    }, say.of("完了にする", "Close")))
                }
            }
        }
    }
}
