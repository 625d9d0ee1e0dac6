//! The typefaces, and which glyph of which one stands for a character.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use krilla::text::Font;
use skrifa::charmap::{Charmap, MapVariant};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// Parts of an em. Widths in the units of every face here are whole numbers of them.
pub(super) const EM: i64 = 256_000;
const _: () = assert!(EM % 2_048 == 0 && EM % 1_000 == 0);

// Packed, since they would be a sixth of the program.
static REGULAR: &[u8] = include_bytes!("../../fonts/BIZUDPGothic-Regular.ttf.gz");
static BOLD: &[u8] = include_bytes!("../../fonts/BIZUDPGothic-Bold.ttf.gz");
static WIDER: &[u8] = include_bytes!("../../fonts/NotoSans-Regular.ttf.gz");
static MONO: &[u8] = include_bytes!("../../fonts/JetBrainsMono-Regular.ttf.gz");

/// The typefaces within the program; `None` if one of them cannot be read.
pub(super) static FACES: LazyLock<Option<Faces>> = LazyLock::new(Faces::load);

/// Which face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaceName {
    /// The face of words.
    Regular,
    /// The same, strong.
    Bold,
    /// For letters that the first two lack: Vietnamese, more of Latin, Greek and Cyrillic.
    Wider,
    /// All letters of one width.
    Mono,
}

pub(super) struct Faces {
    all: [Face; 4],
}

pub(super) struct Face {
    pub font: Font,
    charmap: Charmap<'static>,
    /// Glyphs of the basic plane by character; 0 where there is none.
    basic: Vec<u16>,
    /// Of the other planes.
    other: HashMap<char, u16>,
    /// Widths by glyph, in parts of an em.
    widths: Vec<i64>,
}

/// A glyph with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub id: u16,
    /// How far the next one stands from it, in parts of an em.
    pub advance: i64,
    /// How far it is moved to the right, in parts of an em.
    pub shift: i64,
}

impl Faces {
    fn load() -> Option<Self> {
        Some(Self {
            all: [Face::load(REGULAR)?, Face::load(BOLD)?, Face::load(WIDER)?, Face::load(MONO)?],
        })
    }

    pub fn get(&self, name: FaceName) -> &Face {
        &self.all[name as usize]
    }
}

impl Face {
    fn load(packed: &[u8]) -> Option<Self> {
        let mut data = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut data).ok()?;
        // The faces stay for as long as the program runs.
        let data: &'static [u8] = data.leak();
        let font = Font::new(data.into(), 0)?;
        let read = FontRef::from_index(data, 0).ok()?;
        let charmap = read.charmap();
        let (mut basic, mut other) = (vec![0; 0x1_0000], HashMap::new());
        for (code, glyph) in charmap.mappings() {
            let (Some(ch), Ok(glyph)) = (char::from_u32(code), u16::try_from(glyph.to_u32()))
            else {
                continue;
            };
            match basic.get_mut(code as usize) {
                Some(place) => *place = glyph,
                None => {
                    other.insert(ch, glyph);
                }
            }
        }
        let metrics = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        let part =
            EM / i64::from(read.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        #[expect(clippy::cast_possible_truncation, reason = "unscaled widths are whole numbers")]
        let width = |glyph| metrics.advance_width(GlyphId::new(glyph)).unwrap_or(0.0) as i64 * part;
        let widths = (0..metrics.glyph_count()).map(width).collect();
        Some(Self { font, charmap, basic, other, widths })
    }

    fn id(&self, ch: char) -> u16 {
        match self.basic.get(ch as usize) {
            Some(id) => *id,
            None => self.other.get(&ch).copied().unwrap_or(0),
        }
    }

    pub fn has(&self, ch: char) -> bool {
        self.id(ch) != 0
    }

    /// The glyph of a character, in the shape that a variation selector behind it asks for.
    pub fn glyph(&self, ch: char, selector: Option<char>) -> Option<Glyph> {
        let mut id = self.id(ch);
        if id == 0 {
            return None;
        }
        if let Some(MapVariant::Variant(variant)) =
            selector.and_then(|selector| self.charmap.map_variant(ch, selector))
        {
            id = u16::try_from(variant.to_u32()).unwrap_or(id);
        }
        let natural = self.width(id);
        Some(match ch {
            // All digits are as wide as 0, so that numbers stand below each other.
            '0'..='9' => {
                let advance = self.width(self.id('0'));
                Glyph { id, advance, shift: (advance - natural) / 2 }
            }
            // An indent is one letter wide.
            '\u{3000}' => Glyph { id, advance: EM, shift: 0 },
            _ => Glyph { id, advance: natural, shift: 0 },
        })
    }

    fn width(&self, id: u16) -> i64 {
        self.widths.get(usize::from(id)).copied().unwrap_or(0)
    }
}
