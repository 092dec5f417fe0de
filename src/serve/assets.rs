//! The page: the files of `web/`, as they are there, inside the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::bundle::ASSETS;
use super::problem::Problem;

/// A file of the page.
pub struct Asset {
    /// Its place below `web/`.
    pub path: &'static str,
    /// What it is.
    pub kind: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
}

fn asset(path: &str) -> Option<Response> {
    let asset = ASSETS.iter().find(|asset| asset.path == path)?;
    Some(([(header::CONTENT_TYPE, asset.kind)], asset.bytes).into_response())
}

/// The page itself.
pub async fn page() -> Response {
    asset("index.html").unwrap_or_else(|| nothing("/"))
}

/// A file of it. Only what is listed is there: a path leads nowhere else.
pub async fn file(Path(path): Path<String>) -> Response {
    asset(&path).unwrap_or_else(|| nothing(&path))
}

/// Whatever else is asked for.
pub async fn none(request: axum::extract::Request) -> Response {
    nothing(request.uri().path())
}

fn nothing(path: &str) -> Response {
    let shown: String = path.chars().take(80).collect();
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at {shown}")).into_response()
}
