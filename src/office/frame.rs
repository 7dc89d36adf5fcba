//! The frame of a handler: what it works with, and one call that reads, writes, or writes once under a key.

use std::future::{Future, Ready, ready};
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::accounts::guards::Filer;
use super::cases::access::loading;
use super::cases::record::case::Case;
use super::cases::service::{Office, Services};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::body::Form;
use crate::platform::http::once::Done;
use crate::platform::http::operation::{Description, Takes, Tool};
use crate::platform::http::paging::{self, After};
use crate::platform::http::{Answer, Body, CsvBody, Once, Page};
use crate::platform::id::Id;

/// What a handler works with: the server's tools, and the office at the moment of the request.
pub struct Call {
    pub app: web::Data<App>,
    pub office: Office,
}

impl Call {
    fn of(req: &HttpRequest) -> Result<Call> {
        let app = req.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the server's data"))?;
        let services = req.app_data::<web::Data<Services>>();
        let services = services.ok_or_else(|| Error::internal("no Services in the server's data"))?;
        Ok(Call { app: app.clone(), office: Office::of(app, services) })
    }

    /// What `f` reads in one snapshot, for a handler that makes a file of it or goes on with it.
    ///
    /// # Errors
    /// Those of `f` and of the database.
    pub async fn found<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut AnyConn, &Office) -> Result<T> + Send + 'static,
    {
        let office = self.office.clone();
        self.app.db.read(move |c| f(c, &office)).await
    }

    /// What `f` writes in one transaction, for a handler that goes on afterwards; what a repetition may do again.
    ///
    /// # Errors
    /// Those of `f` and of the database.
    pub async fn written<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut AnyConn, &Office) -> Result<T> + Send + 'static,
    {
        let office = self.office.clone();
        self.app.db.write(move |c| f(c, &office)).await
    }

    /// Answers what `f` reads in one snapshot.
    ///
    /// # Errors
    /// Those of `f` and of the database.
    pub async fn read<T, F>(self, f: F) -> Result<Answer<T>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office) -> Result<T> + Send + 'static,
    {
        self.found(f).await.map(Answer::ok)
    }

    /// Answers what `f` writes in one transaction; what a repetition may do again.
    ///
    /// # Errors
    /// Those of `f` and of the database.
    pub async fn write<T, F>(self, f: F) -> Result<Answer<T>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office) -> Result<T> + Send + 'static,
    {
        self.written(f).await.map(Answer::ok)
    }

    /// Answers what `f` reads of a filer's own case of one service.
    ///
    /// # Errors
    /// 10006 and 13003; those of `f` and of the database.
    pub async fn read_own<T, F>(self, own: Own, f: F) -> Result<Answer<T>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &Case) -> Result<T> + Send + 'static,
    {
        self.read(move |c, office| {
            let case = own.load(c, office)?;
            f(c, office, &case)
        })
        .await
    }

    /// Answers a page of the list that `name` and its filters make; `f` reads the rows after the cursor, one more than fit.
    pub async fn page<T, F>(self, name: &str, limit: Option<i64>, cursor: Option<&str>, f: F) -> Result<Answer<Page<T>>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office, Option<After>, i64) -> Result<Vec<(After, T)>> + Send + 'static,
    {
        let Call { app, office } = self;
        let limit = paging::limit(limit)?;
        let after = paging::open(&app, name, cursor)?;
        let rows = app.db.read(move |c| f(c, &office, after, limit)).await?;
        let (rows, next_cursor) = paging::cut(&app, name, rows, limit, |(after, _)| *after)?;
        Ok(Answer::ok(Page { items: rows.into_iter().map(|(_, item)| item).collect(), next_cursor }))
    }
}

/// A filer's own case of one service.
pub struct Own {
    pub who: Filer,
    pub case: Id,
    /// Code of the service; a case of another one is not there.
    pub service: &'static str,
}

impl Own {
    fn load(&self, c: &mut AnyConn, office: &Office) -> Result<Case> {
        loading::owned_of(c, &self.who, self.case, self.service, office.now)
    }
}

/// A write that may be repeated without harm, with its body.
pub struct Save<B> {
    pub call: Call,
    pub sent: B,
}

impl<B: Send + 'static> Save<B> {
    /// Answers what `f` writes in one transaction.
    pub async fn save<T, F>(self, f: F) -> Result<Answer<T>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &B) -> Result<T> + Send + 'static,
    {
        let Save { call, sent } = self;
        call.write(move |c, office| f(c, office, &sent)).await
    }

    /// Answers what `f` saves of a filer's own case of one service: a section over the version that was seen.
    ///
    /// # Errors
    /// 10006 and 13003; those of `f` and of the database.
    pub async fn save_own<T, F>(self, own: Own, f: F) -> Result<Answer<T>>
    where
        T: Serialize + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &Case, &B) -> Result<T> + Send + 'static,
    {
        self.save(move |c, office, sent| {
            let case = own.load(c, office)?;
            f(c, office, &case, sent)
        })
        .await
    }
}

/// A write that must not happen twice, with its key and its body: a form, or a CSV file.
pub struct Write<B> {
    pub call: Call,
    pub sent: B,
    once: Once,
    fingerprint: [u8; 32],
}

impl<B: Send + 'static> Write<B> {
    /// Answers what `f` writes in one transaction, unless this caller did it with this key before; then the stored answer.
    pub async fn once<T, F, const STATUS: u16>(self, caller: Id, f: F) -> Result<Answer<T, STATUS>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &B) -> Result<T> + Send + 'static,
    {
        let done = self.done(caller, f).await?;
        Ok(Answer::new(done.value).replayed(done.replayed))
    }

    /// The same with something that only the first answer shows: it is not stored, and a repetition does without.
    pub async fn once_showing<T, F, G, const STATUS: u16>(self, caller: Id, f: F, show: G) -> Result<Answer<T, STATUS>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &B) -> Result<T> + Send + 'static,
        G: FnOnce(&mut T),
    {
        let mut done = self.done(caller, f).await?;
        if !done.replayed {
            show(&mut done.value);
        }
        Ok(Answer::new(done.value).replayed(done.replayed))
    }

    /// The same for a handler that goes on afterwards.
    pub async fn done<T, F>(self, caller: Id, f: F) -> Result<Done<T>>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut AnyConn, &Office, &B) -> Result<T> + Send + 'static,
    {
        let Write { call: Call { app, office }, sent, once, fingerprint } = self;
        once.write(&app, caller, fingerprint, move |c| f(c, &office, &sent)).await
    }
}

impl<B> Deref for Save<B> {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl<B> Deref for Write<B> {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

impl FromRequest for Call {
    type Error = Error;
    type Future = Ready<Result<Call>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Call::of(req))
    }
}

impl<B: Form> FromRequest for Save<B> {
    type Error = Error;
    type Future = Coming<Save<B>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let call = Call::of(req);
        let body = Body::<B>::from_request(req, payload);
        Box::pin(async move { Ok(Save { call: call?, sent: body.await?.value }) })
    }
}

impl<B: Form> FromRequest for Write<B> {
    type Error = Error;
    type Future = Coming<Write<B>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let call = Call::of(req);
        let once = Once::from_request(req, payload).into_inner();
        let body = Body::<B>::from_request(req, payload);
        Box::pin(async move {
            let once = once?;
            let body = body.await?;
            Ok(Write { call: call?, sent: body.value, once, fingerprint: body.fingerprint })
        })
    }
}

impl FromRequest for Write<CsvBody> {
    type Error = Error;
    type Future = Coming<Write<CsvBody>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let call = Call::of(req);
        let once = Once::from_request(req, payload).into_inner();
        let file = CsvBody::from_request(req, payload);
        Box::pin(async move {
            let once = once?;
            let file = file.await?;
            let fingerprint = file.fingerprint;
            Ok(Write { call: call?, sent: file, once, fingerprint })
        })
    }
}

impl Takes for Call {
    fn describe(_: &mut Description) {}
}

impl<B: Form + ToSchema> Takes for Save<B> {
    fn describe(to: &mut Description) {
        Body::<B>::describe(to);
    }
}

impl<B: Form + ToSchema> Takes for Write<B> {
    fn describe(to: &mut Description) {
        Once::describe(to);
        Body::<B>::describe(to);
    }
}

impl Takes for Write<CsvBody> {
    fn describe(to: &mut Description) {
        Once::describe(to);
        CsvBody::describe(to);
    }
}

impl Tool for Services {}
