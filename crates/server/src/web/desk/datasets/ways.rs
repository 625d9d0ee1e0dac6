//! The ways to choose from: a plot of what each loses against the risk that it leaves, drawn here and
//! without a script, and beside it a table of a few that can be chosen.

use anonymise::Way;
use datasets::{Settings, Ways};
use maud::{Markup, html};
use policy::Language;

use super::words;
use crate::acts::dataset::spoken;
use crate::web::desk::requests::words::Say;

/// So many can be chosen from.
const CHOICES: usize = 6;
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 52.0;
const BELOW: f64 = 38.0;

/// A few to choose from, the best one first.
pub(super) fn choices(ways: &Ways) -> Vec<&Way> {
    ways.choices(CHOICES)
}

/// The plot and the table.
pub(super) fn draw(ways: &Ways, chosen: usize, settings: &Settings, language: Language) -> Markup {
    let say = Say(language);
    let choices = choices(ways);
    let found = ways.ways.len() as u64;
    let nodes = u64::try_from(ways.nodes).unwrap_or(u64::MAX);
    html! {
        section aria-labelledby="h-ways" {
            h2 id="h-ways" { (say.of("失う情報と、残るリスク", "What is lost, and the risk that remains")) }
            p {
                @match language {
                    Language::Ja => {
                        "一般化の組合せは" (words::count(nodes)) "通りあります。条件を満たす"
                        @if !ways.all { "、最適なものに近い" }
                        (words::count(found)) "通りを示しています。右へ行くほど情報が失われ、上へ行くほど個人が分かるおそれが残ります。"
                    }
                    Language::En => {
                        "Of " (words::count(nodes)) " ways of generalising, " (words::count(found))
                        @if ways.all { " fulfil what is asked." } @else { " that fulfil what is asked are shown, the nearest to the best one." }
                        " Further right more is lost; further up somebody is more likely to be told."
                    }
                }
                @if !ways.proven { " " (say.of("途中で探索を終えたため、最適とは限りません。", "The search was ended early, so that the best one is not proven.")) }
            }
            (plot(ways, &choices, language))
            p.hint.key {
                span { (say.of("◆ 最適", "◆ the best")) } " "
                span { (say.of("● 選べるもの（番号は下の表）", "● can be chosen (numbers as in the table)")) } " "
                span { (say.of("・ ほかの組合せ", "· others")) }
            }
            table.stacks.ways {
                caption.unseen { (say.of("選べる一般化", "Ways to choose from")) }
                thead { tr {
                    th scope="col" { (say.of("選択", "Choose")) }
                    th.count scope="col" { (say.of("失う情報", "Lost")) }
                    th.count scope="col" { (say.of("平均のリスク", "Average risk")) }
                    th.count scope="col" { (say.of("最大のリスク", "Highest risk")) }
                    th.count scope="col" { (say.of("削除する行", "Rows left out")) }
                    th scope="col" { (say.of("列ごとの段階", "Columns")) }
                } }
                tbody {
                    @for (at, way) in choices.iter().enumerate() {
                        tr {
                            td {
                                label.choice {
                                    input type="radio" name="way" value=(at) checked[at == chosen];
                                    span { (at + 1) @if at == 0 { " " (say.of("最適", "the best")) } }
                                }
                            }
                            td.count data-label=(say.of("失う情報", "Lost")) { (words::percent(way.loss)) }
                            td.count data-label=(say.of("平均のリスク", "Average risk")) { (words::percent(way.average)) }
                            td.count data-label=(say.of("最大のリスク", "Highest risk")) { (words::percent(way.highest)) }
                            td.count data-label=(say.of("削除する行", "Rows left out")) { (words::count(way.suppressed)) }
                            td data-label=(say.of("列ごとの段階", "Columns")) { (levels(ways, way, settings, language)) }
                        }
                    }
                }
            }
            p.hint {
                (say.of("リスクは、その人が表にいると知っている人が、その人の行を言い当てられる確率です。",
                        "The risk is the chance that somebody who knows that a person is in the table tells the row."))
                @if settings.recoding == datasets::Recode::Cells {
                    " " (say.of("作成するときは、はみ出す行の一部を伏せて残すため、削除する行と失う情報はこれより少なくなります。",
                                "When it is made, rows that stand out are kept with some cells hidden, so that less is left out and lost than this."))
                }
                @if settings.person().is_some() {
                    " " (say.of("数は行で数えています。同じ人の行が複数あるときは、人数で条件を満たすまでさらにそろえます。",
                                "Rows are counted here. Where somebody has several, more of them are made alike until people are enough."))
                }
            }
        }
    }
}

fn levels(ways: &Ways, way: &Way, settings: &Settings, language: Language) -> Markup {
    html! {
        ul.levels {
            @for ((name, top), level) in ways.columns.iter().zip(&way.node) {
                @if let Some(of) = settings.columns.get(name) {
                    li {
                        (settings.label(name).words(spoken(language)))
                        (Say(language).of("：", ": ")) (words::level(of, *level, *top, language))
                    }
                }
            }
        }
    }
}

/// A round number at or above another, for the end of an axis.
fn round(most: f64) -> f64 {
    let step = 10_f64.powf(most.max(1e-6).log10().floor());
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0]
        .map(|n| n * step)
        .into_iter()
        .find(|end| *end >= most)
        .unwrap_or(most)
}

/// What it shows stands in the table, so to a screen reader it is one line.
fn plot(ways: &Ways, choices: &[&Way], language: Language) -> Markup {
    let say = Say(language);
    let most = |of: fn(&Way) -> f64| round(ways.ways.iter().map(of).fold(0.0, f64::max));
    let (right, top) = (most(|way| way.loss), most(|way| way.average));
    let x = |way: &Way| LEFT + way.loss / right * (WIDTH - LEFT - 20.0);
    let y = |way: &Way| HEIGHT - way.average / top * (HEIGHT - 20.0);
    let at = |number: f64| format!("{number:.1}");
    let tick = |share: f64| {
        let percent = anonymise::number((share * 1e6).round() / 1e4);
        format!("{percent}%")
    };
    let label = match language {
        Language::Ja => {
            "一般化の組合せごとに、失われる情報（横軸）と平均のリスク（縦軸）を示した図。主なものは下の表にあります。"
        }
        Language::En => {
            "For each way of generalising, what is lost (across) and the average risk (up). The main ones are in the table below."
        }
    };
    html! {
        svg.chart.plot viewBox={ "0 -18 " (WIDTH) " " (HEIGHT + BELOW + 22.0) } role="img" aria-label=(label) {
            @for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
                @let up = HEIGHT - part * (HEIGHT - 20.0);
                @let across = LEFT + part * (WIDTH - LEFT - 20.0);
                line.grid x1=(LEFT) x2=(WIDTH) y1=(at(up)) y2=(at(up)) {}
                text.left x=(LEFT - 5.0) y=(at(up + 4.0)) { (tick(part * top)) }
                text x=(at(across)) y=(at(HEIGHT + 16.0)) { (tick(part * right)) }
            }
            line x1=(LEFT) x2=(LEFT) y1="0" y2=(HEIGHT) {}
            text.right x="0" y="-5" { (say.of("平均のリスク", "Average risk")) }
            text.left x=(WIDTH) y=(at(HEIGHT + 34.0)) { (say.of("失われる情報", "What is lost")) }
            @for way in &ways.ways {
                @if !choices.contains(&way) {
                    circle.other cx=(at(x(way))) cy=(at(y(way))) r="2.2" {}
                }
            }
            @for (n, way) in choices.iter().enumerate().rev() {
                @let (across, up) = (x(way), y(way));
                @if n == 0 {
                    path.best d={ "M" (at(across)) " " (at(up - 8.5)) "l8.5 8.5 -8.5 8.5 -8.5 -8.5z" } {}
                } @else {
                    circle cx=(at(across)) cy=(at(up)) r="5" {}
                }
                text.named x=(at(across + 8.0)) y=(at(up - 7.0)) { (n + 1) }
            }
        }
    }
}
