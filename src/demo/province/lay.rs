//! Writes the invented province: chunks of families, sealed on one thread while another writes the chunk before.

use std::sync::Arc;

use chrono::NaiveDate;

use super::figures::County;
use super::marker::{self, Marker};
use super::people::{Family, families};
use super::{AREAS, policies};
use zhucan::office::people::kin::{self, NewKinship};
use zhucan::office::people::persons::{self, NewPerson, SealedPerson};
use zhucan::office::people::register::{self, NewCertificate, SealedCertificate};
use zhucan::office::policy::area_rows::{AreaRow, parse};
use zhucan::office::policy::{areas, calendar, county};
use zhucan::platform::app::App;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::certificate::{CertificateNumber, RenewalPolicy, expires_on};
use zhucan::rules::moments::Moment;

/// People in one write.
const CHUNK: usize = 500;

/// Lays the province once; a call after a break goes on where it broke off. False when an earlier call had laid it all.
pub async fn load(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let found = app.db.read(marker::read).await?;
    let day = found.map_or_else(|| beijing_date(now), |m| m.day);
    let fresh = !found.is_some_and(|m| m.done);
    if fresh {
        ground(app, day, now).await?;
        let rows = areas_of_the_province()?;
        for county in app.db.read(marker::counties).await? {
            people(app, county, &rows, day).await?;
        }
        app.db.write(move |c| marker::write(c, Marker { day, done: true })).await?;
    }
    Ok(fresh)
}

/// The rows of [`AREAS`].
pub fn areas_of_the_province() -> Result<Vec<AreaRow>> {
    parse(AREAS, &|_| false).map_err(Error::invalid)
}

/// Areas, working days and policies, in one write with the mark that laying has begun.
pub async fn ground(app: &App, day: NaiveDate, now: Moment) -> Result<()> {
    let policies = policies::all(&app.clock)?;
    let work = move |c: &mut AnyConn| {
        if marker::read(c)?.is_some() {
            return Ok(());
        }
        areas::import(c, AREAS)?;
        calendar::seed(c, now)?;
        for policy in &policies {
            county::publish(c, policy)?;
        }
        marker::write(c, Marker { day, done: false })
    };
    app.db.write(work).await
}

struct Chunk {
    persons: Vec<SealedPerson>,
    cards: Vec<SealedCertificate>,
    kin: Vec<NewKinship>,
    /// The look-up hash of the first person; when the register holds it, the chunk was written before.
    first: Vec<u8>,
}

pub async fn people(app: &App, county: &'static County, areas: &[AreaRow], day: NaiveDate) -> Result<()> {
    let mut chunks = in_chunks(families(county, areas, day)?).into_iter();
    let mut sealing = chunks.next().map(|families| start_sealing(app, county, families));
    while let Some(task) = sealing {
        let chunk = Arc::new(task.await.map_err(Error::internal)??);
        sealing = chunks.next().map(|families| start_sealing(app, county, families));
        app.db.write(move |c| write_chunk(c, &chunk)).await?;
    }
    Ok(())
}

fn in_chunks(families: Vec<Family>) -> Vec<Vec<Family>> {
    let mut chunks: Vec<Vec<Family>> = Vec::new();
    let mut people = CHUNK;
    for family in families {
        if people >= CHUNK {
            chunks.push(Vec::new());
            people = 0;
        }
        people = people.saturating_add(family.members.len());
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(family);
        }
    }
    chunks
}

fn start_sealing(app: &App, county: &'static County, families: Vec<Family>) -> tokio::task::JoinHandle<Result<Chunk>> {
    let app = app.clone();
    tokio::task::spawn_blocking(move || seal(&app, county, &families))
}

/// The rules of the national card; what a county decides otherwise stands in its policy.
const TEN_YEARS: RenewalPolicy = RenewalPolicy {
    opens: zhucan::rules::certificate::OpensRule::MonthsBeforeExpiry(6),
    frozen_after_days_expired: 0,
    cancelled_after_months: 6,
    validity_years: 10,
};

fn seal(app: &App, county: &County, families: &[Family]) -> Result<Chunk> {
    let code = AreaCode::parse(county.code).map_err(Error::internal)?;
    let mut chunk = Chunk { persons: Vec::new(), cards: Vec::new(), kin: Vec::new(), first: Vec::new() };
    for family in families {
        let at = app.clock.now();
        let mut ids = Vec::with_capacity(family.members.len());
        for member in &family.members {
            let person = NewPerson {
                id: app.clock.id(),
                area: family.area,
                name: member.name.clone(),
                id_number: member.id_number.clone(),
                phone: member.phone.clone(),
                address: Some(family.address.clone()),
                household: Some(family.household.clone()),
                at,
            };
            if chunk.first.is_empty() {
                chunk.first = persons::id_hash(&app.keys, &person.id_number).to_vec();
            }
            chunk.persons.push(person.seal(&app.keys)?);
            ids.push(person.id);
            if let Some((card, level)) = member.card.as_ref().and_then(|card| card.laid_level().map(|level| (card, level))) {
                let number = CertificateNumber::compose(member.id_number.clone(), card.category, level, card.reissue);
                let certificate = NewCertificate {
                    id: app.clock.id(),
                    person: person.id,
                    county: code,
                    number: number.ok_or_else(|| Error::internal("an invented number does not fit"))?,
                    components: card.components.clone(),
                    issued_on: card.issued_on,
                    expires_on: expires_on(card.issued_on, &TEN_YEARS),
                    granted_by: card.granted_by,
                    irreversible: card.irreversible,
                    case_id: None,
                    at,
                };
                chunk.cards.push(certificate.seal(&app.keys)?);
            }
        }
        for (person, relative, kind, evidence) in &family.kin {
            let (Some(id), Some(relative)) = (ids.get(*person), ids.get(*relative)) else { continue };
            let Some(born) = family.members.get(*person).map(|m| m.id_number.birth_date()) else { continue };
            chunk.kin.push(NewKinship {
                id: app.clock.id(),
                person: *id,
                relative: *relative,
                kind: *kind,
                valid_from: born,
                valid_to: None,
                evidence: *evidence,
            });
        }
    }
    Ok(chunk)
}

fn write_chunk(c: &mut AnyConn, chunk: &Chunk) -> Result<()> {
    if persons::find_by_id_hash(c, &chunk.first)?.is_some() {
        return Ok(());
    }
    persons::insert_sealed(c, &chunk.persons)?;
    register::insert_sealed(c, &chunk.cards)?;
    kin::add_kinships(c, &chunk.kin)
}
