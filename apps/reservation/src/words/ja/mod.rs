//! 日本語。お店とお客さまに、ふだんの言葉で。

mod counter;
mod door;
mod fault;
mod finding;
mod frame;
mod hers;
mod letter;
mod money;
mod office;
mod reason;
mod team;
mod visit;

use super::Words;

pub(super) static WORDS: Words = Words {
    frame: frame::WORDS,
    finding: finding::WORDS,
    door: door::WORDS,
    hers: hers::WORDS,
    visit: visit::WORDS,
    allergen: visit::allergen,
    money: money::WORDS,
    counter: counter::WORDS,
    team: team::WORDS,
    office: office::WORDS,
    letter: letter::WORDS,
    reason: reason::WORDS,
    fault: fault::WORDS,
};
