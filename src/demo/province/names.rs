//! Invented names: common ones, rare characters that old systems lose, and names of minorities with their dots.

use super::chance::Chance;

const SURNAMES: [&str; 64] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁",
    "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢",
    "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "欧阳",
    "上官", "诸葛",
];

const FIRST: [&str; 48] = [
    "德", "国", "志", "文", "永", "玉", "秀", "桂", "春", "秋", "明", "建", "光", "家", "学", "世", "金", "正", "大", "长", "宗",
    "成", "红", "晓", "雪", "丽", "海", "天", "云", "思", "子", "雨", "欣", "嘉", "俊", "梓", "浩", "诗", "可", "一", "慧", "月",
    "冬", "素", "爱", "美", "树", "广",
];

const LAST: [&str; 48] = [
    "华", "英", "兰", "芳", "强", "军", "平", "霞", "梅", "琴", "珍", "荣", "贵", "福", "才", "林", "山", "江", "波", "涛", "杰",
    "超", "勇", "辉", "刚", "民", "生", "良", "安", "宁", "静", "敏", "燕", "玲", "娟", "萍", "莲", "香", "凤", "云", "轩", "涵",
    "怡", "然", "宇", "航", "琪", "阳",
];

const RARE: [&str; 12] = ["䶮", "㛃", "𬭎", "𬀩", "堃", "喆", "翀", "赟", "旻", "昇", "䒕", "𫍣"];

const UYGHUR: [&str; 12] = [
    "阿依古丽·买买提",
    "努尔兰·阿不都热合曼",
    "古丽娜尔·艾合买提",
    "艾力·吐尔逊",
    "热依汗·玉素甫",
    "麦麦提·图尔荪",
    "帕提古丽·肉孜",
    "买尔丹·依明",
    "迪丽努尔·库尔班",
    "吐尔逊江·赛买提",
    "尼加提·阿布都拉",
    "阿迪力·热合曼",
];

const SINGLE: [&str; 8] = ["巴特尔", "其其格", "扎西顿珠", "卓玛拉姆", "娜仁托娅", "央金措", "格桑次仁", "乌云塔娜"];

/// The surname of a family.
pub fn surname(chance: &mut Chance) -> &'static str {
    chance.pick(&SURNAMES)
}

/// A name under a family's surname.
pub fn of_family(chance: &mut Chance, surname: &str) -> String {
    match chance.below(100) {
        0..22 => format!("{surname}{}", chance.pick(&LAST)),
        22..24 => format!("{surname}{}{}", chance.pick(&FIRST), chance.pick(&RARE)),
        _ => format!("{surname}{}{}", chance.pick(&FIRST), chance.pick(&LAST)),
    }
}

/// A name of somebody who stands alone in the data; one of a hundred belongs to a minority.
pub fn of_one(chance: &mut Chance) -> String {
    match chance.below(200) {
        0 => chance.pick(&UYGHUR).to_owned(),
        1 => chance.pick(&SINGLE).to_owned(),
        _ => {
            let family = surname(chance);
            of_family(chance, family)
        }
    }
}
