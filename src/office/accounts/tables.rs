//! The tables of sign-in: sessions, refresh tokens and what every instance must know to be over.

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
