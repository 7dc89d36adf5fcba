//! Lays blocks out on pages: the place of each line of text, and its node in the structure tree for screen readers.

use super::font::{Face, printable};
use super::lines::lines;
use super::paper::{Block, Column, Paper};

/// A4 in points.
pub const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 64.0;
const RIGHT: f32 = 531.28;
const TOP: f32 = 78.0;
const BOTTOM: f32 = 780.0;
const TITLE: f32 = 20.0;
const HEADING: f32 = 14.0;
const TEXT: f32 = 12.0;
const CELL: f32 = 10.5;
const SMALL: f32 = 9.0;
/// From line to line, in parts of the size.
const LEADING: f32 = 1.5;
/// Inside a cell, left and right.
const PAD: f32 = 4.0;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Title,
    Heading,
    Paragraph,
    /// Of terms, which need no numbers.
    Terms,
    /// Of numbered points.
    Points,
    Item,
    Label,
    Body,
    Table,
    Row,
    HeaderCell,
    Cell,
}

/// A node of the tree, in reading order.
#[derive(Clone, Debug)]
pub struct Node {
    pub role: Role,
    pub children: Vec<Node>,
    /// The leaf whose lines it holds.
    pub leaf: Option<usize>,
    /// Its words, for headings only.
    pub words: String,
}

/// To what a line belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Leaf(usize),
    Head,
    Foot,
    /// The headers of a table again on its next page: seen, and not read twice.
    Again,
}

/// A line of text; `y` is the base line from the top, in points.
#[derive(Clone, Debug)]
pub struct Line {
    pub x: f32,
    pub y: f32,
    pub size: f32,
    pub text: String,
    pub part: Part,
}

/// One page. Rules are thin lines across, at these heights.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub lines: Vec<Line>,
    pub rules: Vec<f32>,
}

/// A paper in pages.
pub struct Laid {
    pub sheets: Vec<Sheet>,
    pub nodes: Vec<Node>,
    pub leaves: usize,
}

/// Lays a paper out.
pub fn lay(face: &Face, paper: &Paper) -> Laid {
    let mut setter = Setter { face, done: Vec::new(), sheet: Sheet::default(), y: TOP, leaves: 0 };
    let mut nodes = vec![setter.flow(Role::Title, &paper.title, TITLE, LEFT, Align::Middle)];
    setter.y += 8.0;
    for block in &paper.blocks {
        setter.block(block, &mut nodes);
    }
    if let Some(note) = lacking(face, paper) {
        setter.block(&Block::Heading("说明".to_owned()), &mut nodes);
        setter.block(&Block::Paragraph(note), &mut nodes);
    }
    let mut sheets = setter.done;
    sheets.push(setter.sheet);
    number(face, paper, &mut sheets);
    Laid { sheets, nodes, leaves: setter.leaves }
}

/// Lists the characters for which the font has no glyph, in the order of the paper.
fn lacking(face: &Face, paper: &Paper) -> Option<String> {
    let mut texts: Vec<String> = vec![printable(&paper.title)];
    for block in &paper.blocks {
        match block {
            Block::Heading(t) | Block::Paragraph(t) => texts.push(printable(t)),
            Block::Facts(rows) => texts.extend(rows.iter().flat_map(|(a, b)| [printable(a), printable(b)])),
            Block::Steps(all) | Block::Closing(all) => texts.extend(all.iter().map(|t| printable(t))),
            Block::Table { rows, .. } => texts.extend(rows.iter().flatten().map(|t| printable(t))),
        }
    }
    let mut missing: Vec<char> = Vec::new();
    for c in texts.iter().flat_map(|t| face.lacks(t)) {
        if !missing.contains(&c) {
            missing.push(c);
        }
    }
    let names: Vec<String> = missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    let names = names.join("、");
    (!missing.is_empty()).then(|| {
        format!("本文中印成“〓”的，是字库里没有的字，以您证件上的字为准，可请窗口手写补上。这些字的国际编码依次是：{names}。")
    })
}

/// Adds head and foot to each page, once the number of pages is known.
fn number(face: &Face, paper: &Paper, sheets: &mut [Sheet]) {
    let all = sheets.len();
    for (at, sheet) in sheets.iter_mut().enumerate() {
        let head = printable(&format!("{}　{}", paper.title, paper.running));
        let foot = format!("第 {} 页，共 {all} 页", at.saturating_add(1));
        for (text, y, part) in [(head, 46.0, Part::Head), (foot, 806.0, Part::Foot)] {
            let text = lines(&text, RIGHT - LEFT, &|c| face.width(c) * SMALL).into_iter().next().unwrap_or_default();
            let wide: f32 = text.chars().map(|c| face.width(c) * SMALL).sum();
            let x = if part == Part::Head { RIGHT - wide } else { (LEFT + RIGHT - wide) / 2.0 };
            sheet.lines.push(Line { x, y, size: SMALL, text, part });
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Align {
    Start,
    Middle,
    End,
}

struct Setter<'a> {
    face: &'a Face,
    done: Vec<Sheet>,
    sheet: Sheet,
    /// The top of the next line.
    y: f32,
    leaves: usize,
}

impl Setter<'_> {
    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.sheet));
        self.y = TOP;
    }

    fn room(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    fn leaf(&mut self) -> usize {
        let leaf = self.leaves;
        self.leaves = leaf.saturating_add(1);
        leaf
    }

    fn set(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        lines(&printable(text), width, &|c| self.face.width(c) * size)
    }

    fn write(&mut self, text: String, size: f32, x: f32, y: f32, part: Part) {
        self.sheet.lines.push(Line { x, y: y + size * 1.15, size, text, part });
    }

    /// A text from `x` to the right edge, over as many pages as it takes.
    fn flow(&mut self, role: Role, text: &str, size: f32, x: f32, align: Align) -> Node {
        let leaf = self.leaf();
        for line in self.set(text, size, RIGHT - x) {
            if !self.room(size * LEADING) {
                self.turn();
            }
            let wide: f32 = line.trim_end().chars().map(|c| self.face.width(c) * size).sum();
            let at = match align {
                Align::Start => x,
                Align::Middle => (x + RIGHT - wide) / 2.0,
                Align::End => RIGHT - wide,
            };
            self.write(line, size, at, self.y, Part::Leaf(leaf));
            self.y += size * LEADING;
        }
        Node { role, children: Vec::new(), leaf: Some(leaf), words: printable(text) }
    }

    fn block(&mut self, block: &Block, nodes: &mut Vec<Node>) {
        match block {
            Block::Heading(text) => {
                self.y += 10.0;
                // A heading does not stand alone at the foot of a page.
                if !self.room(HEADING * LEADING + TEXT * LEADING * 5.0) {
                    self.turn();
                }
                nodes.push(self.flow(Role::Heading, text, HEADING, LEFT, Align::Start));
                self.y += 2.0;
            }
            Block::Paragraph(text) => {
                nodes.push(self.flow(Role::Paragraph, text, TEXT, LEFT, Align::Start));
                self.y += 4.0;
            }
            Block::Facts(rows) => {
                let wide = |t: &str| -> f32 { printable(t).chars().map(|c| self.face.width(c) * TEXT).sum() };
                let widest = rows.iter().map(|(term, _)| wide(term)).fold(0.0, f32::max);
                let column = LEFT + (widest + 16.0).min(180.0);
                let items = rows.iter().map(|(term, value)| self.item(term, value, column)).collect();
                nodes.push(Node { role: Role::Terms, children: items, leaf: None, words: String::new() });
                self.y += 4.0;
            }
            Block::Steps(steps) => {
                let numbered = steps.iter().enumerate();
                let label = |at: usize| format!("{}.", at.saturating_add(1));
                let items = numbered.map(|(at, step)| self.item(&label(at), step, LEFT + 22.0)).collect();
                nodes.push(Node { role: Role::Points, children: items, leaf: None, words: String::new() });
                self.y += 4.0;
            }
            Block::Table { columns, rows } => nodes.push(self.table(columns, rows)),
            Block::Closing(texts) => {
                if !self.room(14.0 + TEXT * LEADING * texts.len() as f32) {
                    self.turn();
                }
                self.y += 14.0;
                for text in texts {
                    nodes.push(self.flow(Role::Paragraph, text, TEXT, LEFT, Align::End));
                }
            }
        }
    }

    /// A label at the left and its body beside it. A long body may go over the page, its label stays at its first line.
    fn item(&mut self, label: &str, body: &str, column: f32) -> Node {
        let own = self.leaf();
        let leading = TEXT * LEADING;
        let labels = self.set(label, TEXT, column - LEFT - 4.0);
        let tall = labels.len() as f32 * leading;
        if !self.room(tall) {
            self.turn();
        }
        let top = self.y;
        let page = self.done.len();
        for (line, at) in labels.into_iter().zip(0_u8..) {
            self.write(line, TEXT, LEFT, top + leading * f32::from(at), Part::Leaf(own));
        }
        let shown = if printable(body).is_empty() { "—" } else { body };
        let text = self.flow(Role::Body, shown, TEXT, column, Align::Start);
        if self.done.len() == page {
            self.y = self.y.max(top + tall);
        }
        let label = Node { role: Role::Label, children: Vec::new(), leaf: Some(own), words: String::new() };
        Node { role: Role::Item, children: vec![label, text], leaf: None, words: String::new() }
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) -> Node {
        let sum = columns.iter().fold(0.0, |s, c| s + f32::from(c.share)).max(1.0);
        let mut edges = vec![LEFT];
        for column in columns {
            let last = edges.last().copied().unwrap_or(LEFT);
            edges.push(last + (RIGHT - LEFT) * f32::from(column.share) / sum);
        }
        let spans: Vec<(f32, f32)> = edges.iter().copied().zip(edges.iter().copied().skip(1)).collect();
        let titles: Vec<String> = columns.iter().map(|c| c.title.clone()).collect();
        if !self.room(CELL * LEADING * 4.0) {
            self.turn();
        }
        self.sheet.rules.push(self.y);
        let mut children = vec![self.row(&titles, &spans, Role::HeaderCell, None)];
        for row in rows {
            children.push(self.row(row, &spans, Role::Cell, Some(&titles)));
        }
        self.y += 6.0;
        Node { role: Role::Table, children, leaf: None, words: String::new() }
    }

    /// A row goes to the next page whole when it can, else line by line; the headers go before it again.
    fn row(&mut self, cells: &[String], spans: &[(f32, f32)], role: Role, again: Option<&[String]>) -> Node {
        let mut node = Node { role: Role::Row, children: Vec::new(), leaf: None, words: String::new() };
        let mut set = Vec::new();
        for (cell, (from, to)) in cells.iter().zip(spans) {
            let leaf = self.leaf();
            node.children.push(Node { role, children: Vec::new(), leaf: Some(leaf), words: String::new() });
            // An empty cell would be none in the tree, and the next one would slip into its column.
            let shown = if printable(cell).is_empty() { "—" } else { cell.as_str() };
            set.push((leaf, *from + PAD, self.set(shown, CELL, to - from - PAD * 2.0).into_iter()));
        }
        let leading = CELL * LEADING;
        let tall = set.iter().map(|(_, _, lines)| lines.len()).max().unwrap_or(0);
        let height = PAD * 2.0 + tall as f32 * leading;
        if !self.room(height) && TOP + height + leading * 2.0 <= BOTTOM {
            self.next_page(again, spans);
        }
        self.y += PAD;
        for _ in 0..tall {
            if !self.room(leading + PAD) {
                self.next_page(again, spans);
            }
            let y = self.y;
            for (leaf, x, lines) in &mut set {
                if let Some(line) = lines.next() {
                    self.sheet.lines.push(Line { x: *x, y: y + CELL * 1.15, size: CELL, text: line, part: Part::Leaf(*leaf) });
                }
            }
            self.y += leading;
        }
        self.y += PAD;
        self.sheet.rules.push(self.y);
        node
    }

    fn next_page(&mut self, again: Option<&[String]>, spans: &[(f32, f32)]) {
        self.turn();
        let Some(titles) = again else { return };
        self.sheet.rules.push(self.y);
        let mut lowest = self.y;
        for (title, (from, to)) in titles.iter().zip(spans) {
            let mut y = self.y + PAD;
            for line in self.set(title, CELL, to - from - PAD * 2.0) {
                self.write(line, CELL, from + PAD, y, Part::Again);
                y += CELL * LEADING;
            }
            lowest = lowest.max(y + PAD);
        }
        self.y = lowest;
        self.sheet.rules.push(self.y);
    }
}
