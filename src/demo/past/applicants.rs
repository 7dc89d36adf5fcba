//! Who applies: the person themself, or the parent or guardian; with an account, and with links that a worker confirmed.

use chrono::NaiveDate;

use super::scene::Setting;
use crate::demo::cast::APPID;
use crate::demo::province::people::{Family, Invented};
use zhucan::office::accounts::guards::Worker;
use zhucan::office::accounts::identity::{self, Claimed, Occasion};
use zhucan::office::accounts::link_desk::{self, Decision, Verdict};
use zhucan::office::accounts::links::{NewLink, Relation};
use zhucan::office::accounts::residents::{Identity, WeChatName};
use zhucan::office::cases::service::Office;
use zhucan::office::people::kin::KinKind;
use zhucan::office::people::persons;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::id::Id;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::identity::{CitizenId, PhoneNumber};
use zhucan::rules::names::PersonName;

/// Somebody of the register as the invention knows them.
#[derive(Clone)]
pub struct Known {
    pub name: PersonName,
    pub id_number: CitizenId,
    phone: Option<PhoneNumber>,
}

impl Known {
    fn of(member: &Invented) -> Known {
        Known { name: member.name.clone(), id_number: member.id_number.clone(), phone: member.phone.clone() }
    }
}

/// Somebody of a family, by the place in its members.
#[derive(Clone, Copy)]
pub struct MemberOf<'a> {
    pub family: &'a Family,
    pub at: usize,
}

/// An applicant: the person of the case, and whoever signs in for them.
#[derive(Clone)]
pub struct Applicant {
    /// Whom the case is about.
    pub person: Known,
    /// Who signs in for them, and what the person is to that one.
    other: Option<(Known, Relation)>,
    account: WeChatName,
    area: AreaCode,
}

impl Applicant {
    /// The applicant for a member of a family on that day. A minor, and whoever holds (or asks for) a card of certain
    /// categories, needs a parent or guardian.
    pub fn of(setting: &Setting, member: MemberOf<'_>, day: NaiveDate) -> Result<Applicant> {
        let MemberOf { family, at } = member;
        let member = family.members.get(at).ok_or_else(|| Error::internal("no such member of a family"))?;
        let guarded = member.id_number.is_minor_on(day) || member.card.as_ref().is_some_and(|k| k.needs_guardian());
        let kin = family.kin.iter().filter(|k| k.0 == at).find_map(|k| Some((family.members.get(k.1)?, k.2)));
        let other = match kin.filter(|_| guarded) {
            Some((parent, KinKind::Parent)) => Some((Known::of(parent), Relation::Child)),
            Some((guardian, KinKind::Guardian)) => Some((Known::of(guardian), Relation::Ward)),
            _ => None,
        };
        let person = Known::of(member);
        let openid =
            format!("demo-{}", hex::encode(persons::id_hash(&setting.keys, &other.as_ref().map_or(&person, |o| &o.0).id_number)));
        let account = WeChatName::new(&setting.instance_on(day), APPID, &openid, None)?;
        Ok(Applicant { person, other, account, area: family.area })
    }

    /// Signs in, proves who they are (by the phone on record, or before the worker), and has the link confirmed; what
    /// was done for another case is found. Answers the account and the person.
    pub fn sign_in(&self, c: &mut AnyConn, office: &Office, worker: &Worker) -> Result<(Id, Id)> {
        let (account, _) = self.account.account(c)?;
        let own = self.other.as_ref().map_or(&self.person, |o| &o.0);
        if account.identity == Identity::Unknown {
            let at = Occasion { now: office.now, link: Id::at(office.now) };
            let said = Claimed { name: &own.name, id_number: &own.id_number };
            let claimed = identity::claim(c, &office.keys, account.id, said, account.version, at)?;
            match &own.phone {
                Some(phone) => identity::set_phone(c, &office.keys, account.id, phone, at)?,
                None => identity::confirm_in_person(c, &office.keys, worker, account.id, &own.id_number, claimed.version, at)?,
            };
        }
        let person = persons::find_by_id_hash(c, &persons::id_hash(&office.keys, &self.person.id_number))?;
        let person = person.ok_or_else(|| Error::internal("an invented person is not on record"))?.id;
        if let Some((_, relation)) = self.other {
            self.link(c, office, worker, account.id, relation)?;
        }
        Ok((account.id, person))
    }

    fn link(&self, c: &mut AnyConn, office: &Office, worker: &Worker, account: Id, relation: Relation) -> Result<()> {
        let link = NewLink {
            id: Id::at(office.now),
            account,
            name: self.person.name.clone(),
            id_number: self.person.id_number.clone(),
            relation,
            evidence: "户口簿".to_owned(),
            area: self.area,
            today: office.today(),
            now: office.now,
        };
        let link = link.claim(c, &office.keys)?;
        let today = office.today().to_string();
        let now = office.now;
        let decision = Decision { verdict: Verdict::Confirm, version: link.version, last_day: None, today, now };
        link_desk::decide(c, worker, link.id, &decision)?;
        Ok(())
    }
}
