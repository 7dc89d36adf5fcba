//! Figures for those who answer for an area, as JSON and as workbooks.

pub mod desk; // each report as JSON
pub mod xlsx; // each report as a workbook
pub mod yearly; // the yearly report as both

use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this folder.
pub fn routes(cfg: &mut ServiceConfig) {
    desk::routes(cfg);
    yearly::routes(cfg);
    xlsx::routes(cfg);
}
