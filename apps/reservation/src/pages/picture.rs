//! A store's picture: a scene of flat colours in the manner of old woodcuts, drawn from the motif that the
//! store chose and varied by its name. Small, and nobody else's.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::book::listed;
use crate::app::Shared;
use crate::fault::Fault;

/// The motifs that a store can choose among, with sky, ground, figure and light.
pub(crate) const MOTIFS: [(&str, [&str; 4]); 6] = [
    ("wave", ["#e9dcc3", "#1d4e6b", "#b8452f", "#f7f1e3"]),
    ("leaf", ["#dfe6cf", "#2f5d49", "#57896b", "#f4f3e6"]),
    ("maple", ["#efd9bd", "#6d2c22", "#b9492f", "#f9ecd8"]),
    ("plum", ["#e7d6dd", "#4b2f55", "#b0577c", "#faf1f2"]),
    ("grain", ["#ecdcb0", "#7a5a1e", "#c08d33", "#fbf3dc"]),
    ("night", ["#2b3a55", "#141d30", "#e8d9a8", "#f4ead0"]),
];

pub(super) async fn page(
    State(app): State<Shared>,
    Path(slug): Path<String>,
) -> Result<Response, Fault> {
    let store = listed(&app, &slug).await?;
    let headers =
        [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, draw(&store.slug, &store.picture)).into_response())
}

/// Numbers out of a name, so that two stores of one motif look different; the same for the same name.
struct Dice(u32);

impl Dice {
    fn of(slug: &str) -> Self {
        Self(
            slug.bytes()
                .fold(0x811c_9dc5, |seed, byte| (seed ^ u32::from(byte)).wrapping_mul(0x0100_0193)),
        )
    }

    /// A number from `from` up to before `to`.
    fn roll(&mut self, from: u32, to: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        from + (self.0 >> 8) % (to - from)
    }
}

fn draw(slug: &str, motif: &str) -> String {
    let (motif, [sky, ground, figure, light]) =
        MOTIFS.iter().find(|(name, _)| *name == motif).unwrap_or(&MOTIFS[0]);
    let dice = &mut Dice::of(slug);
    let scene = match *motif {
        "leaf" => bamboo(dice, ground, figure, light),
        "maple" => maple(dice, ground, figure, light),
        "plum" => plum(dice, ground, figure, light),
        "grain" => grain(dice, ground, figure, light),
        "night" => night(dice, ground, figure, light),
        _ => wave(dice, ground, figure, light),
    };
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 400' \
         preserveAspectRatio='xMidYMid slice'><rect width='640' height='400' fill='{sky}'/>{scene}</svg>"
    )
}

/// A shape set down many times.
fn scattered(dice: &mut Dice, times: u32, within: [u32; 4], sizes: [u32; 2], id: &str) -> String {
    let [left, top, right, bottom] = within;
    let mut all = String::new();
    for _ in 0..times {
        let (x, y) = (dice.roll(left, right), dice.roll(top, bottom));
        let (turn, size) = (dice.roll(0, 360), dice.roll(sizes[0], sizes[1]));
        let _ = write!(
            all,
            "<use href='#{id}' transform='translate({x} {y}) rotate({turn}) scale(.{size:02})'/>"
        );
    }
    all
}

/// Seigaiha, the waves of old cloth, under a low sun.
fn wave(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let sun = dice.roll(150, 490);
    let mut rings = String::new();
    for (x, y) in [(0, 0), (64, 0), (32, 16), (0, 32), (64, 32), (32, 48)] {
        for radius in [32, 22, 12] {
            let _ = write!(rings, "<circle cx='{x}' cy='{y}' r='{radius}'/>");
        }
    }
    format!(
        "<pattern id='w' width='64' height='32' patternUnits='userSpaceOnUse'>\
         <g fill='{ground}' stroke='{light}' stroke-width='2.5'>{rings}</g></pattern>\
         <circle cx='{sun}' cy='190' r='92' fill='{figure}'/>\
         <path d='M0 150h{a}M{b} 120h210M{c} 92h130' stroke='{light}' stroke-width='9' \
         stroke-linecap='round'/>\
         <rect y='212' width='640' height='188' fill='url(#w)'/>",
        a = dice.roll(60, 200),
        b = dice.roll(330, 430),
        c = dice.roll(60, 240),
    )
}

/// Stems of bamboo, near and far.
fn bamboo(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let mut stems = String::new();
    for (count, width, colour) in [(4, 16, figure), (3, 30, ground)] {
        for at in 0..count {
            let x = at * 640 / count + dice.roll(20, 120);
            let _ = write!(stems, "<g fill='{colour}'>");
            let mut y = 0;
            while y < 400 {
                let length = dice.roll(80, 130);
                let _ = write!(
                    stems,
                    "<rect x='{x}' y='{y}' width='{width}' height='{length}' rx='5'/>"
                );
                y += length + 5;
            }
            stems.push_str("</g>");
        }
    }
    let leaves = scattered(dice, 16, [20, 10, 620, 300], [45, 95], "l");
    let moon = dice.roll(180, 460);
    format!(
        "<circle cx='{moon}' cy='130' r='84' fill='{light}'/>{stems}\
         <defs><path id='l' d='M0 0q52-24 128 0q-76 24-128 0z'/></defs><g fill='{ground}'>{leaves}</g>"
    )
}

/// Leaves of maple over a stream.
fn maple(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let mut lobes = String::new();
    for (turn, length) in
        [(0, 100), (45, 88), (-45, 88), (88, 66), (-88, 66), (128, 40), (-128, 40)]
    {
        let (a, b) = (length / 2, length / 7);
        let _ = write!(
            lobes,
            "<path d='M0 0Q-{b}-{a} 0-{length}Q{b}-{a} 0 0z' transform='rotate({turn})' \
             stroke-width='9' stroke-linejoin='round'/>"
        );
    }
    let near = scattered(dice, 9, [40, 30, 600, 250], [60, 99], "m");
    let far = scattered(dice, 7, [30, 170, 620, 380], [32, 52], "m");
    let mut stream = String::new();
    for (at, y) in [270, 296, 322, 348, 374].into_iter().enumerate() {
        let (a, b) = (dice.roll(0, 160), dice.roll(8, 22));
        let c = if at % 2 == 0 { 320 } else { 300 };
        let _ = write!(stream, "<path d='M-20 {y}q{a}-{b} {c} 0t{c} 0t{c} 0'/>");
    }
    format!(
        "<defs><g id='m'>{lobes}<path d='M0 0q6 22 2 46' fill='none' stroke-width='7'/></g></defs>\
         <rect y='244' width='640' height='156' fill='{ground}'/>\
         <g fill='none' stroke='{light}' stroke-opacity='.5' stroke-width='3'>{stream}</g>\
         <g fill='{figure}' stroke='{figure}'>{near}</g>\
         <g fill='{light}' stroke='{light}' opacity='.9'>{far}</g>"
    )
}

/// A branch of plum in blossom before a large moon.
fn plum(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let mut petals = String::new();
    for turn in [0, 72, 144, 216, 288] {
        let _ = write!(petals, "<circle cy='-34' r='29' transform='rotate({turn})'/>");
    }
    let moon = dice.roll(330, 500);
    let lift = dice.roll(0, 60);
    let mut blossoms = String::new();
    for (x, y) in [
        (92, 268),
        (168, 196),
        (236, 230),
        (300, 132),
        (352, 196),
        (432, 150),
        (470, 78),
        (556, 118),
    ] {
        let (x, y) = (x + dice.roll(0, 26), y + dice.roll(0, 26) - lift / 2);
        let size = dice.roll(46, 86);
        let _ = write!(
            blossoms,
            "<use href='#p' transform='translate({x} {y}) rotate({turn}) scale(.{size})'/>",
            turn = dice.roll(0, 72)
        );
    }
    format!(
        "<defs><g id='p'><g fill='{figure}'>{petals}</g><circle r='15' fill='{light}'/>\
         <circle r='6' fill='{figure}'/></g></defs>\
         <circle cx='{moon}' cy='170' r='118' fill='{light}'/>\
         <g fill='none' stroke='{ground}' stroke-linecap='round' stroke-linejoin='round' \
         transform='translate(0 -{lift2})'>\
         <path d='M-20 392L110 290 190 214 322 172 452 164 600 96' stroke-width='17'/>\
         <path d='M190 214L240 250M322 172L306 132M452 164L476 84M110 290L96 240' stroke-width='9'/></g>\
         {blossoms}",
        lift2 = lift / 2,
    )
}

/// Ears of rice bending before hills.
fn grain(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let mut corn = String::new();
    for at in 0..9_i32 {
        let (x, y) = (at * at / 2 + 4, at * 19 - 176);
        let _ = write!(
            corn,
            "<ellipse cx='{l}' cy='{y}' rx='7' ry='14' transform='rotate(-28 {l} {y})'/>\
             <ellipse cx='{r}' cy='{y}' rx='7' ry='14' transform='rotate(28 {r} {y})'/>",
            l = x - 13,
            r = x + 13,
        );
    }
    let mut ears = String::new();
    for at in 0..8 {
        let (x, turn) = (at * 84 + dice.roll(10, 60), dice.roll(4, 30));
        let (y, size) = (dice.roll(350, 410), dice.roll(82, 99));
        let _ = write!(
            ears,
            "<use href='#e' transform='translate({x} {y}) rotate({turn}) scale(.{size})'/>"
        );
    }
    let hill = dice.roll(150, 260);
    format!(
        "<defs><g id='e'><path d='M0 60Q10-60 6-180' fill='none' stroke-width='5'/>{corn}</g></defs>\
         <circle cx='{sun}' cy='120' r='62' fill='{light}'/>\
         <path d='M0 {hill}q160-90 320 0t320-20v200H0z' fill='{figure}' opacity='.55'/>\
         <path d='M0 320q200-50 380 0t260 0v80H0z' fill='{ground}'/>\
         <g fill='{figure}' stroke='{figure}'>{ears}</g>",
        sun = dice.roll(140, 500),
    )
}

/// Hills at night, with a moon and its path on the water.
fn night(dice: &mut Dice, ground: &str, figure: &str, light: &str) -> String {
    let mut stars = String::new();
    for _ in 0..26 {
        let (x, y) = (dice.roll(10, 630), dice.roll(10, 210));
        let _ = write!(stars, "<circle cx='{x}' cy='{y}' r='{r}'/>", r = dice.roll(1, 4));
    }
    let moon = dice.roll(180, 460);
    let mut path = String::new();
    for (at, y) in [300, 318, 336, 354, 372].into_iter().enumerate() {
        let half = 20 + u32::try_from(at).unwrap_or_default() * 16;
        let _ = write!(path, "M{} {y}h{}", moon - half, half * 2);
    }
    let (a, b) = (dice.roll(150, 200), dice.roll(190, 230));
    format!(
        "<g fill='{light}' opacity='.8'>{stars}</g><circle cx='{moon}' cy='128' r='72' fill='{figure}'/>\
         <path d='M0 280L150 {a} 280 262 420 {b} 640 284z' fill='{ground}' opacity='.75'/>\
         <rect y='276' width='640' height='124' fill='{ground}'/>\
         <path d='{path}' stroke='{figure}' stroke-width='6' stroke-linecap='round'/>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_small_and_differ() {
        let all: Vec<String> = ["sumire", "kaede", "minato"]
            .iter()
            .flat_map(|slug| MOTIFS.map(|(motif, _)| draw(slug, motif)))
            .collect();
        for (at, one) in all.iter().enumerate() {
            assert!(one.len() < 6_000, "{}", one.len());
            assert!(!all[..at].contains(one));
        }
    }
}
