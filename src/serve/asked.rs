//! What a question holds, read or refused with a sentence.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// No question is longer: 500 creators with ids of 200 letters of four bytes.
pub const LONGEST: usize = 512 << 10;

/// A body in JSON, refused with a sentence.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Body(body)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn refused(rejection: &JsonRejection) -> Problem {
    let said = rejection.body_text();
    match rejection {
        JsonRejection::JsonSyntaxError(_) => {
            Problem::new(StatusCode::BAD_REQUEST, format!("this is not JSON: {}", after(&said)))
        }
        JsonRejection::JsonDataError(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, after(&said)),
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected JSON").hint("say Content-Type: application/json")
        }
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a question has at most {} KiB", LONGEST >> 10))
        }
        _ => Problem::new(rejection.status(), said),
    }
}

/// What serde says, without what axum says before.
fn after(said: &str) -> String {
    said.split_once(": ").map_or(said, |(_, rest)| rest).to_owned()
}

/// What stands behind the question mark, refused with a sentence.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let asked = serde_html_form::from_str(parts.uri.query().unwrap_or_default());
        asked.map(Asked).map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
    }
}

/// A number that lies between two others.
pub fn within(name: &str, value: usize, least: usize, most: usize) -> Result<usize, Problem> {
    match (least..=most).contains(&value) {
        true => Ok(value),
        false => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("{name}: expected {least} to {most}, found {value}"),
        )),
    }
}
