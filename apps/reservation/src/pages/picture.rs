//! A store's picture: a pattern drawn from its name, in the colours of its motif. Small, and nobody else's.

use std::fmt::Write;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::fault::Fault;

/// The motifs that a store can choose among, with ground, pattern and light.
pub(crate) const MOTIFS: [(&str, [&str; 3]); 6] = [
    ("wave", ["#1d4e6b", "#3a7797", "#cfe3ec"]),
    ("leaf", ["#2c6349", "#4f8a6c", "#dcebdf"]),
    ("maple", ["#8c3b2a", "#b96a4f", "#f6e2d6"]),
    ("plum", ["#5b3a63", "#84608c", "#ebdff0"]),
    ("grain", ["#7a5a1e", "#a9833f", "#f5ead0"]),
    ("night", ["#22262a", "#4a525a", "#e5e2dc"]),
];

pub(super) async fn page(
    State(app): State<Shared>,
    Path(slug): Path<String>,
) -> Result<Response, Fault> {
    let store = app.book.store(&slug).await?.ok_or(Fault::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, draw(&store.slug, &store.picture)).into_response())
}

/// The same picture for the same store, always.
fn draw(slug: &str, motif: &str) -> String {
    let colours = MOTIFS.iter().find(|(name, _)| *name == motif).unwrap_or(&MOTIFS[0]).1;
    let [ground, pattern, light] = colours;
    // A few numbers out of the name, so that two stores of one motif look different.
    let seed =
        slug.bytes().fold(7_u32, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    let (step, sun) = (40 + seed % 4 * 8, 90 + seed / 4 % 460);
    let half = step / 2;
    // Seigaiha, the waves of old cloth: rings in rows, each row half behind the next.
    let mut rings = String::new();
    for (x, y) in
        [(0, 0), (step, 0), (half, half / 2), (0, half), (step, half), (half, half + half / 2)]
    {
        for ring in [half, half * 2 / 3, half / 3] {
            let _ = write!(rings, "<circle cx='{x}' cy='{y}' r='{ring}'/>");
        }
    }
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 240'>\
         <pattern id='w' width='{step}' height='{half}' patternUnits='userSpaceOnUse'>\
         <g fill='{ground}' stroke='{light}' stroke-width='2'>{rings}</g></pattern>\
         <rect width='640' height='240' fill='{light}'/>\
         <circle cx='{sun}' cy='96' r='56' fill='{pattern}'/>\
         <rect y='120' width='640' height='120' fill='{ground}'/>\
         <rect y='120' width='640' height='120' fill='url(#w)'/></svg>"
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
            assert!(one.len() < 3_000, "{}", one.len());
            assert!(!all[..at].contains(one));
        }
    }
}
