//! The report as one page that fetches nothing and runs nothing, in one language.

use super::{Report, Risk, Risks, Sizes};
use crate::words::{Language, number};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1f2430;--soft:#5b6375;--line:#d5d9e2;--paper:#fff;--before:#b9c2d6;--after:#2f5fb3}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--soft:#a3abbd;--line:#3a4152;--paper:#171a21;--before:#566079;--after:#7fa7ee}}
body{margin:0 auto;max-width:46rem;padding:1.5rem 1rem 4rem;font:1rem/1.7 system-ui,'Hiragino Sans','Noto Sans JP','Noto Sans CJK JP',sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.5rem;line-height:1.4}h2{font-size:1.15rem;margin:2.5rem 0 .5rem}p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.9rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.25rem 0;padding:0}
.figures div{border:1px solid var(--line);border-radius:8px;padding:.6rem .8rem}.figures dt{color:var(--soft);font-size:.85rem;line-height:1.4}
.figures dd{margin:.15rem 0 0;font-size:1.45rem;line-height:1.3;font-weight:600;font-variant-numeric:tabular-nums}
.legend{display:flex;gap:1.25rem;margin:.25rem 0;font-size:.9rem}.legend span::before{content:'';display:inline-block;width:.8em;height:.8em;margin-right:.4em;border-radius:2px;background:var(--before)}
.legend .after::before{background:var(--after)}
nav{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.3rem 1.5rem;margin-bottom:1rem}nav form{margin:0}
:any-link,nav button{color:var(--after)}nav button{font:inherit;background:none;border:0;padding:.4rem 0;text-decoration:underline;cursor:pointer}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal;min-width:8.5rem}th{font-weight:600}thead th{white-space:normal;word-break:keep-all}tbody th{font-weight:400}
svg{display:block;width:100%;max-width:36rem;height:auto;margin:.5rem 0}svg text{font-size:12px;fill:var(--ink)}
.checks{padding-left:1.4rem}.checks>li{margin:.9rem 0}.checks ul{padding-left:1.2rem;margin:.2rem 0}.holds,.fails{padding:.1rem .45rem;border-radius:4px;font-size:.85rem;border:1px solid currentColor}.holds{color:var(--after)}.fails{color:#b3261e}
@media(prefers-color-scheme:dark){.fails{color:#f2b8b5}}
svg .n{font-variant-numeric:tabular-nums;paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}svg .s{fill:var(--soft);font-size:11px}svg line{stroke:var(--line)}.b{fill:var(--before)}.a{fill:var(--after)}
@media(max-width:30rem){th,td{padding:.4rem .3rem}table{font-size:.85rem}th:first-child,td:first-child{min-width:6rem;overflow-wrap:anywhere}}
@media print{:root{--ink:#000;--soft:#333;--line:#999;--paper:#fff;--before:#b9c2d6;--after:#2f5fb3}body{max-width:none;padding:0}nav{display:none}h2,table,svg,.figures{break-inside:avoid}h2{break-after:avoid}}";

/// Text as HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A share as people read it.
fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.0005 {
        return "< 0.1%".to_owned();
    }
    let text = format!("{:.1}", share * 100.0);
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn count(count: u64) -> String {
    number(count as f64)
}

/// A line of a plot: its label, and bars with a share of the width and what is written beside.
struct Bars {
    label: String,
    bars: Vec<(&'static str, f64, String)>,
}

/// What the width of a plot stands for: its name, and marks along it with what is written there.
struct Axis {
    name: &'static str,
    marks: Vec<(f64, String)>,
}

impl Axis {
    /// Shares from nothing to all.
    fn shares(name: &'static str) -> Self {
        let mark = |quarters: u32| {
            let share = f64::from(quarters) / 4.0;
            (share, percent(share))
        };
        Self { name, marks: (0..=4).map(mark).collect() }
    }

    /// Counts up to the most, at round numbers; and what all of the width stands for.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn counts(name: &'static str, most: u64) -> (Self, f64) {
        let mut step = 1;
        for factor in [2, 5, 10].into_iter().cycle() {
            if step * 5 >= most {
                break;
            }
            // 1, 2, 5, 10, 20, and so on.
            step = if factor == 5 { step / 2 * 5 } else { step * 2 };
        }
        let marks = most.div_ceil(step).max(1);
        let all = (marks * step) as f64;
        let mark = |at: u64| ((at * step) as f64 / all, count(at * step));
        (Self { name, marks: (0..=marks).map(mark).collect() }, all)
    }
}

const WIDTH: f64 = 420.0;
const BAR: f64 = 14.0;

fn plot(title: &str, axis: &Axis, lines: &[Bars]) -> String {
    let longest = lines.iter().map(|line| wide(&line.label)).fold(0.0, f64::max);
    let left = (longest * 6.6 + 10.0).clamp(40.0, 170.0);
    let room = WIDTH - left - 46.0;
    let mut y = 4.0;
    let bars: usize = lines.iter().map(|line| line.bars.len()).sum();
    let height = BAR * real(bars) + 8.0 * real(lines.len());
    let mut body = String::new();
    for (share, text) in &axis.marks {
        let x = left + room * share;
        body.extend([format!(
            "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{height:.0}\"/>\
             <text class=\"n s\" x=\"{x:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            height + 14.0,
            escape(text),
        )]);
    }
    body.extend([format!(
        "<text class=\"s\" x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
        left + room / 2.0,
        height + 31.0,
        escape(axis.name),
    )]);
    for line in lines {
        let height = BAR * f64::from(u32::try_from(line.bars.len()).unwrap_or(1));
        body.extend([format!(
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            left - 8.0,
            y + height / 2.0 + 4.0,
            escape(&line.label),
        )]);
        for (class, share, text) in &line.bars {
            let width = (room * share.clamp(0.0, 1.0)).max(if *share > 0.0 { 1.0 } else { 0.0 });
            body.extend([format!(
                "<rect class=\"{class}\" x=\"{left:.0}\" y=\"{:.0}\" width=\"{width:.1}\" height=\"{}\"/>\
                 <text class=\"n\" x=\"{:.1}\" y=\"{:.0}\">{}</text>",
                y + 1.0,
                BAR - 2.0,
                left + width + 5.0,
                y + BAR - 3.0,
                escape(text),
            )]);
            y += BAR;
        }
        y += 8.0;
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-label=\"{}\"><title>{}</title>{body}</svg>",
        height + 36.0,
        escape(title),
        escape(title),
    )
}

#[expect(clippy::cast_precision_loss, reason = "few lines")]
fn real(count: usize) -> f64 {
    count as f64
}

/// How wide text is, in Latin letters.
fn wide(text: &str) -> f64 {
    text.chars().map(|character| if character.is_ascii() { 1.0 } else { 1.85 }).sum()
}

/// What somebody else adds to the page: things that were checked, each with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub heading: String,
    pub checks: Vec<Checked>,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub says: String,
    pub holds: bool,
    pub evidence: Vec<String>,
}

impl Section {
    fn html(&self, language: Language) -> String {
        let checks = self.checks.iter().map(|check| {
            let (class, word) = if check.holds {
                ("holds", language.of("適合", "holds"))
            } else {
                ("fails", language.of("不適合", "fails"))
            };
            let evidence = check.evidence.iter().map(|said| format!("<li>{}</li>", escape(said)));
            format!(
                "<li><p><strong class=\"{class}\">{word}</strong> {}</p><ul class=\"soft\">{}</ul></li>",
                escape(&check.says),
                evidence.collect::<String>()
            )
        });
        format!(
            "<h2>{}</h2><ol class=\"checks\">{}</ol>",
            escape(&self.heading),
            checks.collect::<String>()
        )
    }
}

fn page(title: &str, above: &str, body: &str, language: Language) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body>{above}<main>{body}</main></body></html>\n",
        language.of("ja", "en"),
    )
}

/// A page of what was checked alone, where nothing was generalised and no risks are reckoned.
pub fn checks(title: &str, sections: &[Section], language: Language) -> String {
    let title = escape(title);
    let sections: String = sections.iter().map(|section| section.html(language)).collect();
    page(&title, "", &format!("<h1>{title}</h1>{sections}"), language)
}

impl Report {
    /// The report as JSON.
    ///
    /// # Errors
    /// None that a report can bring about.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The report as a page.
    pub fn html(&self, language: Language) -> String {
        self.html_with(language, &[])
    }

    /// The report as a page, with what was checked besides after its summary.
    pub fn html_with(&self, language: Language, sections: &[Section]) -> String {
        self.html_under("", language, sections)
    }

    /// The same as a page among others: HTML that stands above it leads back to them, and is not printed.
    pub fn html_under(&self, above: &str, language: Language, sections: &[Section]) -> String {
        let title =
            language.of("匿名加工の再識別リスク報告", "Risks that remain in the anonymous table");
        let body = [
            format!("<h1>{title}</h1>"),
            self.summary(language),
            sections.iter().map(|section| section.html(language)).collect(),
            self.asked(language),
            self.risks(language),
            self.sizes(language),
            self.columns(language),
        ];
        page(title, above, &body.concat(), language)
    }

    fn summary(&self, language: Language) -> String {
        let (rows, published, suppressed) =
            (count(self.rows), count(self.published), count(self.suppressed));
        let highest = percent(self.after.prosecutor.highest);
        let average = percent(self.after.prosecutor.average);
        let loss = percent(self.loss);
        let figures = [
            (language.of("公開する行", "Rows published"), &published),
            (
                language.of("言い当てられる確率（最大）", "Chance of telling a row, highest"),
                &highest,
            ),
            (
                language.of("言い当てられる確率（平均）", "Chance of telling a row, on average"),
                &average,
            ),
            (language.of("失われた情報", "Information lost"), &loss),
        ];
        let figures =
            figures.map(|(name, figure)| format!("<div><dt>{name}</dt><dd>{figure}</dd></div>"));
        let words = match language {
            Language::Ja => format!(
                "<p>{rows}行のうち{published}行を公開し、{suppressed}行を削除しました。ある人の行を言い当てられる確率は\
                 最大{highest}、平均{average}です。一般化と削除で失われた情報は{loss}です（0%は元のまま、100%は何も残らない状態）。</p>"
            ),
            Language::En => format!(
                "<p>{published} of {rows} rows are published; {suppressed} were left out. The chance of telling which row \
                 is a given person’s is {highest} at most and {average} on average. Generalising and leaving out took \
                 {loss} of the information (0% is untouched, 100% nothing left).</p>"
            ),
        };
        format!("{words}<dl class=\"figures\">{}</dl>", figures.concat())
    }

    fn asked(&self, language: Language) -> String {
        if self.models.is_empty() {
            return String::new();
        }
        let models =
            self.models.iter().map(|model| format!("<li>{}</li>", escape(&language.model(model))));
        let heading = language.of("求めた基準", "What was asked for");
        format!("<h2>{heading}</h2><ul>{}</ul>", models.collect::<String>())
    }

    fn risks(&self, language: Language) -> String {
        let of = |ja, en| language.of(ja, en);
        let mut lines = vec![(
            of("同じ行が他にない行", "Rows like no other"),
            count(self.before.uniques),
            count(self.after.uniques),
        )];
        let mut risk = |names: [&'static str; 5], before: Risk, after: Risk| {
            let numbers = |risk: Risk| {
                [
                    risk.highest,
                    risk.average,
                    risk.above_one_in_five,
                    risk.above_one_in_ten,
                    risk.above_one_in_twenty,
                ]
            };
            for ((name, before), after) in
                names.into_iter().zip(numbers(before)).zip(numbers(after))
            {
                lines.push((name, percent(before), percent(after)));
            }
        };
        let prosecutor = [
            of("特定の人を探す攻撃者のリスク（最大）", "Prosecutor’s risk, highest"),
            of("特定の人を探す攻撃者のリスク（平均）", "Prosecutor’s risk, average"),
            of("確率が1/5を超える行", "Rows above one in five"),
            of("確率が1/10を超える行", "Rows above one in ten"),
            of("確率が1/20を超える行", "Rows above one in twenty"),
        ];
        risk(prosecutor, self.before.prosecutor, self.after.prosecutor);
        if let (Some(before), Some(after)) = (self.before.journalist, self.after.journalist) {
            let journalist = [
                of("母集団から探す攻撃者のリスク（最大）", "Journalist’s risk, highest"),
                of("母集団から探す攻撃者のリスク（平均）", "Journalist’s risk, average"),
                of("確率が1/5を超える行（母集団から）", "Rows above one in five (journalist)"),
                of("確率が1/10を超える行（母集団から）", "Rows above one in ten (journalist)"),
                of("確率が1/20を超える行（母集団から）", "Rows above one in twenty (journalist)"),
            ];
            risk(journalist, before, after);
        }
        let market = |risks: &Risks| percent(risks.marketer_population.unwrap_or(risks.marketer));
        let name = of(
            "多くの行を探す攻撃者のリスク（言い当てられる行の割合）",
            "Marketer’s risk, share of rows found",
        );
        lines.push((name, market(&self.before), market(&self.after)));
        let lines = lines.iter().map(|(name, before, after)| {
            format!("<tr><th scope=\"row\">{name}</th><td>{before}</td><td>{after}</td></tr>")
        });
        let note = of(
            "攻撃者には三通りを考えます。その人が表にいると知って行を探す者（prosecutor）、母集団しか知らずに探す者（journalist）、だれのものでもよく、できるだけ多くの行を言い当てようとする者（marketer）です。",
            "The prosecutor knows that somebody is in the table, the journalist knows the population only, \
             and the marketer wants to find as many rows as possible.",
        );
        format!(
            "<h2>{}</h2><div class=\"wide\"><table><thead><tr><td></td><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table></div><p class=\"soft\">{note}</p>",
            of("再識別のリスク", "Risks"),
            of("加工前", "Before"),
            of("加工後", "After"),
            lines.collect::<String>(),
        )
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    fn sizes(&self, language: Language) -> String {
        let heading = language.of("同じ値をもつ行の数", "How many rows are alike");
        let range = |sizes: &Sizes| match (sizes.to, language) {
            (Some(to), _) if to == sizes.from => sizes.from.to_string(),
            (Some(to), _) => format!("{}–{to}", sizes.from),
            (None, Language::Ja) => format!("{}以上", count(sizes.from.into())),
            (None, Language::En) => format!("{} or more", count(sizes.from.into())),
        };
        let sizes = self.before.sizes.iter().chain(&self.after.sizes);
        let most = sizes.map(|sizes| sizes.rows).max().unwrap_or(0);
        let (axis, most) = Axis::counts(language.of("行数", "Rows"), most);
        let lines: Vec<Bars> = self
            .before
            .sizes
            .iter()
            .zip(&self.after.sizes)
            .map(|(before, after)| Bars {
                label: range(before),
                bars: vec![
                    ("b", before.rows as f64 / most, count(before.rows)),
                    ("a", after.rows as f64 / most, count(after.rows)),
                ],
            })
            .collect();
        let note = language.of(
            "縦は同じ値の組をもつ行がいくつあるか、横はそのような行の数です。",
            "From top to bottom, how many rows read the same; to the right, how many such rows there are.",
        );
        let (before, after) = (language.of("加工前", "Before"), language.of("加工後", "After"));
        format!(
            "<h2>{heading}</h2><p class=\"legend\"><span>{before}</span><span class=\"after\">{after}</span></p>\
             {}<p class=\"soft\">{note}</p>",
            plot(heading, &axis, &lines)
        )
    }

    fn columns(&self, language: Language) -> String {
        let of = |ja, en| language.of(ja, en);
        let heading = of("列ごとに失われた情報", "What each column lost");
        let lines: Vec<Bars> = self
            .columns
            .iter()
            .map(|column| Bars {
                label: shortened(&column.name),
                bars: vec![("a", column.loss, percent(column.loss))],
            })
            .collect();
        let rows = self.columns.iter().map(|column| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{} → {}</td></tr>",
                escape(&column.name),
                percent(column.loss),
                percent(column.coverage),
                count(column.values_before as u64),
                count(column.values_after as u64),
            )
        });
        let note = of(
            "「値が残る行」は、削除されず、最も粗い段階にも置き換えられていない行の割合です。",
            "“Rows that still tell” are those neither left out nor put at the coarsest level.",
        );
        format!(
            "<h2>{heading}</h2>{}<div class=\"wide\"><table><thead><tr><th scope=\"col\">{}</th>\
             <th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table></div><p class=\"soft\">{note}</p>",
            plot(heading, &Axis::shares(of("失われた情報", "Lost")), &lines),
            of("列", "Column"),
            of("失われた情報", "Lost"),
            of("値が残る行", "Rows that still tell"),
            of("値の種類", "Different values"),
            rows.collect::<String>(),
        )
    }
}

/// A name that fits beside a bar.
fn shortened(name: &str) -> String {
    let mut room = 22.0;
    let mut short = String::new();
    for character in name.chars() {
        room -= if character.is_ascii() { 1.0 } else { 1.85 };
        if room < 0.0 {
            short.push('…');
            break;
        }
        short.push(character);
    }
    short
}
