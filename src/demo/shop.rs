//! What the demo offers: this year's aid season in each county, and the two rental points of seed 000 with their devices.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate};
use zeroize::Zeroizing;

use super::cast::PASSWORD;
use super::earlier;
use super::province::figures::COUNTIES;
use zhucan::office::accounts::guards::{Post, Worker};
use zhucan::office::accounts::staff_admin;
use zhucan::office::administration::staffing;
use zhucan::office::administration::staffing::NewWorker;
use zhucan::office::cases::service::Office;
use zhucan::office::policy::county;
use zhucan::platform::app::App;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::facts;
use zhucan::platform::id::Id;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::{beijing_date, start_of_day};
use zhucan::rules::lifecycle::Role;
use zhucan::rules::money::Fen;
use zhucan::services;
use zhucan::services::device_rental::states::{InUse, UnitState};
use zhucan::services::device_rental::store::{self, Model, Point};
use zhucan::services::device_rental::units::{self, Unit};
use zhucan::services::education_aid::rules::{Season, SeasonStatus};
use zhucan::services::education_aid::seasons;
use zhucan::services::education_aid::terms::Terms;

const COUNTY: &str = "990101000000";

/// Area, name, address and keeper of each point (seed 000).
const POINTS: [(&str, &str, &str, &str, &str); 2] = [
    ("990101100000", "宋疃镇卫生院", "宋疃镇示例路8号", "keeper", "钱守仁"),
    ("990101101000", "洪庄残疾人之家", "洪庄镇示例路2号", "keeper2", "何守义"),
];

/// Code, name, kind, picture in words and tag letters of each model: five at each point (seed 000).
const MODELS: [(&str, &str, &str, &str, &str); 3] = [
    ("wheelchair", "轮椅", "wheelchair", "一辆可折叠的手动轮椅", "LY"),
    ("walking_stick", "拐杖", "walking_stick", "一支可调高低的拐杖", "GZ"),
    ("axillary_crutches", "腋拐", "axillary_crutches", "一副可调高低的腋拐", "YG"),
];

/// The points opened with this year.
const SINCE: (i32, u32, u32) = (2023, 1, 9);

/// Sets everything up once; a second call finds it.
pub async fn open(app: &App) -> Result<()> {
    if app.db.read(|c| facts::get(c, "demo_shop")).await?.is_some() {
        return Ok(());
    }
    let counties = COUNTIES.iter().map(|k| AreaCode::parse(k.code).map_err(Error::internal));
    for county in counties {
        announce(app, county?).await?;
    }
    let (year, month, day) = SINCE;
    let since = NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let then = earlier::at(app, start_of_day(since).saturating_add(9 * 3_600_000));
    let points = equip(&then).await?;
    for ((area, _, _, username, name), point) in POINTS.iter().zip(points) {
        let area = AreaCode::parse(area).map_err(Error::internal)?;
        let posts = vec![Post { role: Role::PointKeeper, area, point: Some(point), lead: false }];
        let password = Zeroizing::new(PASSWORD.to_owned());
        let new = NewWorker { username: (*username).into(), name: (*name).into(), password, posts, person: None };
        staffing::add(&then, new).await?;
    }
    app.db.write(|c| facts::set(c, "demo_shop", "open")).await
}

/// The keeper of a point, as they sign in.
pub fn keeper_of(c: &mut AnyConn, point: Id) -> Result<Worker> {
    let point = store::point(c, point)?;
    let keeper = POINTS.iter().find(|p| p.1 == point.name).ok_or_else(|| Error::internal("nobody keeps this point"))?;
    let area = point.area;
    let posts = vec![Post { role: Role::PointKeeper, area, point: Some(point.id), lead: false }];
    Ok(Worker { id: staff_admin::worker_named(c, keeper.3)?, name: keeper.4.to_owned(), session: point.id, person: None, posts })
}

/// The season of this year, open from forty days ago, with the county's own standards.
async fn announce(app: &App, county: AreaCode) -> Result<()> {
    let id = app.clock.id();
    let now = app.clock.now();
    let today = beijing_date(now);
    let day = move |n: u64| today.checked_add_days(Days::new(n)).unwrap_or(today);
    let begun = today.checked_sub_days(Days::new(40)).unwrap_or(today);
    app.db
        .write(move |c| {
            let policy = county::current(c, &county, "education_aid", today)?;
            let terms: Terms = policy.ok_or_else(|| Error::internal("the demo county has no policy"))?.service()?;
            let season = Season {
                id,
                county,
                year: today.year(),
                code: seasons::code_of(today.year(), id),
                name: format!("{}年教育救助", today.year()),
                notice_no: format!("示例残联〔{}〕12号", today.year()),
                opens_on: begun,
                closes_on: day(60),
                review_on: today,
                exam_on: Some(begun),
                second_evidence_due: Some(day(75)),
                budget_fen: Fen(27_000_000),
                quota: 340,
                committed_fen: Fen::ZERO,
                committed_count: 0,
                standards: terms.standards,
                targets: Vec::new(),
                status: SeasonStatus::Published,
                version: 1,
            };
            seasons::announce(c, &season, id, now)
        })
        .await
}

/// Points, models and units in one write; answers the points.
async fn equip(app: &App) -> Result<[Id; 2]> {
    let office = Office::of(app, &services::all());
    let points = [app.clock.id(), app.clock.id()];
    let models = [app.clock.id(), app.clock.id(), app.clock.id()];
    let ids: Arc<Vec<Id>> = Arc::new((0..30).map(|_| app.clock.id()).collect());
    app.db
        .write(move |c| {
            for ((area, name, address, _, _), id) in POINTS.iter().zip(points) {
                let point = Point {
                    id,
                    county: AreaCode::parse(COUNTY).map_err(Error::internal)?,
                    area: AreaCode::parse(area).map_err(Error::internal)?,
                    name: (*name).to_owned(),
                    address: (*address).to_owned(),
                    phone: "0990-1234567".to_owned(),
                    opening_days: "1,2,3,4,5,6,7".to_owned(),
                    pickups_per_day: 50,
                    status: InUse::Open,
                    created_at: office.now,
                };
                store::add_point(c, &point)?;
            }
            for ((code, name, kind, alt_text, _), id) in MODELS.iter().zip(models) {
                let model = Model {
                    id,
                    county: AreaCode::parse(COUNTY).map_err(Error::internal)?,
                    code: (*code).to_owned(),
                    name: (*name).to_owned(),
                    kind: (*kind).to_owned(),
                    alt_text: (*alt_text).to_owned(),
                    service_life_months: 0,
                    status: InUse::Open,
                    created_at: office.now,
                };
                store::add_model(c, &model)?;
            }
            let places =
                points.iter().flat_map(|p| MODELS.iter().zip(models).flat_map(move |(m, id)| (0..5).map(move |_| (*p, m.4, id))));
            for (at, ((point, letters, model), id)) in places.zip(ids.iter()).enumerate() {
                let unit = Unit {
                    id: *id,
                    model_id: model,
                    point_id: point,
                    asset_tag: format!("{letters}-{:04}", at + 1),
                    serial: format!("DEMO{:05}", at + 1),
                    state: UnitState::Available,
                    inspected_by: Some(*id),
                    inspected_at: Some(office.now),
                    disinfected_by: Some(*id),
                    disinfected_at: Some(office.now),
                    created_at: office.now,
                    version: 1,
                };
                units::admit(c, &office, &unit, *id)?;
            }
            Ok(points)
        })
        .await
}
