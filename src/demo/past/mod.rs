//! The demo's past: the cases of the report years and a few live ones, by the office's own functions under a moved clock.

mod staff; // the workers of the report years
mod picture; // the image that is used as every paper
mod scene; // what writing a county's cases needs
mod pages; // many cases in one write, each page once
mod way; // the steps of one case
mod applicants; // who applies, with an account
mod aid; // education aid
mod rentals; // loans
mod cards; // certificates
mod today; // live cases on each desk
#[cfg(test)]
mod tests;

use self::scene::Setting;
use super::province::figures::{COUNTIES, County};
use super::province::people::{Family, families};
use super::province::{areas_of_the_province, marker};
use zhucan::office::policy::calendar;
use zhucan::platform::app::App;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::AreaCode;

/// Writes the past once, after the province, the cast and the shop; a call after a break goes on where it broke off.
pub async fn load(app: &App) -> Result<()> {
    let all: Vec<usize> = (0..app.db.read(marker::counties).await?.len()).collect();
    load_counties(app, &all).await
}

/// The past of some counties, by their places in the list; the live cases come with the first.
pub async fn load_counties(app: &App, wanted: &[usize]) -> Result<()> {
    let Some(mut pages) = pages::open(app).await? else { return Ok(()) };
    let (found, days) = app.db.read(|c| Ok((marker::read(c)?, calendar::load(c)?))).await?;
    let day = found.ok_or_else(|| Error::internal("the province is not laid"))?.day;
    let areas = areas_of_the_province()?;
    let picture = picture::keep(app).await?;
    for (at, county) in COUNTIES.iter().enumerate().filter(|(at, _)| wanted.contains(at)) {
        let code = AreaCode::parse(county.code).map_err(Error::internal)?;
        let setting = Setting::new(app, code, staff::of(app, at).await?, days.clone(), picture.clone());
        let people = families(county, &areas, day)?;
        year(&mut pages, &setting, county, &people).await?;
        if at == 0 {
            today::write(&mut pages, &setting, &people, county.borrowers, app.clock.now()).await?;
        }
    }
    pages.close().await
}

async fn year(pages: &mut pages::Pages<'_>, setting: &Setting, county: &'static County, people: &[Family]) -> Result<()> {
    aid::write(pages, setting, people, county).await?;
    rentals::write(pages, setting, people, county.report_year, county.borrowers).await?;
    cards::write(pages, setting, county, people).await
}
