//! The people of the demo: residents with WeChat, and a worker for each desk. All invented; made by the office's own functions.

use zeroize::Zeroizing;

use chrono::{Days, Months, NaiveDate};
use zhucan::office::accounts::guards::{Post, Worker};
use zhucan::office::accounts::identity::{self, Claimed, Occasion};
use zhucan::office::accounts::link_desk::{self, Decision, Verdict};
use zhucan::office::accounts::links::{NewLink, Relation};
use zhucan::office::accounts::residents::WeChatName;
use zhucan::office::accounts::staff_admin;
use zhucan::office::administration::staffing;
use zhucan::office::administration::staffing::NewWorker;
use zhucan::office::people::kin::{self, KinEvidence, KinKind, NewKinship};
use zhucan::office::people::persons::{self, NewPerson};
use zhucan::office::people::register::{self, NewCertificate};
use zhucan::platform::app::App;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::facts;
use zhucan::platform::wechat_stand_in::{NewUser, Shared};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use zhucan::rules::identity::{PhoneNumber, invent};
use zhucan::rules::lifecycle::Role;
use zhucan::rules::names::PersonName;
use zhucan::services::certificate::desk::ASSESSOR;

/// The mini-program of the demo.
pub const APPID: &str = "wx00000000000demo0";
/// Its secret, known to the stand-in only.
pub const SECRET: &str = "demo-secret-known-to-the-stand-in-only";
/// The subscribe message of the demo.
pub const TEMPLATE: &str = "demo_case_progress";
/// Password of all demo workers.
pub const PASSWORD: &str = "demo-only-password";

const COUNTY: &str = "990101000000";
const TOWN: &str = "990101100000";
const VILLAGE: &str = "990101100200";

/// A card that a resident holds.
#[derive(Clone, Copy)]
pub struct CastCard {
    category: Category,
    level: Level,
    /// Days until it expires.
    days: u64,
}

/// A resident of the demo: WeChat handle, name, born how many years ago, what card they hold.
pub struct Resident {
    pub handle: &'static str,
    pub name: &'static str,
    pub part: &'static str,
    years: u32,
    serial: u16,
    phone: &'static str,
    card: Option<CastCard>,
}

/// Who signs in with WeChat.
pub const RESIDENTS: [Resident; 3] = [
    Resident {
        handle: "lin-xiaoyu",
        name: "林小雨",
        part: "居民：残疾大学生，为自己申请教育救助",
        years: 20,
        serial: 901,
        phone: "13800000001",
        card: Some(CastCard { category: Category::Hearing, level: Level::Two, days: 2000 }),
    },
    Resident {
        handle: "chen-xiuying",
        name: "陈秀英",
        part: "监护人：为女儿借轮椅",
        years: 41,
        serial: 902,
        phone: "13800000002",
        card: None,
    },
    Resident {
        handle: "zhao-tiezhu",
        name: "赵铁柱",
        part: "居民：残疾人证快到期，申请换证",
        years: 52,
        serial: 903,
        phone: "13800000003",
        card: Some(CastCard { category: Category::Physical, level: Level::Three, days: 90 }),
    },
];

/// User name, name, role and area of each demo worker. The point keeper is added with the rental points.
pub const WORKERS: [(&str, &str, Role, &str); 7] = [
    ("village", "孙村长青", Role::Commissioner, VILLAGE),
    ("town", "周镇平", Role::TownOfficer, TOWN),
    ("county", "吴县宁", Role::CountyOfficer, COUNTY),
    ("finance", "郑财敏", Role::FinanceOfficer, COUNTY),
    ("assessor", "王医生", ASSESSOR, COUNTY),
    ("auditor", "冯审计", Role::Auditor, COUNTY),
    ("admin", "陈管理", Role::Administrator, "990000000000"),
];

/// Puts the residents into the stand-in; at each start, since it remembers nothing.
pub fn introduce(stand_in: &Shared) {
    stand_in.add_app(APPID, SECRET);
    stand_in.add_template(TEMPLATE);
    for r in &RESIDENTS {
        let phone = Some(r.phone.to_owned());
        stand_in.add_user(NewUser { name: r.handle.to_owned(), phone, ..NewUser::default() });
        stand_in.grant_credit(APPID, r.handle, TEMPLATE, 20);
    }
}

/// Makes accounts, persons and workers once; a second call finds them.
pub async fn load(app: &App, stand_in: &Shared) -> Result<()> {
    if app.db.read(|c| facts::get(c, "demo_cast")).await?.is_some() {
        return Ok(());
    }
    for (username, name, role, area) in WORKERS {
        let posts = vec![Post { role, area: area_of(area)?, point: None, lead: false }];
        let password = Zeroizing::new(PASSWORD.to_owned());
        let new = NewWorker { username: username.into(), name: name.into(), password, posts, person: None };
        match staffing::add(app, new).await {
            // Made by a load that was cut off.
            Err(e) if e.details().iter().any(|d| d.code == "username_taken") => {}
            done => drop(done?),
        }
    }
    for r in &RESIDENTS {
        enter(app, stand_in, r).await?;
    }
    ward(app, stand_in).await?;
    app.db.write(|c| facts::set(c, "demo_cast", "done")).await
}

fn area_of(code: &str) -> Result<AreaCode> {
    AreaCode::parse(code).map_err(Error::internal)
}

fn new_person(app: &App, name: &str, born: NaiveDate, serial: u16, phone: Option<&str>) -> Result<NewPerson> {
    let today = beijing_date(app.clock.now());
    let phone = phone.map(PhoneNumber::parse).transpose().map_err(Error::internal)?;
    let id_number = invent("990101", born, serial).map_err(Error::internal)?;
    if id_number.birth_date() > today {
        return Err(Error::internal("a demo person is not born yet"));
    }
    Ok(NewPerson {
        id: app.clock.id(),
        area: area_of(VILLAGE)?,
        name: PersonName::parse(name).map_err(Error::internal)?,
        id_number,
        phone,
        address: Some("宋疃村示例路1号".to_owned()),
        household: Some(format!("demo-{serial}")),
        at: app.clock.now(),
    })
}

fn card_of(app: &App, person: &NewPerson, held: CastCard) -> Result<NewCertificate> {
    let today = beijing_date(app.clock.now());
    let expires_on = today.checked_add_days(Days::new(held.days)).unwrap_or(today);
    let issued_on = expires_on.checked_sub_months(Months::new(120)).unwrap_or(today);
    let number = CertificateNumber::compose(person.id_number.clone(), held.category, held.level, None);
    Ok(NewCertificate {
        id: app.clock.id(),
        person: person.id,
        county: area_of(COUNTY)?,
        number: number.ok_or_else(|| Error::internal("no certificate number"))?,
        components: Vec::new(),
        issued_on,
        expires_on,
        granted_by: GrantedBy::Hospital,
        irreversible: false,
        case_id: None,
        at: app.clock.now(),
    })
}

/// A resident of the register who once signed in and confirmed their identity by phone.
async fn enter(app: &App, stand_in: &Shared, r: &Resident) -> Result<()> {
    let born = years_ago(app, r.years);
    let person = new_person(app, r.name, born, r.serial, Some(r.phone))?;
    let card = r.card.map(|card| card_of(app, &person, card)).transpose()?;
    let who = WeChatName::new(app, APPID, &stand_in.openid_of(APPID, r.handle), None)?;
    let phone = PhoneNumber::parse(r.phone).map_err(Error::internal)?;
    let keys = app.keys.clone();
    let at = Occasion { now: app.clock.now(), link: app.clock.id() };
    app.db
        .write(move |c| {
            if persons::find_by_id_hash(c, &persons::id_hash(&keys, &person.id_number))?.is_some() {
                return Ok(());
            }
            persons::insert(c, &keys, &person)?;
            if let Some(card) = &card {
                register::issue(c, &keys, card)?;
            }
            let (account, _) = who.account(c)?;
            let said = Claimed { name: &person.name, id_number: &person.id_number };
            identity::claim(c, &keys, account.id, said, account.version, at)?;
            identity::set_phone(c, &keys, account.id, &phone, at)?;
            Ok(())
        })
        .await
}

fn years_ago(app: &App, years: u32) -> NaiveDate {
    let today = beijing_date(app.clock.now());
    today.checked_sub_months(Months::new(years.saturating_mul(12).saturating_add(5))).unwrap_or(today)
}

/// The guardian's daughter: nine years old, with a card; the link was confirmed by the town.
async fn ward(app: &App, stand_in: &Shared) -> Result<()> {
    let child = new_person(app, "刘朵朵", years_ago(app, 9), 904, None)?;
    let card = card_of(app, &child, CastCard { category: Category::Physical, level: Level::One, days: 1500 })?;
    let mother = invent("990101", years_ago(app, 41), 902).map_err(Error::internal)?;
    let who = WeChatName::new(app, APPID, &stand_in.openid_of(APPID, "chen-xiuying"), None)?;
    let keys = app.keys.clone();
    let now = app.clock.now();
    let today = beijing_date(app.clock.now());
    let town = Post { role: Role::TownOfficer, area: area_of(TOWN)?, point: None, lead: false };
    let link_id = app.clock.id();
    let kin_id = app.clock.id();
    let session = app.clock.id();
    app.db
        .write(move |c| {
            if persons::find_by_id_hash(c, &persons::id_hash(&keys, &child.id_number))?.is_some() {
                return Ok(());
            }
            persons::insert(c, &keys, &child)?;
            register::issue(c, &keys, &card)?;
            let mother = persons::find_by_id_hash(c, &persons::id_hash(&keys, &mother))?.ok_or_else(Error::not_found)?;
            let kinship = NewKinship {
                id: kin_id,
                person: child.id,
                relative: mother.id,
                kind: KinKind::Parent,
                valid_from: child.id_number.birth_date(),
                valid_to: None,
                evidence: KinEvidence::HouseholdRegister,
            };
            kin::add_kinship(c, &kinship)?;
            let (account, _) = who.account(c)?;
            let link = NewLink {
                id: link_id,
                account: account.id,
                name: child.name.clone(),
                id_number: child.id_number.clone(),
                relation: Relation::Child,
                evidence: "户口簿：母女".to_owned(),
                area: area_of(VILLAGE)?,
                today,
                now,
            };
            let link = link.claim(c, &keys)?;
            let id = staff_admin::worker_named(c, "town")?;
            let worker = Worker { id, name: String::new(), session, person: None, posts: vec![town.clone()] };
            let decision =
                Decision { verdict: Verdict::Confirm, version: link.version, last_day: None, today: today.to_string(), now };
            link_desk::decide(c, &worker, link.id, &decision)?;
            Ok(())
        })
        .await
}
