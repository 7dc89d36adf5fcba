//! What an office guide (办事指南) tells beyond desks, days and papers: who, cost, places, law, and how to complain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::coded::coded_enum;
use crate::rules::text::PlainText;
use crate::rules::typed::{all_kept, kept, kept_or_none};

/// The part of a county policy that only people read. Policies of before it are read as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuideFacts {
    /// Who can apply, a sentence each.
    #[serde(deserialize_with = "all_kept::<_, PlainText<0, 200>>")]
    #[schema(inline, value_type = Vec<PlainText<0, 200>>)]
    pub who: Vec<String>,
    /// When a paper is needed: the code of `Required::When`, and "…的" in plain words.
    pub conditions: Vec<ReasonOption>,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 200>>")]
    #[schema(value_type = String, max_length = 200)]
    pub cost: String,
    pub places: Vec<GuidePlace>,
    /// What happens after approval.
    pub afterwards: Vec<GuideStep>,
    pub basis: Vec<Basis>,
    pub complaints: Vec<Remedy>,
}

impl GuideFacts {
    /// Indexes of the bases that lack what is needed to check them: a law must be cited with its article and words.
    pub fn unfounded(&self) -> Vec<usize> {
        let lacks = |b: &Basis| {
            let law = matches!(b.nature, Nature::Law | Nature::Regulation);
            b.title.is_empty() || b.source.is_empty() || (law && (b.article.is_empty() || b.text.is_empty()))
        };
        self.basis.iter().enumerate().filter(|(_, b)| lacks(b)).map(|(at, _)| at).collect()
    }
}

/// A step, and who does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuideStep {
    #[serde(deserialize_with = "kept::<_, PlainText<0, 40>>")]
    #[schema(value_type = String, max_length = 40, example = "审核")]
    pub name: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60, example = "镇（街道）残联")]
    pub who: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 300>>")]
    #[schema(value_type = String, max_length = 300, example = "5个工作日内审完并报送下一环节。")]
    pub words: String,
}

/// Where people can go or call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuidePlace {
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60, example = "甲区残疾人联合会服务窗口")]
    pub name: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 120>>")]
    #[schema(value_type = String, max_length = 120, example = "甲区示例路1号")]
    pub address: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 40>>")]
    #[schema(value_type = String, max_length = 40, example = "0990-0000001")]
    pub phone: String,
    #[serde(deserialize_with = "kept::<_, PlainText<0, 100>>")]
    #[schema(value_type = String, max_length = 100, example = "周一至周五 9:00—12:00，14:00—17:30")]
    pub hours: String,
}

coded_enum! {
    /// What kind of text a basis is; only the first two are law.
    pub enum Nature {
        Law = "law", "法律";
        Regulation = "regulation", "行政法规";
        Document = "document", "规范性文件";
        Local = "local", "本地规定";
    }
}

/// A text on which the service rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    #[schema(inline)]
    pub nature: Nature,
    /// Full title, with the number of the document where it has one.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 200>>")]
    #[schema(value_type = String, max_length = 200)]
    pub title: String,
    /// For example 第二十一条; empty for the whole.
    #[serde(default, deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60)]
    pub article: String,
    /// What it says, in its own words; empty when only the title is cited.
    #[serde(default, deserialize_with = "kept::<_, PlainText<0, 2000>>")]
    #[schema(value_type = String, max_length = 2000)]
    pub text: String,
    /// Where the text stands: an address or a publication.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 300>>")]
    #[schema(value_type = String, max_length = 300)]
    pub source: String,
}

/// A way to complain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60, example = "办不成事反映")]
    pub name: String,
    /// How, in plain words.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 300>>")]
    #[schema(value_type = String, max_length = 300, example = "在小程序“我的反映”里写明情况，五个工作日内答复。")]
    pub how: String,
    #[serde(default, deserialize_with = "kept_or_none::<_, PlainText<1, 40>>")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, example = "12385")]
    pub phone: Option<String>,
}

/// A reason that a worker chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonOption {
    #[serde(deserialize_with = "kept::<_, PlainText<0, 60>>")]
    #[schema(value_type = String, max_length = 60)]
    pub code: String,
    /// What the applicant reads.
    #[serde(deserialize_with = "kept::<_, PlainText<0, 200>>")]
    #[schema(value_type = String, max_length = 200)]
    pub label: String,
}
