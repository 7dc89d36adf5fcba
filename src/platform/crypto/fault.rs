//! What can go wrong with keys, sealed values and signed links. No message holds a key or a plain value.

/// A sealing, opening or random-number failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoFault {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
    /// The value names a key that the key ring does not hold.
    #[error("the key ring holds no data key {0}")]
    UnknownKey(u32),
    /// The value is too short, or of a suite that this build does not know.
    #[error("a sealed value is malformed")]
    Malformed,
    /// The value was altered, moved to another row or column, or sealed under another key.
    #[error("a sealed value does not open in its place")]
    NotAuthentic,
    /// The cipher refused the input (only by its length).
    #[error("a value could not be sealed")]
    NotSealed,
    /// The opened value is not UTF-8 text.
    #[error("an opened value is not text")]
    NotText,
}

/// Why a signed link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The signature belongs to another file, variant, time or key.
    #[error("the link's signature is wrong")]
    Wrong,
    /// The link was right, and its time is over (or lies further ahead than links live).
    #[error("the link has expired")]
    Expired,
}

/// Why a key file is refused. Each sentence ends with the remedy, for the administrator who starts the server.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file is not the JSON that `zhucan keys generate` writes. Holds no content of the file.
    #[error(
        "密钥文件格式不对（第 {line} 行）。请恢复备份的密钥文件；首次安装请运行 zhucan keys generate 生成。 \
         The key file is not valid at line {line}. Restore it from backup; for a first install run `zhucan keys generate`."
    )]
    NotJson {
        /// Line of the first mistake, from 1.
        line: usize,
    },
    /// A key is not base64 of exactly 32 bytes.
    #[error(
        "密钥“{name}”不是 32 字节的 base64。请恢复备份的密钥文件；首次安装请运行 zhucan keys generate 生成。 \
         Key `{name}` is not base64 of 32 bytes. Restore the file from backup; for a first install run `zhucan keys generate`."
    )]
    WrongLength {
        /// Which entry of the file.
        name: String,
    },
    /// A key is all zero, a repeated pattern, or the same as another one.
    #[error(
        "密钥“{name}”太弱（全零、重复或与另一把相同），不能使用。请运行 zhucan keys generate 生成新的密钥文件。 \
         Key `{name}` is weak (zero, repeated, or equal to another). Run `zhucan keys generate`."
    )]
    Weak {
        /// Which entry of the file.
        name: String,
    },
    /// `current` names a key that is not in the list, or a data key's id is not a number from 1.
    #[error(
        "密钥文件里没有编号“{name}”的可用密钥。请检查 current 是否写对；首次安装请运行 zhucan keys generate 生成。 \
         The key file has no usable key `{name}`. Check `current`; for a first install run `zhucan keys generate`."
    )]
    MissingKey {
        /// Which id was looked for.
        name: String,
    },
    /// The file is there already; it is never overwritten, because the data would be lost with it.
    #[error(
        "密钥文件已存在：{0}。为防止旧数据无法解密，不会覆盖它。如确需新建，请先把旧文件移走并妥善保管。 \
         The key file {0} exists and is never overwritten. Move it away first if you really want a new one."
    )]
    Exists(std::path::PathBuf),
    /// The file could not be written or read.
    #[error("密钥文件读写失败，请检查目录和权限。 The key file could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The operating system gave no random bytes.
    #[error("系统没有提供随机数，无法生成密钥。 {0}")]
    Crypto(#[from] CryptoFault),
}
