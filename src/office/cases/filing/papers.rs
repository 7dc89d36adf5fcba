//! Papers of a case: one row a file, tied to a required material, in a final state once it is stored.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::drafts;
use crate::labelled;
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::mandates;
use crate::office::cases::moving::corrections;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::platform::crypto::{DataKey, LINK_LIFE_MS, Link, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Faults, Result};
use crate::platform::files::Variant;
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    papers (id) {
        id -> Binary,
        owner_account -> Nullable<Binary>,
        person_id -> Binary,
        case_id -> Binary,
        material -> Text,
        state -> Text,
        kind -> Text,
        bytes -> BigInt,
        width -> BigInt,
        height -> BigInt,
        pages -> BigInt,
        sha256 -> Binary,
        file_id -> Binary,
        file_key -> Binary,
        has_thumbnail -> Bool,
        alt_text -> Binary,
        uploaded_at -> BigInt,
    }
}

coded_enum! {
    /// Whether a paper stands.
    pub enum PaperState {
        Received = "received", "已收到";
        Withdrawn = "withdrawn", "已删除";
    }
}

crate::text_columns!(PaperState);

/// A stored file of a case.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = papers, treat_none_as_default_value = false)]
pub struct Paper {
    pub id: Id,
    pub owner_account: Option<Id>,
    pub person_id: Id,
    pub case_id: Id,
    pub material: String,
    pub state: PaperState,
    /// Media type.
    pub kind: String,
    pub bytes: i64,
    pub width: i64,
    pub height: i64,
    pub pages: i64,
    pub sha256: Vec<u8>,
    /// The file in the vault; papers that were re-used share it.
    pub file_id: Id,
    pub file_key: Vec<u8>,
    pub has_thumbnail: bool,
    pub alt_text: Vec<u8>,
    pub uploaded_at: Moment,
}

/// A paper as people see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaperView {
    pub id: Id,
    #[schema(example = "household_register")]
    pub material: String,
    pub state: Labelled<PaperState>,
    #[schema(example = "image/jpeg")]
    pub kind: String,
    pub bytes: i64,
    pub pages: i64,
    /// In words, for those who cannot see the picture.
    #[schema(example = "户口簿首页")]
    pub alt_text: String,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub uploaded_at: String,
    /// Five-minute link for `<image>`; none for PDF, and none for a worker who may not look.
    pub thumbnail_url: Option<String>,
    /// Five-minute link to the file; none for a worker who may know that it is there, but not look.
    pub download_url: Option<String>,
}

/// Who sees a paper, and what their links say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    Applicant,
    /// Each download is written down.
    Worker(Id),
    /// Sees that it is there, without links.
    Outsider,
}

impl From<&Filer> for Viewer {
    fn from(who: &Filer) -> Viewer {
        match who {
            Filer::Resident(_) => Viewer::Applicant,
            Filer::Officer(worker) => Viewer::Worker(worker.id),
        }
    }
}

impl Viewer {
    /// As what the reader of a case sees its papers.
    pub fn of(case: &Case, reader: Option<&Actor>) -> Viewer {
        match reader {
            Some(Actor::Applicant(_)) => Viewer::Applicant,
            Some(Actor::OnBehalf(worker)) => Viewer::Worker(worker.id),
            Some(Actor::Worker(worker)) if case.post_for_papers(worker).is_some() => Viewer::Worker(worker.id),
            _ => Viewer::Outsider,
        }
    }
}

impl Paper {
    /// The key of its file.
    pub fn key(&self, office: &Office) -> Result<DataKey> {
        Ok(office.keys.open_data_key(&Place::new("papers", "file_key", self.file_id.as_bytes()), &self.file_key)?)
    }

    /// Nobody took it back: what was deleted is shown to nobody, by no link that was given before.
    pub fn stands(&self) -> bool {
        self.state == PaperState::Received
    }

    /// The same file as a paper of another case of the person, under `id`.
    ///
    /// # Errors
    /// 50000 when a key is missing.
    pub fn again(self, office: &Office, id: Id, case: &Case, material: &str) -> Result<Paper> {
        let alt = office.keys.open_text(&Place::new("papers", "alt_text", self.id.as_bytes()), &self.alt_text)?;
        Ok(Paper {
            id,
            owner_account: case.filing.applicant_id,
            case_id: case.id,
            material: material.to_owned(),
            alt_text: office.keys.seal_text(&Place::new("papers", "alt_text", id.as_bytes()), &alt)?,
            uploaded_at: office.now,
            ..self
        })
    }

    /// As this viewer sees it.
    pub fn view(&self, office: &Office, viewer: Viewer) -> Result<PaperView> {
        let alt = office.keys.open_text(&Place::new("papers", "alt_text", self.id.as_bytes()), &self.alt_text)?;
        let until = office.now.saturating_add(LINK_LIFE_MS);
        let file = self.id.to_string();
        let holder = if let Viewer::Worker(id) = viewer { id.to_string() } else { String::new() };
        let link = |v: Variant| {
            let signed = office.keys.sign_link(&Link { file: &file, variant: v.code(), holder: &holder, expires_ms: until.ms() });
            (viewer != Viewer::Outsider && self.stands()).then(|| format!("/api/v1/files/{file}?variant={}&{signed}", v.code()))
        };
        Ok(PaperView {
            id: self.id,
            material: self.material.clone(),
            state: labelled!(self.state),
            kind: self.kind.clone(),
            bytes: self.bytes,
            pages: self.pages,
            alt_text: alt,
            uploaded_at: rfc3339(self.uploaded_at),
            thumbnail_url: link(Variant::Thumbnail).filter(|_| self.has_thumbnail),
            download_url: link(Variant::Full),
        })
    }
}

/// A paper by its id, received or not.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Option<Paper>> {
    let found = papers::table.find(id).select(<Paper as Selectable<MultiBackend>>::construct_selection());
    Ok(found.get_result(c).optional()?)
}

/// A row still names this file; a withdrawn paper keeps its file until its case is erased.
pub fn names_file(c: &mut AnyConn, file: Id) -> Result<bool> {
    let rows: i64 = papers::table.filter(papers::file_id.eq(file)).count().get_result(c)?;
    Ok(rows > 0)
}

/// The received papers of a case, in the order of upload.
pub fn of(c: &mut AnyConn, case: Id) -> Result<Vec<Paper>> {
    let received = papers::table.filter(papers::case_id.eq(case).and(papers::state.eq(PaperState::Received)));
    let rows = received.order((papers::material, papers::uploaded_at, papers::id));
    Ok(rows.select(<Paper as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The same, as this viewer sees them.
pub fn views_of(c: &mut AnyConn, office: &Office, case: &Case, viewer: Viewer) -> Result<Vec<PaperView>> {
    of(c, case.id)?.iter().map(|p| p.view(office, viewer)).collect()
}

/// Materials for which at least one paper was received.
pub fn materials_of(c: &mut AnyConn, case: Id) -> Result<Vec<String>> {
    Ok(of(c, case)?.into_iter().map(|p| p.material).collect())
}

/// Whose papers a filer may use again: the account's own; an officer, those of the account of whoever gave the mandate,
/// or what was handed over before by somebody without an account.
pub fn owner_for(c: &mut AnyConn, who: &Filer, person: Id, now: Moment) -> Result<Option<Id>> {
    match who {
        Filer::Resident(account) => Ok(Some(*account)),
        Filer::Officer(worker) => Ok(mandates::strongest(c, worker.id, person, now)?.and_then(|m| m.giver_account)),
    }
}

/// A paper that the filer may use again in this case.
///
/// # Errors
/// 10006 for a paper of somebody else, or one that was taken back.
pub fn reusable(c: &mut AnyConn, who: &Filer, case: &Case, paper: Id, now: Moment) -> Result<Paper> {
    let owner = owner_for(c, who, case.person_id, now)?;
    let found = find(c, paper)?.filter(|p| p.owner_account == owner && p.person_id == case.person_id);
    found.filter(Paper::stands).ok_or_else(Error::not_found)
}

/// A page of a person's papers from all cases of this owner, newest first, for re-use; one more than `limit` when there
/// are more.
pub fn of_person(c: &mut AnyConn, owner: Option<Id>, person: Id, after: Option<After>, limit: i64) -> Result<Vec<Paper>> {
    let mine = papers::person_id.eq(person).and(papers::state.eq(PaperState::Received));
    let mut page = papers::table.filter(mine).into_boxed::<MultiBackend>();
    page = match owner {
        Some(account) => page.filter(papers::owner_account.eq(account)),
        None => page.filter(papers::owner_account.is_null()),
    };
    if let Some(a) = after {
        page = page.filter(papers::uploaded_at.lt(a.at).or(papers::uploaded_at.eq(a.at).and(papers::id.lt(a.id))));
    }
    let rows = page.order((papers::uploaded_at.desc(), papers::id.desc())).limit(limit.saturating_add(1));
    Ok(rows.select(<Paper as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The case takes a paper for this material now, and there is room for another page. Gives the words of the material.
pub fn room_for(c: &mut AnyConn, office: &Office, case: &Case, material: &str) -> Result<String> {
    drafts::editable(c, office, case, &format!("material:{material}"))?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let mut faults = Faults::new();
    let asked = policy.materials.iter().find(|m| m.code == material);
    match asked {
        None => faults.push("/material", "材料", "unknown_material", "不需要这种材料。", "请从材料清单中选择。"),
        Some(m) => {
            let there = of(c, case.id)?.iter().filter(|p| p.material == material).count();
            if u32::try_from(there).unwrap_or(u32::MAX) >= m.max_pages {
                let reason = format!("这份材料最多上传{}页。", m.max_pages);
                faults.push("/material", &m.label, "too_many_pages", &reason, "请先删除不要的页，再上传新的。");
            }
        }
    }
    faults.settle()?;
    Ok(asked.map(|m| m.label.clone()).unwrap_or_default())
}

/// Stores the row of a file that lies in the vault.
pub fn add(c: &mut AnyConn, office: &Office, case: &Case, paper: &Paper) -> Result<()> {
    room_for(c, office, case, &paper.material)?;
    diesel::insert_into(papers::table).values(paper.clone()).execute(c)?;
    corrections::answered(c, case, &format!("material:{}", paper.material), office.now)
}

/// Takes a paper back while its case may change.
pub fn withdraw(c: &mut AnyConn, office: &Office, case: &Case, paper: &Paper) -> Result<()> {
    drafts::editable(c, office, case, &format!("material:{}", paper.material))?;
    let row = papers::table.filter(papers::id.eq(paper.id).and(papers::state.eq(PaperState::Received)));
    let changed = diesel::update(row).set(papers::state.eq(PaperState::Withdrawn)).execute(c)?;
    if changed == 1 { Ok(()) } else { Err(Error::not_found()) }
}

/// What a worker took in for somebody without an account is theirs to use again, now that they have one.
pub fn given_to(c: &mut AnyConn, case: Id, account: Id) -> Result<()> {
    let theirs = papers::table.filter(papers::case_id.eq(case).and(papers::owner_account.is_null()));
    diesel::update(theirs).set(papers::owner_account.eq(Some(account))).execute(c)?;
    Ok(())
}
