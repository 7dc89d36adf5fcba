//! All settings of an installation.

/// What the operator decided; see `zhucan serve --help`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name in the issuer claim of tokens and in links.
    pub public_url: String,
    /// This is a demo folder: invented people, a movable clock.
    pub demo: bool,
    /// Template of subscribe messages for each kind of notice: (kind, template id).
    pub templates: Vec<(String, String)>,
    /// The oldest front end that still works, and the words for older ones; none when all do.
    pub min_client: Option<(String, String)>,
}

impl Settings {
    /// The WeChat template for a kind of notice, when one is configured.
    pub fn template(&self, kind: &str) -> Option<&str> {
        self.templates.iter().find(|(k, _)| k == kind).map(|(_, id)| id.as_str())
    }
}
