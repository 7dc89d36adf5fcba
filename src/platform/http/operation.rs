//! An operation, described by its types: what a handler takes and answers makes its route and its place in the document.

use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, web};
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required, Response, ResponseBuilder, Schema};
// The only way to read the tags of `#[utoipa::path]`.
use utoipa::__dev::Tags;
use utoipa::{Path, ToSchema};

use crate::platform::code::{self, Code};

pub use pastey;

/// Mounts handlers, each with the refusals that it or what it calls names: `operations!(to; list, submit: [NOT_NOW]);`
#[macro_export]
macro_rules! operations {
    ($to:expr; $($name:ident $(: [$($code:expr),* $(,)?])?),+ $(,)?) => {
        $($crate::platform::http::operation::pastey::paste! {
            $to.operation([<__path_ $name>], $name, &[$($(&$code),*)?]);
        })+
    };
}

/// What an argument of a handler means for whoever calls the operation.
pub trait Takes {
    fn describe(to: &mut Description);
}

/// What the result of a handler means for whoever calls the operation.
pub trait Gives {
    fn describe(to: &mut Description);
}

/// Something of the server that handlers work with; a client sees it only by what it may refuse.
pub trait Tool {
    const REFUSES: (&'static str, &'static [&'static Code]) = ("", &[]);
}

/// A code that an operation may answer.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    pub code: &'static Code,
    /// The kind of argument that refuses; None when the handler, or what it calls, does.
    pub by: Option<&'static str>,
}

/// What the document will say about one operation.
pub struct Description {
    pub path: String,
    pub method: HttpMethod,
    pub operation: Operation,
    /// Schemas that the operation refers to.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    pub refusals: Vec<Refusal>,
}

/// What the server itself may answer to anything.
const ALWAYS: &[&Code] = &[&code::INTERNAL, &code::BUSY, &code::STORAGE];

impl Description {
    fn of<P: Path + for<'t> Tags<'t>>(refusals: &[&'static Code]) -> Description {
        let own = refusals.iter().map(|code| Refusal { code, by: None });
        let mut it = Description {
            path: P::path(),
            method: P::methods().into_iter().next().unwrap_or(HttpMethod::Get),
            operation: P::operation(),
            schemas: Vec::new(),
            refusals: own.collect(),
        };
        it.operation.security = Some(Vec::new());
        it.operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
        it.refuses("server", ALWAYS);
        it
    }

    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub fn verb(&self) -> &'static str {
        match self.method {
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Delete => "DELETE",
            _ => "GET",
        }
    }

    /// A kind of argument that may refuse a request with these codes.
    pub fn refuses(&mut self, by: &'static str, codes: &[&'static Code]) {
        self.refusals.extend(codes.iter().map(|code| Refusal { code, by: Some(by) }));
    }

    /// Tokens of this scheme are taken, from holders of one of these roles (of any, when there is none).
    pub fn admits(&mut self, scheme: &str, roles: &[&str]) {
        self.operation.security.get_or_insert_default().push(SecurityRequirement::new(scheme, roles.iter().copied()));
    }

    /// One more parameter, unless the handler's attribute describes it.
    pub fn parameter(&mut self, new: Parameter) {
        let all = self.operation.parameters.get_or_insert_default();
        let same = |p: &RefOr<Parameter>| matches!(p, RefOr::T(p) if p.name == new.name && p.parameter_in == new.parameter_in);
        if !all.iter().any(same) {
            all.push(RefOr::T(new));
        }
    }

    /// The body of the request, unless the handler's attribute describes it.
    pub fn body(&mut self, media: &str, schema: RefOr<Schema>) {
        if self.operation.request_body.is_none() {
            let body = RequestBodyBuilder::new().content(media, Content::new(Some(schema))).required(Some(Required::True));
            self.operation.request_body = Some(RefOr::T(body.build()));
        }
    }

    /// The success as `Answer` makes it; its words are those of the handler's attribute.
    pub fn success(&mut self, status: u16, media: &str, schema: RefOr<Schema>) {
        let all = &mut self.operation.responses.responses;
        let said = all.keys().find(|status| status.starts_with('2')).cloned().and_then(|status| all.remove(&status));
        let words = match said {
            Some(RefOr::T(said)) => said.description,
            _ => "成功".to_owned(),
        };
        let response: Response = ResponseBuilder::new().description(words).content(media, Content::new(Some(schema))).build();
        self.operation.responses.responses.insert(status.to_string(), RefOr::T(response));
    }

    /// A reference to the schema of a type with named fields or choices; others stand where they are used.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let schema = T::schema();
        T::schemas(&mut self.schemas);
        let plain = matches!(&schema, RefOr::T(Schema::Object(o)) if o.properties.is_empty());
        if plain || T::name().is_empty() {
            return schema;
        }
        self.schemas.push((T::name().into_owned(), schema));
        Ref::from_schema_name(T::name()).into()
    }

    /// What only all arguments together say.
    fn complete(&mut self) {
        let keyed = self.refusals.iter().any(|r| r.code == &code::KEY_MISSING);
        if keyed && self.operation.request_body.is_some() {
            self.refuses("Once", &[&code::KEY_REUSED]);
        }
    }
}

/// Where operations go: to a server, or into the document.
pub struct Operations<'a>(To<'a>);

enum To<'a> {
    Server(&'a mut web::ServiceConfig),
    Document(&'a mut Vec<Description>),
}

impl<'a> Operations<'a> {
    /// Serves them.
    pub fn serve(cfg: &'a mut web::ServiceConfig) -> Operations<'a> {
        Operations(To::Server(cfg))
    }

    /// Describes them.
    pub fn describe(all: &'a mut Vec<Description>) -> Operations<'a> {
        Operations(To::Document(all))
    }

    /// One operation; [`operations!`] writes this call.
    pub fn operation<P, F, Args>(&mut self, _: P, handler: F, refusals: &[&'static Code])
    where
        P: Path + for<'t> Tags<'t>,
        F: Handler<Args>,
        F::Output: Responder + Gives + 'static,
        Args: FromRequest + Takes + 'static,
    {
        match &mut self.0 {
            To::Server(cfg) => {
                let route = match P::methods().first() {
                    Some(HttpMethod::Post) => web::post(),
                    Some(HttpMethod::Put) => web::put(),
                    Some(HttpMethod::Delete) => web::delete(),
                    _ => web::get(),
                };
                cfg.route(&P::path(), route.to(handler));
            }
            To::Document(all) => {
                let mut it = Description::of::<P>(refusals);
                Args::describe(&mut it);
                F::Output::describe(&mut it);
                it.complete();
                all.push(it);
            }
        }
    }
}

macro_rules! takes_all {
    ($($name:ident)*) => {
        impl<$($name: Takes),*> Takes for ($($name,)*) {
            #[allow(unused_variables, reason = "nothing is taken")]
            fn describe(to: &mut Description) {
                $($name::describe(to);)*
            }
        }
    };
}
takes_all!();
takes_all!(A);
takes_all!(A B);
takes_all!(A B C);
takes_all!(A B C D);
takes_all!(A B C D E);
takes_all!(A B C D E F);
takes_all!(A B C D E F G);

impl<T: Tool> Takes for web::Data<T> {
    fn describe(to: &mut Description) {
        let (by, codes) = T::REFUSES;
        to.refuses(by, codes);
    }
}

impl Takes for HttpRequest {
    fn describe(_: &mut Description) {}
}

/// A path segment that cannot be read is 404, like the id of somebody else's object.
impl<T> Takes for web::Path<T> {
    fn describe(to: &mut Description) {
        to.refuses("Path", &[&code::NOT_FOUND]);
    }
}

impl<T: Gives, E> Gives for Result<T, E> {
    fn describe(to: &mut Description) {
        T::describe(to);
    }
}

/// The handler's attribute describes it.
impl Gives for HttpResponse {
    fn describe(_: &mut Description) {}
}

/// A file's bytes as the success.
pub fn file(to: &mut Description, media: &str) {
    let bytes = utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Binary)));
    to.success(200, media, bytes.into());
}

/// The identifier in a path.
pub(super) fn path_id() -> Parameter {
    let mut id = Parameter::new("id");
    (id.parameter_in, id.required) = (ParameterIn::Path, Required::True);
    id.schema = Some(Ref::from_schema_name("Id").into());
    id.description = Some("编号".to_owned());
    id
}
