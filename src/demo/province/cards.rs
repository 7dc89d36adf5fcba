//! The cards of an invented county: exactly its figures, dealt in a repeatable order.

use chrono::{Days, Months, NaiveDate};

use super::chance::Chance;
use super::figures::County;
use zhucan::rules::certificate::{Category, GrantedBy, Level};
use zhucan::services::certificate::terms::Kind;

/// A card that an invented person holds, or will hold by a demo case.
#[derive(Clone, Debug)]
pub struct PlannedCard {
    pub category: Category,
    /// Of a multiple disability two categories, else empty.
    pub components: Vec<Category>,
    pub level: Level,
    pub issued_on: NaiveDate,
    pub granted_by: GrantedBy,
    pub irreversible: bool,
    /// The number of re-issues after loss.
    pub reissue: Option<u8>,
    /// The case of the report year that gives it; none when the holder had it before.
    pub by_case: Option<ByCase>,
}

/// A case that gives its applicant the planned card. A renewal is laid as the card that expires, a change as a card of
/// another level, a first card not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByCase {
    pub kind: Kind,
    pub applied_on: NaiveDate,
}

impl PlannedCard {
    /// The level that is laid with the province; none while there is no card yet.
    pub fn laid_level(&self) -> Option<Level> {
        match self.by_case.map(|b| b.kind) {
            Some(Kind::New) => None,
            Some(Kind::Change) => Some(match self.level {
                Level::One => Level::Two,
                Level::Two | Level::Four => Level::Three,
                Level::Three => Level::Four,
            }),
            _ => Some(self.level),
        }
    }

    /// A guardian applies for holders of these disabilities (the policies of all three counties).
    pub fn needs_guardian(&self) -> bool {
        let kinds = std::iter::once(&self.category).chain(&self.components);
        kinds.into_iter().any(|c| matches!(c, Category::Intellectual | Category::Mental))
    }

    fn comes_by(&mut self, kind: Kind, applied_on: NaiveDate, chance: &mut Chance) {
        let before = |days: u64| applied_on.checked_sub_days(Days::new(days)).unwrap_or(applied_on);
        self.by_case = Some(ByCase { kind, applied_on });
        match kind {
            Kind::New => (self.issued_on, self.reissue) = (applied_on, None),
            // The old card expires seven weeks after its holder applies.
            Kind::Renewal => self.issued_on = ten_years_before(applied_on.checked_add_days(Days::new(49)).unwrap_or(applied_on)),
            Kind::Change => self.issued_on = before(chance.below(1000).saturating_add(400)),
        }
    }
}

/// The cards that are still to be dealt.
pub struct Deck {
    cards: Vec<PlannedCard>,
    /// The cards before this place come by cases of the report year.
    free_from: usize,
    today: NaiveDate,
}

/// An issue so many days ago is valid for more than two more weeks.
const OLDEST_DAYS: u64 = 3_630;

impl Deck {
    /// All cards of the county, shuffled; those for demo cases lie below the others.
    pub fn new(county: &County, today: NaiveDate, chance: &mut Chance) -> Deck {
        let mut cards = Vec::new();
        for (category, severe, other) in county.holders {
            cards.extend((0..*severe).map(|_| planned(*category, true, today, chance)));
            cards.extend((0..*other).map(|_| planned(*category, false, today, chance)));
        }
        chance.shuffle(&mut cards);
        let kinds = std::iter::repeat_n(Kind::Renewal, county.renewals)
            .chain(std::iter::repeat_n(Kind::New, county.new_cards))
            .chain(std::iter::repeat_n(Kind::Change, county.changes));
        let mut free_from = 0_usize;
        for (card, kind) in cards.iter_mut().zip(kinds) {
            card.comes_by(kind, day_of_application(county.report_year, chance), chance);
            free_from = free_from.saturating_add(1);
        }
        Deck { cards, free_from, today }
    }

    /// The next card, for any holder.
    pub fn draw(&mut self) -> Option<PlannedCard> {
        self.cards.pop()
    }

    /// A severe card that was valid in the summer of that year and still is.
    pub fn draw_severe(&mut self, year: i32, chance: &mut Chance) -> Option<PlannedCard> {
        self.draw_where(|card| card.level.severe(), self.oldest(), year, chance)
    }

    /// The card of somebody born on that day, valid in the summer of that year and still.
    pub fn draw_for(&mut self, birth: NaiveDate, year: i32, chance: &mut Chance) -> Option<PlannedCard> {
        let first = birth.checked_add_days(Days::new(366)).unwrap_or(birth).max(self.oldest());
        self.draw_where(|_| true, first, year, chance)
    }

    fn draw_where(
        &mut self,
        fits: impl Fn(&PlannedCard) -> bool,
        first: NaiveDate,
        year: i32,
        chance: &mut Chance,
    ) -> Option<PlannedCard> {
        let at = self.cards.iter().rposition(fits).filter(|at| *at >= self.free_from)?;
        let mut card = self.cards.remove(at);
        let last = NaiveDate::from_ymd_opt(year, 6, 30)?.min(self.today);
        let span = u64::try_from(last.signed_duration_since(first).num_days()).unwrap_or(0);
        let early = chance.below(span.saturating_add(1));
        card.issued_on = last.checked_sub_days(Days::new(early))?;
        Some(card)
    }

    fn oldest(&self) -> NaiveDate {
        self.today.checked_sub_days(Days::new(OLDEST_DAYS)).unwrap_or(self.today)
    }
}

fn planned(category: Category, severe: bool, today: NaiveDate, chance: &mut Chance) -> PlannedCard {
    let level = match (severe, chance.percent(45)) {
        (true, true) => Level::One,
        (true, false) => Level::Two,
        (false, true) => Level::Three,
        (false, false) => Level::Four,
    };
    let granted_by = match chance.below(100) {
        0..70 => GrantedBy::Hospital,
        70..94 => GrantedBy::Sight,
        _ => GrantedBy::Unknown,
    };
    let days = chance.below(OLDEST_DAYS);
    PlannedCard {
        category,
        components: if category == Category::Multiple { two_of_six(chance) } else { Vec::new() },
        level,
        issued_on: today.checked_sub_days(Days::new(days)).unwrap_or(today),
        granted_by,
        irreversible: category == Category::Physical && chance.percent(12),
        reissue: chance.percent(2).then_some(1),
        by_case: None,
    }
}

fn two_of_six(chance: &mut Chance) -> Vec<Category> {
    let mut single: Vec<Category> = Category::ALL.iter().copied().filter(|c| *c != Category::Multiple).collect();
    chance.shuffle(&mut single);
    single.truncate(2);
    single.sort();
    single
}

/// Early enough for the case to end within the year.
fn day_of_application(year: i32, chance: &mut Chance) -> NaiveDate {
    let day = u32::try_from(chance.below(295)).unwrap_or(0).saturating_add(2);
    NaiveDate::from_yo_opt(year, day).unwrap_or_default()
}

fn ten_years_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(Months::new(120)).unwrap_or(day)
}
