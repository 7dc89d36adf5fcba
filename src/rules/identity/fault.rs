//! Why an ID, a phone number or a bank card number is refused, in words for the person who typed it.

use crate::rules::coded::fault_enum;

fault_enum! {
    /// A refused number. It never quotes the number.
    pub enum IdentityFault {
        CitizenIdEmpty = "citizen_id_empty", "没有填写身份证号码。", "请填写 18 位身份证号码。";
        CitizenIdOld = "citizen_id_old", "这是 15 位的旧身份证号码。", "请填写现在身份证上的 18 位号码；还没有新证的，请先到派出所换证。";
        CitizenIdLength = "citizen_id_length", "身份证号码应为 18 位。", "请对照身份证，看是否多填或漏填了数字。";
        CitizenIdCharacters = "citizen_id_characters", "身份证号码中有不该出现的字符。", "前 17 位应是数字，最后一位是数字或 X。";
        CitizenIdArea = "citizen_id_area", "身份证号码开头的地区代码不对。", "请对照身份证检查前 6 位。";
        CitizenIdBirthDate = "citizen_id_birth_date", "身份证号码中的出生日期不存在或太早。", "请对照身份证检查第 7 到 14 位。";
        CitizenIdBirthInFuture = "citizen_id_birth_in_future", "身份证号码中的出生日期在今天之后。", "请对照身份证检查第 7 到 14 位。";
        CitizenIdCheckDigit = "citizen_id_check_digit", "身份证号码校验不通过，可能有一位填错了。", "请对照身份证逐位检查；如果号码无误，请到窗口由工作人员核对。";
        PhoneEmpty = "phone_empty", "没有填写手机号码。", "请填写 11 位手机号码。";
        PhoneFormat = "phone_format", "手机号码不正确。", "请填写以 1 开头的 11 位手机号码；没有手机的，可以填家人或村（社区）专职委员的号码。";
        BankCardEmpty = "bank_card_empty", "没有填写银行账号。", "请填写银行卡号或存折账号。";
        BankCardCharacters = "bank_card_characters", "银行账号只能是数字。", "请对照银行卡或存折，只填写数字。";
        BankCardLength = "bank_card_length", "银行账号的位数不对。", "银行账号应为 12 到 19 位，请对照银行卡或存折检查。";
    }
}
