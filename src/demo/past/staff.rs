//! The workers of the report years: one at each desk of each county, in service since 2022.

use chrono::NaiveDate;
use zeroize::Zeroizing;

use crate::demo::cast::PASSWORD;
use crate::demo::earlier;
use crate::demo::province::figures::COUNTIES;
use zhucan::office::accounts::guards::{Post, Worker};
use zhucan::office::accounts::staff_admin;
use zhucan::office::administration::staffing;
use zhucan::office::administration::staffing::NewWorker;
use zhucan::platform::app::App;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::start_of_day;
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;

/// The workers who decide a county's past cases. Each serves the whole county.
#[derive(Clone)]
pub struct Staff {
    pub village: Worker,
    pub town: Worker,
    pub county: Worker,
    pub finance: Worker,
    pub assessor: Worker,
}

/// Beginning of the user names and the workers' names, by county.
const STAFF: [(&str, [&str; 5]); 3] = [
    ("a", ["丁村安", "戴镇远", "杜县明", "田财正", "任医生"]),
    ("b", ["夏村和", "汪镇南", "姜县清", "范财信", "钟医生"]),
    ("c", ["余村亮", "潘镇北", "叶县达", "薛财勤", "魏医生"]),
];

/// The office of the county in that place of the list; made when it is not there yet.
pub async fn of(app: &App, county: usize) -> Result<Staff> {
    let missing = || Error::internal("no such county");
    let (letter, names) = STAFF.get(county).ok_or_else(missing)?;
    let area = AreaCode::parse(COUNTIES.get(county).ok_or_else(missing)?.code).map_err(Error::internal)?;
    let since = NaiveDate::from_ymd_opt(2022, 1, 4).unwrap_or_default();
    let app = earlier::at(app, start_of_day(since).saturating_add(9 * 3_600_000));
    let [village, town, county, finance, assessor] = names;
    Ok(Staff {
        village: serving(&app, format!("{letter}-village"), village, Role::Commissioner, area).await?,
        town: serving(&app, format!("{letter}-town"), town, Role::TownOfficer, area).await?,
        county: serving(&app, format!("{letter}-county"), county, Role::CountyOfficer, area).await?,
        finance: serving(&app, format!("{letter}-finance"), finance, Role::FinanceOfficer, area).await?,
        assessor: serving(&app, format!("{letter}-assessor"), assessor, ASSESSOR, area).await?,
    })
}

async fn serving(app: &App, username: String, name: &str, role: Role, area: AreaCode) -> Result<Worker> {
    let posts = vec![Post { role, area, point: None, lead: false }];
    let password = Zeroizing::new(PASSWORD.to_owned());
    let known = username.clone();
    let id = match app.db.read(move |c| staff_admin::worker_named(c, &known)).await {
        Ok(id) => id,
        Err(_) => {
            let new = NewWorker { username, name: name.to_owned(), password, posts: posts.clone(), person: None };
            staffing::add(app, new).await?.worker
        }
    };
    Ok(Worker { id, name: name.to_owned(), session: app.clock.id(), person: None, posts })
}
