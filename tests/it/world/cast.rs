//! The people of the stories: three residents with WeChat, the child of one of them, and a worker at each desk.

use chrono::{Days, Months, NaiveDate};
use zeroize::Zeroizing;
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
use zhucan::platform::wechat_stand_in::{NewUser, Shared};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use zhucan::rules::identity::{PhoneNumber, invent};
use zhucan::rules::lifecycle::Role;
use zhucan::rules::names::PersonName;
use zhucan::services::certificate::desk::ASSESSOR;

/// Their mini-program.
pub const APPID: &str = "wx000000000stories";
/// Its secret, known to the stand-in only.
pub const SECRET: &str = "secret-of-the-stories";
/// Its subscribe message.
pub const TEMPLATE: &str = "story_case_progress";
/// Password of all workers.
pub const PASSWORD: &str = "stories-only-password";

const COUNTY: &str = "990101000000";
const TOWN: &str = "990101100000";
const VILLAGE: &str = "990101100200";

/// A card that a resident holds.
#[derive(Clone, Copy)]
struct CastCard {
    category: Category,
    level: Level,
    /// Days until it expires.
    days: u64,
}

/// A resident of the stories.
struct Resident {
    /// The WeChat user, as the stand-in names them.
    handle: &'static str,
    name: &'static str,
    /// Age in years.
    years: u32,
    /// Of the ID number.
    serial: u16,
    phone: &'static str,
    card: Option<CastCard>,
}

const RESIDENTS: [Resident; 3] = [
    Resident {
        handle: "lin-xiaoyu",
        name: "林小雨",
        years: 20,
        serial: 901,
        phone: "13800000001",
        card: Some(CastCard { category: Category::Hearing, level: Level::Two, days: 2000 }),
    },
    Resident { handle: "chen-xiuying", name: "陈秀英", years: 41, serial: 902, phone: "13800000002", card: None },
    Resident {
        handle: "zhao-tiezhu",
        name: "赵铁柱",
        years: 52,
        serial: 903,
        phone: "13800000003",
        card: Some(CastCard { category: Category::Physical, level: Level::Three, days: 90 }),
    },
];

const WORKERS: [(&str, &str, Role, &str); 7] = [
    ("village", "孙村长青", Role::Commissioner, VILLAGE),
    ("town", "周镇平", Role::TownOfficer, TOWN),
    ("county", "吴县宁", Role::CountyOfficer, COUNTY),
    ("finance", "郑财敏", Role::FinanceOfficer, COUNTY),
    ("assessor", "王医生", ASSESSOR, COUNTY),
    ("auditor", "冯审计", Role::Auditor, COUNTY),
    ("admin", "陈管理", Role::Administrator, "990000000000"),
];

/// Adds the residents to the stand-in, which starts empty.
pub fn introduce(stand_in: &Shared) {
    stand_in.add_app(APPID, SECRET);
    stand_in.add_template(TEMPLATE);
    for resident in RESIDENTS {
        let phone = Some(resident.phone.to_owned());
        stand_in.add_user(NewUser { name: resident.handle.to_owned(), phone, ..NewUser::default() });
        stand_in.grant_credit(APPID, resident.handle, TEMPLATE, 20);
    }
}

/// Makes workers, persons and accounts in a database that has the areas and policies.
pub async fn load(app: &App, stand_in: &Shared) {
    for (username, name, role, area) in WORKERS {
        let posts = vec![Post { role, area: AreaCode::parse(area).unwrap(), point: None, lead: false }];
        let password = Zeroizing::new(PASSWORD.to_owned());
        let new = NewWorker { username: username.into(), name: name.into(), password, posts, person: None };
        staffing::add(app, new).await.unwrap();
    }
    for resident in RESIDENTS {
        enter(app, stand_in, resident).await;
    }
    ward(app, stand_in).await;
}

/// A resident of the register who once signed in and confirmed their identity by phone.
async fn enter(app: &App, stand_in: &Shared, resident: Resident) {
    let born = years_ago(app, resident.years);
    let person = new_person(app, resident.name, born, resident.serial, Some(resident.phone));
    let card = resident.card.map(|card| card_of(app, &person, card));
    let who = WeChatName::new(app, APPID, &stand_in.openid_of(APPID, resident.handle), None).unwrap();
    let phone = PhoneNumber::parse(resident.phone).unwrap();
    let keys = app.keys.clone();
    let at = Occasion { now: app.clock.now(), link: app.clock.id() };
    let written = app.db.write(move |c| {
        persons::insert(c, &keys, &person)?;
        if let Some(card) = &card {
            register::issue(c, &keys, card)?;
        }
        let (account, _) = who.account(c)?;
        let said = Claimed { name: &person.name, id_number: &person.id_number };
        identity::claim(c, &keys, account.id, said, account.version, at)?;
        identity::set_phone(c, &keys, account.id, &phone, at)?;
        Ok(())
    });
    written.await.unwrap();
}

/// The second resident's daughter: nine years old, with a card; the link was confirmed by the town.
async fn ward(app: &App, stand_in: &Shared) {
    let child = new_person(app, "刘朵朵", years_ago(app, 9), 904, None);
    let card = card_of(app, &child, CastCard { category: Category::Physical, level: Level::One, days: 1500 });
    let mother = invent("990101", years_ago(app, 41), 902).unwrap();
    let who = WeChatName::new(app, APPID, &stand_in.openid_of(APPID, "chen-xiuying"), None).unwrap();
    let keys = app.keys.clone();
    let now = app.clock.now();
    let today = beijing_date(app.clock.now());
    let town = Post { role: Role::TownOfficer, area: AreaCode::parse(TOWN).unwrap(), point: None, lead: false };
    let link_id = app.clock.id();
    let kin_id = app.clock.id();
    let session = app.clock.id();
    let written = app.db.write(move |c| {
        persons::insert(c, &keys, &child)?;
        register::issue(c, &keys, &card)?;
        let mother = persons::find_by_id_hash(c, &persons::id_hash(&keys, &mother))?.unwrap();
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
            area: child.area,
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
    });
    written.await.unwrap();
}

fn new_person(app: &App, name: &str, born: NaiveDate, serial: u16, phone: Option<&str>) -> NewPerson {
    NewPerson {
        id: app.clock.id(),
        area: AreaCode::parse(VILLAGE).unwrap(),
        name: PersonName::parse(name).unwrap(),
        id_number: invent("990101", born, serial).unwrap(),
        phone: phone.map(|phone| PhoneNumber::parse(phone).unwrap()),
        address: Some("宋疃村示例路1号".to_owned()),
        household: Some(format!("household-{serial}")),
        at: app.clock.now(),
    }
}

fn card_of(app: &App, person: &NewPerson, held: CastCard) -> NewCertificate {
    let expires_on = beijing_date(app.clock.now()) + Days::new(held.days);
    NewCertificate {
        id: app.clock.id(),
        person: person.id,
        county: AreaCode::parse(COUNTY).unwrap(),
        number: CertificateNumber::compose(person.id_number.clone(), held.category, held.level, None).unwrap(),
        components: Vec::new(),
        issued_on: expires_on - Months::new(120),
        expires_on,
        granted_by: GrantedBy::Hospital,
        irreversible: false,
        case_id: None,
        at: app.clock.now(),
    }
}

/// Five months before a birthday of that many years.
fn years_ago(app: &App, years: u32) -> NaiveDate {
    beijing_date(app.clock.now()) - Months::new(years * 12 + 5)
}
