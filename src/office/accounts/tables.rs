//! The tables of workers, their posts, sessions and refresh tokens, and what every instance must know to be over.

use crate::rules::coded::coded_enum;

diesel::table! {
    sessions (id) {
        id -> Binary,
        account_id -> Binary,
        kind -> Text,
        created_at -> BigInt,
        used_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_why -> Nullable<Text>,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
        issued_at -> BigInt,
        used_at -> Nullable<BigInt>,
        successor -> Nullable<Binary>,
    }
}

diesel::table! {
    revocations (id) {
        id -> Binary,
        at -> BigInt,
        subject -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, refresh_tokens);

diesel::table! {
    workers (id) {
        id -> Binary,
        username -> Text,
        name -> Text,
        password -> Text,
        totp -> Binary,
        totp_step -> BigInt,
        failures -> BigInt,
        locked_until -> BigInt,
        status -> Text,
        person_id -> Nullable<Binary>,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    assignments (id) {
        id -> Binary,
        worker_id -> Binary,
        role -> Text,
        area -> Text,
        point_id -> Nullable<Binary>,
        valid_from -> BigInt,
        valid_to -> Nullable<BigInt>,
        lead -> Bool,
    }
}

coded_enum! {
    /// Whether an account may be used.
    pub enum Standing as "WorkerStanding" {
        /// Has a code to make the own account with.
        Invited = "invited", "待启用";
        Active = "active", "正常";
        Banned = "banned", "已停用";
        Closed = "closed", "已注销";
    }
}

crate::text_columns!(Standing);
