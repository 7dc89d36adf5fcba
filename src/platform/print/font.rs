//! The one font: which glyph a character has, and how wide it is. Carried in the binary, so that an installed program
//! finds it anywhere; where it comes from stands in `assets/fonts/README.md`.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use crate::platform::error::{Error, Result};
use crate::rules::glyphs::is_invisible;

static FILE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/NotoSansCJKsc-Han.otf"));

/// Printed where the font has no glyph; a note on the paper then says which character it is.
pub const STAND_IN: char = '〓';

static FACE: LazyLock<Option<Face>> = LazyLock::new(Face::load);

/// The font, read.
pub struct Face {
    pub font: Font,
    inner: FontRef<'static>,
    metrics: GlyphMetrics<'static>,
    per_em: f32,
    stand_in: u32,
}

/// The font; it can fail only when the binary was built with a broken file.
pub fn face() -> Result<&'static Face> {
    FACE.as_ref().ok_or_else(|| Error::internal("the font in the binary cannot be read"))
}

impl Face {
    fn load() -> Option<Face> {
        let font = Font::new(FILE.into(), 0)?;
        let inner = FontRef::new(FILE).ok()?;
        let metrics = inner.glyph_metrics(Size::unscaled(), LocationRef::default());
        let stand_in = inner.charmap().map(STAND_IN)?.to_u32();
        Some(Face { per_em: font.units_per_em(), font, inner, metrics, stand_in })
    }

    fn glyph(&self, c: char) -> Option<u32> {
        self.inner.charmap().map(c).map(|g| g.to_u32()).filter(|g| *g != 0)
    }

    /// The characters of a text that can only be printed as [`STAND_IN`].
    pub fn lacks<'a>(&'a self, text: &'a str) -> impl Iterator<Item = char> + 'a {
        text.chars().filter(|c| !joins(*c) && self.glyph(*c).is_none())
    }

    fn advance(&self, glyph: u32) -> f32 {
        self.metrics.advance_width(skrifa::GlyphId::new(glyph)).unwrap_or(self.per_em) / self.per_em
    }

    /// Width in parts of the font's size.
    pub fn width(&self, c: char) -> f32 {
        if joins(c) { 0.0 } else { self.advance(self.glyph(c).unwrap_or(self.stand_in)) }
    }

    /// The glyphs of a line with the bytes of text that each stands for. What has no glyph keeps its own character as
    /// its text, so that a screen reader or a copy gets it right.
    pub fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut glyphs: Vec<KrillaGlyph> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at.saturating_add(c.len_utf8());
            if joins(c) {
                if let Some(last) = glyphs.last_mut() {
                    last.text_range.end = end;
                }
                continue;
            }
            let glyph = self.glyph(c).unwrap_or(self.stand_in);
            glyphs.push(KrillaGlyph {
                glyph_id: GlyphId::new(glyph),
                text_range: at..end,
                x_advance: self.advance(glyph),
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            });
        }
        glyphs
    }
}

/// Belongs to the character before it: a variation selector of a name, printed in the character's usual form.
pub fn joins(c: char) -> bool {
    matches!(c, '\u{E0100}'..='\u{E01EF}' | '\u{FE00}'..='\u{FE0F}')
}

/// A text as it can be printed: line ends and tabs become spaces, invisible characters are removed.
pub fn printable(text: &str) -> String {
    let white = |c: char| if c.is_whitespace() { ' ' } else { c };
    // U+FFFE and its kin are no characters at all, and PDF/UA refuses them.
    let shows = |c: &char| joins(*c) || !(is_invisible(*c) || u32::from(*c) & 0xFFFE == 0xFFFE);
    let plain: String = text.chars().map(white).filter(shows).collect();
    plain.trim_start_matches(joins).trim().to_owned()
}
