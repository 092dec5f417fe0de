//! Who may ask: whoever has the token of this run, from this machine, by the name of this machine.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::problem::Problem;
use crate::base::{Error, Result};

/// The secret of one run, which the address that is printed carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

/// A secret of fewer letters can be guessed.
const SHORTEST: usize = 8;

impl Token {
    /// A new one: 128 bits of the operating system.
    pub fn new() -> Result<Token> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::io("random numbers", "get", std::io::Error::other(error.to_string())))?;
        Ok(Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// One that was chosen, for programs that ask.
    pub fn chosen(text: &str) -> Result<Token> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        match text.len() >= SHORTEST && text.chars().all(fine) {
            true => Ok(Token(text.to_owned())),
            false => Err(Error::parameter(
                "--token",
                format!("expected at least {SHORTEST} letters, digits, - or _, found \"{text}\""),
            )),
        }
    }

    /// As it stands in the address.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What is looked at before any question is heard.
#[derive(Clone)]
pub struct Guard {
    /// Of the token: comparing digests takes as long whatever is wrong.
    digest: [u8; 32],
    token: Token,
    cookie: String,
    hosts: Arc<[String; 2]>,
}

impl Guard {
    pub fn new(token: Token, address: SocketAddr) -> Self {
        let port = address.port();
        Guard {
            digest: Sha256::digest(token.text()).into(),
            token,
            // Cookies do not know ports: two servers on one machine would take each other's.
            cookie: format!("truereach-{port}"),
            hosts: Arc::new([format!("127.0.0.1:{port}"), format!("localhost:{port}")]),
        }
    }

    fn is_token(&self, text: &str) -> bool {
        Sha256::digest(text).as_slice() == self.digest.as_slice()
    }

    /// Another name for this machine is how foreign pages would reach it (DNS rebinding).
    fn is_this_machine(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        host.is_some_and(|host| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)))
    }

    fn is_own_page(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let host = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        host.is_some_and(|host| self.hosts.iter().any(|ours| ours.eq_ignore_ascii_case(host)))
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookie = cookies.flat_map(|value| value.split(';')).filter_map(|part| part.trim().split_once('='));
        let mut ours = cookie.filter(|(name, _)| *name == self.cookie).map(|(_, value)| value);
        bearer.is_some_and(|token| self.is_token(token)) || ours.any(|token| self.is_token(token))
    }

    /// The token in the address that was printed becomes a cookie, and leaves the address.
    fn let_in(&self) -> Response {
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.token.text());
        (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())]).into_response()
    }

    fn check(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        if !self.is_this_machine(headers) {
            let problem = Problem::new(StatusCode::FORBIDDEN, "this server answers by the name of this machine alone");
            return Some(problem.hint("open the address that truereach printed").into_response());
        }
        if !self.is_own_page(headers) {
            let problem = Problem::new(StatusCode::FORBIDDEN, "another page may not ask this server");
            return Some(problem.into_response());
        }
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        if path == "/" && request.method() == Method::GET {
            let mut given = query.split('&').filter_map(|part| part.strip_prefix("token="));
            if given.any(|token| self.is_token(token)) {
                return Some(self.let_in());
            }
        }
        if self.has_token(headers) {
            return None;
        }
        let said = "the token is missing or is not that of this run";
        Some(match path.starts_with("/api/") {
            true => {
                let problem = Problem::new(StatusCode::UNAUTHORIZED, said);
                let mut response = problem.hint("send it as Authorization: Bearer TOKEN").into_response();
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                response
            }
            false => {
                (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], SIGN).into_response()
            }
        })
    }
}

/// What stands at the door.
const SIGN: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>truereach</title></head><body><main>\
<h1>truereach</h1><p>This page needs the token of this run. Open the address that truereach printed when it started: it \
ends in ?token=…</p></main></body></html>";

/// Nothing but this server is asked by the page, no other page shows it, and nothing is kept.
const HEADERS: [(header::HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; \
         worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Stands before every route.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(&request) {
        Some(refused) => refused,
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let cross = header::HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(cross, HeaderValue::from_static("same-origin"));
    response
}
