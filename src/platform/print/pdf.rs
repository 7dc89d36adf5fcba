//! From pages to a tagged PDF 1.7 that passes krilla's rules of PDF/UA-1: language, title, outline, every line in the
//! tree or marked as decoration, every glyph with its character.

use std::num::NonZeroU16;

use chrono::{Datelike, Timelike};
use krilla::configure::{Configuration, Validator};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    ArtifactType, ContentTag, Identifier, ListNumbering, Node as TagNode, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use super::font::{Face, face};
use super::layout::{self, Laid, Line, Node, PAGE, Part, Role};
use super::paper::Paper;
use crate::platform::error::{Error, Result};

const LANGUAGE: &str = "zh-CN";
/// Table rules run from margin to margin.
const RULE: (f32, f32, f32) = (64.0, 531.28, 0.5);

/// The paper as PDF; the same paper gives the same bytes.
pub fn write(paper: &Paper) -> Result<Vec<u8>> {
    let face = face()?;
    let laid = layout::lay(face, paper);
    let settings = SerializeSettings { configuration: Configuration::new_with_validator(Validator::UA1), ..Default::default() };
    let mut document = Document::new_with(settings);
    let mut leaves: Vec<Vec<Identifier>> = vec![Vec::new(); laid.leaves];
    for sheet in &laid.sheets {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Error::internal("a page without a size"))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        surface.set_fill(Some(Fill::default()));
        for y in &sheet.rules {
            rule(&mut surface, *y);
        }
        for line in &sheet.lines {
            let told = draw(&mut surface, face, line);
            if let Part::Leaf(leaf) = line.part
                && let Some(all) = leaves.get_mut(leaf)
            {
                all.push(told);
            }
        }
        surface.finish();
        page.finish();
    }
    let mut tree = TagTree::new().with_lang(Some(LANGUAGE.to_owned()));
    for node in &laid.nodes {
        tree.push(tagged(node, &mut leaves));
    }
    document.set_tag_tree(tree);
    document.set_outline(outline(&laid));
    document.set_metadata(facts(paper));
    document.finish().map_err(|e| Error::internal(format!("a paper could not be written as PDF: {}", fault(&e))))
}

fn draw(surface: &mut Surface<'_>, face: &Face, line: &Line) -> Identifier {
    let tag = match line.part {
        Part::Leaf(_) => ContentTag::Span(SpanTag::empty()),
        Part::Head => ContentTag::Artifact(ArtifactType::Header),
        Part::Foot => ContentTag::Artifact(ArtifactType::Footer),
        Part::Again => ContentTag::Artifact(ArtifactType::Other),
    };
    let told = surface.start_tagged(tag);
    let glyphs = face.glyphs(&line.text);
    surface.draw_glyphs(Point::from_xy(line.x, line.y), &glyphs, face.font.clone(), &line.text, line.size, false);
    surface.end_tagged();
    told
}

fn rule(surface: &mut Surface<'_>, y: f32) {
    let Some(area) = Rect::from_ltrb(RULE.0, y, RULE.1, y + RULE.2) else { return };
    let mut path = PathBuilder::new();
    path.push_rect(area);
    if let Some(path) = path.finish() {
        surface.start_tagged(ContentTag::Artifact(ArtifactType::Other));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

fn tagged(node: &Node, leaves: &mut [Vec<Identifier>]) -> TagGroup {
    let mut group = TagGroup::new(tag(node));
    for told in node.leaf.and_then(|leaf| leaves.get_mut(leaf)).map(std::mem::take).into_iter().flatten() {
        group.push(told);
    }
    for child in &node.children {
        group.push(TagNode::Group(tagged(child, leaves)));
    }
    group
}

fn tag(node: &Node) -> TagKind {
    let heading = |level: u16| Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), Some(node.words.clone())).into();
    match node.role {
        Role::Title => heading(1),
        Role::Heading => heading(2),
        Role::Paragraph => Tag::P.into(),
        Role::Terms => Tag::L(ListNumbering::None).into(),
        Role::Points => Tag::L(ListNumbering::Decimal).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Body => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Row => Tag::TR.into(),
        Role::HeaderCell => Tag::TH(TableHeaderScope::Column).into(),
        Role::Cell => Tag::TD.into(),
    }
}

/// The headings, each with the place of its first line.
fn outline(laid: &Laid) -> Outline {
    let mut outline = Outline::new();
    for node in laid.nodes.iter().filter(|n| matches!(n.role, Role::Title | Role::Heading)) {
        let place = |(page, sheet): (usize, &layout::Sheet)| {
            let first = sheet.lines.iter().find(|l| node.leaf.is_some_and(|leaf| l.part == Part::Leaf(leaf)))?;
            Some((page, Point::from_xy(first.x, first.y - first.size)))
        };
        if let Some((page, point)) = laid.sheets.iter().enumerate().find_map(place) {
            outline.push_child(OutlineNode::new(node.words.clone(), XyzDestination::new(page, point)));
        }
    }
    outline
}

fn facts(paper: &Paper) -> Metadata {
    let facts = Metadata::new()
        .title(format!("{}　{}", paper.title, paper.running))
        .language(LANGUAGE.to_owned())
        .authors(vec![paper.author.clone()])
        .creator("助残".to_owned());
    // The instant in UTC.
    let Some(at) = chrono::DateTime::from_timestamp_millis(paper.issued_at.ms()) else { return facts };
    let small = |n: u32| u8::try_from(n).unwrap_or(0);
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or(0)).month(small(at.month())).day(small(at.day()));
    let time = date.hour(small(at.hour())).minute(small(at.minute())).second(small(at.second()));
    facts.creation_date(time.utc_offset_hour(0).utc_offset_minute(0))
}

/// What krilla says, without any text of the paper.
fn fault(e: &krilla::error::KrillaError) -> String {
    use krilla::configure::ValidationError as V;
    use krilla::error::KrillaError as E;
    let name = |v: &V| match v {
        V::ContainsNotDefGlyph(..) => "a character without a glyph",
        V::NoCodepointMapping(..) | V::InvalidCodepointMapping(..) => "a glyph without a character",
        V::NoDocumentTitle | V::MissingHeadingTitle => "no title",
        V::MissingDocumentOutline => "no outline",
        _ => "another rule of PDF/UA",
    };
    match e {
        E::Validation(all) => all.iter().map(name).collect::<Vec<_>>().join(", "),
        E::Font(_, words) => format!("the font: {words}"),
        _ => "the tag tree".to_owned(),
    }
}
