//! What goes wrong, as a status and a sentence.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::Error;

/// How far the work has come that an answer waits for.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Waiting {
    /// What is being done.
    pub phase: String,
    /// How much of it is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
}

impl Waiting {
    /// Nothing is being done any more.
    pub fn over() -> Self {
        Waiting { phase: String::new(), done: 0, total: None }
    }
}

/// What is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    #[serde(skip)]
    #[schema(ignore)]
    status: u16,
    /// A sentence.
    pub error: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Of 503: how far the work has come that the answer waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Waiting>,
}

impl Problem {
    pub fn new(status: StatusCode, error: impl Into<String>) -> Self {
        Problem { status: status.as_u16(), error: error.into(), hint: None, progress: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An answer waits for work under way.
    pub fn waiting(said: &str, at: Waiting) -> Self {
        Problem { progress: Some(at), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, said) }
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The same as a part of an answer: what went wrong with a job.
    pub fn of(error: &Error) -> (String, Option<String>) {
        let text = error.to_string();
        match text.split_once("\n  hint: ") {
            Some((said, hint)) => (said.to_owned(), Some(hint.to_owned())),
            None => (text, None),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            // Nobody of this name.
            Error::Parameter { parameter, .. } if parameter == "account" => StatusCode::NOT_FOUND,
            Error::Input { .. } | Error::Parameter { .. } | Error::NotEstimable { .. } | Error::Limit { .. } => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Error::Memory { .. } => StatusCode::INSUFFICIENT_STORAGE,
            Error::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let (error, hint) = Problem::of(&error);
        Problem { hint, ..Problem::new(status, error) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status(), Json(self)).into_response()
    }
}
