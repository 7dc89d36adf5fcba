//! The cards of an invented county: exactly its figures, dealt in a repeatable order.

use chrono::{Days, Months, NaiveDate};

use super::chance::Chance;
use super::figures::County;
use crate::rules::certificate::{Category, GrantedBy, Level};

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
    /// Not laid with the province: a demo case of the report year gives it.
    pub waiting: bool,
}

/// The cards that are still to be dealt.
pub struct Deck {
    cards: Vec<PlannedCard>,
    /// The cards before this place are for demo cases.
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
        for (at, card) in cards.iter_mut().enumerate() {
            let day = county_day(county.report_year, chance);
            if at < county.renewing {
                card.issued_on = ten_years_before(day);
            } else if at < county.renewing.saturating_add(county.waiting) {
                (card.issued_on, card.waiting) = (day, true);
            }
        }
        Deck { cards, free_from: county.renewing.saturating_add(county.waiting), today }
    }

    /// The next card, whosoever.
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
        waiting: false,
    }
}

fn two_of_six(chance: &mut Chance) -> Vec<Category> {
    let mut single: Vec<Category> = Category::ALL.iter().copied().filter(|c| *c != Category::Multiple).collect();
    chance.shuffle(&mut single);
    single.truncate(2);
    single.sort();
    single
}

fn county_day(year: i32, chance: &mut Chance) -> NaiveDate {
    let day = u32::try_from(chance.below(350)).unwrap_or(0).saturating_add(1);
    NaiveDate::from_yo_opt(year, day).unwrap_or_default()
}

fn ten_years_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_months(Months::new(120)).unwrap_or(day)
}
