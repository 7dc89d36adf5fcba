//! Which posts an administrator may give: a role of the office, an area of the administrator's own, a point of the service.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::guards::{Post, Worker};
use crate::office::cases::service::{Service, Services};
use crate::office::people::persons;
use crate::office::policy::areas;
use crate::platform::db::AnyConn;
use crate::platform::error::{Faults, Result};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::desks::Reach;
use crate::rules::lifecycle::Role;

/// A post as it is asked for.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostForm {
    role: Role,
    /// Twelve digits; the post holds for all areas below it.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101100000")]
    area: AreaCode,
    /// The point that the post serves, where its role serves one.
    point: Option<Id>,
    /// Leads the desk: may take over what a colleague has claimed.
    #[serde(default)]
    lead: bool,
}

/// The posts, when the administrator may give all of them; 10002 with everything that is wrong otherwise.
///
/// # Errors
/// 10002.
pub fn checked(c: &mut AnyConn, services: &Services, admin: &Worker, forms: &[PostForm], today: NaiveDate) -> Result<Vec<Post>> {
    let mut faults = Faults::new();
    let mut posts = Vec::with_capacity(forms.len());
    for (at, form) in forms.iter().enumerate() {
        let mut fault = |field: &str, label: &str, code: &str, reason: &str, way_out: &str| {
            faults.push(&format!("/posts/{at}/{field}"), label, code, reason, way_out);
        };
        if matches!(form.role, Role::Applicant | Role::System) {
            fault("role", "岗位类型", "no_post", "这不是工作人员的岗位。", "请从岗位列表中选择。");
        }
        if !admin.covers(Role::Administrator, &form.area) {
            fault("area", "地区", "out_of_scope", "这个地区不在您的管辖范围内。", "请选择您管辖范围内的地区。");
        } else if !areas::exists_on(c, &form.area, today)? {
            fault("area", "地区", "unknown_area", "没有这个地区。", "请核对十二位代码，或先导入行政区划。");
        } else if form.role.reach() == Reach::Point && !point_lies_there(c, services, form)? {
            fault(
                "point",
                "网点",
                "unknown_point",
                "这个地区没有这个网点。",
                "请选择本县（区）的网点，地区填网点所在的县（区）、镇或村。",
            );
        }
        if form.role.reach() != Reach::Point && form.point.is_some() {
            fault("point", "网点", "no_point", &no_point(services), "请把网点留空。");
        }
        let post = Post { role: form.role, area: form.area, point: form.point, lead: form.lead };
        let same = |p: &Post| (p.role, p.area, p.point) == (post.role, post.area, post.point);
        if posts.iter().any(same) {
            fault("role", "岗位类型", "repeated", "同一个岗位写了两次。", "请删去重复的一个。");
        }
        posts.push(post);
    }
    faults.settle().map(|()| posts)
}

/// Names the posts that have a point.
fn no_point(services: &Services) -> String {
    let at_points = services.own_desks().into_iter().filter(|own| own.reach == Reach::Point);
    let roles: Vec<&str> = at_points.map(|own| own.role_label).collect();
    if roles.is_empty() {
        "现在没有设网点的岗位。".to_owned()
    } else {
        format!("只有{}的岗位才有网点。", roles.join("、"))
    }
}

/// The point is one of the service that declares the role, and lies in the post's area.
fn point_lies_there(c: &mut AnyConn, services: &Services, form: &PostForm) -> Result<bool> {
    let Some(point) = form.point.filter(|_| form.area.level() >= AreaLevel::County) else { return Ok(false) };
    let serves = |service: &&dyn Service| service.desks().iter().any(|own| Role::Own(own) == form.role);
    for service in services.all().filter(serves) {
        let points = service.points(c, &persons::county_of(&form.area))?;
        if points.iter().any(|p| p.id == point && form.area.contains(&p.area)) {
            return Ok(true);
        }
    }
    Ok(false)
}
