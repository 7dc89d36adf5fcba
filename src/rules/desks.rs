//! Desks and the roles that serve them: the office's own, and those that services declare.

use std::cell::Cell;
use std::sync::{PoisonError, RwLock};

use super::areas::AreaLevel;

/// Which cases the holder of a post knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// All cases of the post's area, wherever they lie.
    Area,
    /// What lies at the post's point, which is one of the points of the service that declares the desk.
    Point,
    /// What lies on the desk itself, within the post's area.
    Handed,
}

/// A desk that a service has beside those of the office, with the role that serves it. No two desks share a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnDesk {
    /// As stored and as sent.
    pub code: &'static str,
    pub label: &'static str,
    /// Of the role, as stored and as sent.
    pub role_code: &'static str,
    pub role_label: &'static str,
    /// How wide one desk is: one for each village, town, county or city.
    pub level: AreaLevel,
    pub reach: Reach,
    /// What follows the name of the county's office on a paper from this desk; empty where the county itself speaks.
    pub signs_as: &'static str,
}

/// Every desk that some registry of this process declared. It only grows.
static DECLARED: RwLock<Vec<&'static OwnDesk>> = RwLock::new(Vec::new());

thread_local! {
    static LISTED: Cell<Option<Vec<&'static OwnDesk>>> = const { Cell::new(None) };
}

/// Makes the codes of a service's desk known to whatever reads a stored or sent role or desk. The first desk of a code stays.
pub fn declare(own: &'static OwnDesk) {
    let known = |all: &[&OwnDesk]| all.iter().any(|one| one.code == own.code || one.role_code == own.role_code);
    let mut all = DECLARED.write().unwrap_or_else(PoisonError::into_inner);
    if !known(&all) {
        all.push(own);
    }
}

/// Runs `make` so that `Role::all`, `Desk::all` and their schemas name these desks besides the office's, and no other of
/// this process. The document of one registry is made so: schemas are made of types alone, which know no registry.
pub fn listing<T>(own: Vec<&'static OwnDesk>, make: impl FnOnce() -> T) -> T {
    let before = LISTED.replace(Some(own));
    let made = make();
    LISTED.set(before);
    made
}

/// What `listing` says on this thread, else all that were declared.
fn listed() -> Vec<&'static OwnDesk> {
    let here = LISTED.take();
    LISTED.set(here.clone());
    here.unwrap_or_else(|| DECLARED.read().unwrap_or_else(PoisonError::into_inner).clone())
}

fn declared(is_it: impl Fn(&OwnDesk) -> bool) -> Option<&'static OwnDesk> {
    DECLARED.read().unwrap_or_else(PoisonError::into_inner).iter().copied().find(|own| is_it(own))
}

/// Declares an enum like `coded_enum!` with one more variant, for what services declare: code and label are these fields.
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident, own: $own_code:ident, $own_label:ident {
        $($variant:ident = $code:literal, $label:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $(#[doc = $label] $variant,)+
            /// Declared by a service.
            Own(&'static OwnDesk),
        }

        impl $name {
            /// Those of the office, in the order of their declaration.
            pub const OFFICE: &'static [Self] = &[$(Self::$variant),+];

            /// Those of the office, then those that services declare.
            pub fn all() -> Vec<Self> {
                Self::OFFICE.iter().copied().chain(listed().into_iter().map(Self::Own)).collect()
            }

            /// The stable snake_case code, as stored and as sent.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ Self::Own(own) => own.$own_code }
            }

            /// The value of a code, or `None` when neither the office nor a declared desk has it.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => declared(|own| own.$own_code == code).map(Self::Own),
                }
            }

            /// The Chinese words that residents and caseworkers read.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ Self::Own(own) => own.$own_label }
            }
        }

        impl $crate::rules::coded::Coded for $name {
            fn code(&self) -> &'static str {
                $name::code(*self)
            }

            fn label(&self) -> &'static str {
                $name::label(*self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let code = <String as serde::Deserialize>::deserialize(from)?;
                $name::from_code(&code).ok_or_else(|| serde::de::Error::unknown_variant(&code, &[]))
            }
        }

        /// In the contract: every code, each with its words.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let all = $name::all();
                let told: Vec<String> = all.iter().map(|one| format!("{} {}", one.code(), one.label())).collect();
                utoipa::openapi::schema::Object::builder()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(all.into_iter().map($name::code)))
                    .description(Some(told.join("；")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

open_enum! {
    /// In what capacity somebody stands before a case.
    pub enum Role, own: role_code, role_label {
        Applicant = "applicant", "申请人";
        Commissioner = "commissioner", "村（社区）专职委员";
        TownOfficer = "town_officer", "镇（街道）残联";
        CountyOfficer = "county_officer", "县（区）残联";
        CityOfficer = "city_officer", "市残联";
        FinanceOfficer = "finance_officer", "财务";
        Auditor = "auditor", "审计员";
        Administrator = "administrator", "系统管理员";
        System = "system", "系统";
    }
}

open_enum! {
    /// The function of a desk. With an area it names the organisation that must act now.
    pub enum Desk, own: code, label {
        Village = "village", "村（社区）";
        Town = "town", "镇（街道）残联";
        County = "county", "县（区）残联";
        City = "city", "市残联";
        Finance = "finance", "县（区）残联财务";
    }
}

impl Desk {
    /// The role that serves this desk.
    pub fn role(self) -> Role {
        match self {
            Desk::Village => Role::Commissioner,
            Desk::Town => Role::TownOfficer,
            Desk::County => Role::CountyOfficer,
            Desk::City => Role::CityOfficer,
            Desk::Finance => Role::FinanceOfficer,
            Desk::Own(own) => Role::Own(own),
        }
    }

    /// How wide one desk of this function is.
    pub fn level(self) -> AreaLevel {
        match self {
            Desk::Village => AreaLevel::Village,
            Desk::Town => AreaLevel::Town,
            Desk::County | Desk::Finance => AreaLevel::County,
            Desk::City => AreaLevel::City,
            Desk::Own(own) => own.level,
        }
    }

    /// The desk stands at points of a service, each with its own workers.
    pub fn at_points(self) -> bool {
        self.role().reach() == Reach::Point
    }
}

impl Role {
    /// The desk that this role serves, if it serves one.
    pub fn desk(self) -> Option<Desk> {
        match self {
            Role::Own(own) => Some(Desk::Own(own)),
            _ => Desk::OFFICE.iter().copied().find(|d| d.role() == self),
        }
    }

    /// Which cases a post of this role knows of.
    pub fn reach(self) -> Reach {
        if let Role::Own(own) = self { own.reach } else { Reach::Area }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    static KILN: OwnDesk = OwnDesk {
        code: "kiln",
        label: "窑",
        role_code: "potter",
        role_label: "陶工",
        level: AreaLevel::Town,
        reach: Reach::Handed,
        signs_as: "",
    };
    static OTHER_KILN: OwnDesk = OwnDesk { label: "另一座窑", ..KILN };

    #[test]
    fn a_declared_desk_is_read_written_and_listed_like_those_of_the_office() {
        assert_eq!(Desk::from_code("kiln"), None);
        declare(&KILN);
        declare(&OTHER_KILN);
        assert_eq!(Desk::from_code("kiln"), Some(Desk::Own(&KILN)));
        assert_eq!(Role::from_code("potter").and_then(Role::desk), Some(Desk::Own(&KILN)));
        assert_eq!(serde_json::to_string(&Role::Own(&KILN)).unwrap(), "\"potter\"");
        assert_eq!(serde_json::from_str::<Desk>("\"kiln\"").unwrap(), Desk::Own(&KILN));
        let refused = serde_json::from_str::<Desk>("\"nowhere\"").unwrap_err().to_string();
        assert!(refused.starts_with("unknown variant"), "{refused}");
        assert!(Role::all().contains(&Role::Own(&KILN)));
        assert_eq!(listing(Vec::new(), Role::all), Role::OFFICE);
    }
}
