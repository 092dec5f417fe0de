//! The questions over HTTP, with their description.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::asked::{Asked, Body, LONGEST, within};
use super::assets;
use super::atlas::Atlas;
use super::card::{self, NetworkOf};
use super::creators::{self, Creator, Page, Wanted};
use super::description::{Description, flatten};
use super::desk::Desk;
use super::guard::{Guard, guard};
use super::jobs::{Job, List};
use super::kinds::Kind;
use super::portfolio::{self, Chosen, Portfolio};
use super::problem::Problem;

type Answer<T> = Result<Json<T>, Problem>;

/// Every route, behind the guard.
pub fn router(desk: Arc<Desk>, doors: Guard) -> axum::Router {
    let (router, _) = questions().split_for_parts();
    router
        .route("/", get(assets::page))
        .route("/assets/{*path}", get(assets::file))
        .fallback(assets::none)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(axum::middleware::from_fn_with_state(doors, guard))
        .with_state(desk)
}

fn questions() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(network))
        .routes(routes!(search))
        .routes(routes!(rows))
        .routes(routes!(one))
        .routes(routes!(judge))
        .routes(routes!(map))
        .routes(routes!(jobs, begin))
        .routes(routes!(job, cancel))
        .routes(routes!(paper))
        .routes(routes!(openapi))
}

/// The description of all questions (OpenAPI 3.1), as JSON.
pub fn description() -> String {
    let (_, api) = questions().split_for_parts();
    let mut api = serde_json::to_value(&api).unwrap_or_default();
    flatten(&mut api["components"]["schemas"]);
    format!("{api:#}")
}

async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this question is asked in another way")
        .hint("the header Allow of this answer says how; /api/openapi.json describes all questions")
}

/// Work that takes milliseconds, beside the threads that listen.
async fn beside<T: Send + 'static>(
    desk: Arc<Desk>,
    work: impl FnOnce(&Desk) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be made");
    tokio::task::spawn_blocking(move || work(&desk)).await.map_err(failed)?
}

/// The network, what its data can carry, and whether people are drawn.
#[utoipa::path(get, path = "/api/network", responses(
    (status = 200, body = NetworkOf), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn network(State(desk): State<Arc<Desk>>) -> Answer<NetworkOf> {
    beside(desk, |desk| Ok(Json(card::card(desk)))).await
}

/// What is typed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Typed {
    /// A part of a handle or a name; capitals and accents do not matter.
    #[serde(default)]
    #[param(required = false)]
    text: String,
    /// How many accounts at most, 12 unless said.
    #[serde(default = "twelve")]
    #[param(minimum = 1, maximum = 50, required = false)]
    limit: usize,
}

/// An account that was found.
#[derive(Debug, Serialize, ToSchema)]
struct Match {
    id: String,
    name: Option<String>,
    followers: Option<f64>,
    tier: String,
    niche: Option<String>,
    /// Whether it can be put into a portfolio.
    on_board: bool,
}

/// Accounts that were found.
#[derive(Debug, Serialize, ToSchema)]
struct Matches {
    matches: Vec<Match>,
    /// Whether there are more.
    more: bool,
}

fn twelve() -> usize {
    12
}

fn fifty() -> usize {
    50
}

/// Accounts by a part of their handle or name: those that begin with it first, the most followed before others.
#[utoipa::path(get, path = "/api/search", params(Typed), responses(
    (status = 200, body = Matches), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn search(State(desk): State<Arc<Desk>>, Asked(typed): Asked<Typed>) -> Answer<Matches> {
    let limit = within("limit", typed.limit, 1, 50)?;
    beside(desk, move |desk| {
        let (found, more) = desk.search.find(&typed.text, limit);
        let matched = |account: u32| {
            let Creator { id, name, followers, tier, niche, .. } = creators::creator(desk, account);
            Match { id, name, followers, tier, niche, on_board: desk.place(account).is_some() }
        };
        Ok(Json(Matches { matches: found.into_iter().map(matched).collect(), more }))
    })
    .await
}

/// Which way rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Order {
    Ascending,
    #[default]
    Descending,
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Rows {
    /// followers (unless said), reach, price, per_person, tier, id, or a column of the accounts table.
    #[serde(default = "followers")]
    #[param(required = false)]
    sort: String,
    /// descending unless said.
    #[serde(default)]
    #[param(inline, required = false)]
    order: Order,
    /// Rows to leave out at the beginning.
    #[serde(default)]
    #[param(minimum = 0, maximum = 4_000_000_000_u32, required = false)]
    offset: usize,
    /// Rows at most, 50 unless said.
    #[serde(default = "fifty")]
    #[param(minimum = 1, maximum = 200, required = false)]
    limit: usize,
    /// A part of the handle or the name.
    #[serde(default)]
    #[param(required = false)]
    text: String,
    /// Conditions that all hold: niche=beauty, followers>=1000 (repeatable).
    #[serde(default, rename = "where")]
    #[param(required = false)]
    only: Vec<String>,
}

fn followers() -> String {
    "followers".into()
}

/// Creators: those who meet all conditions, sorted, a page of them.
#[utoipa::path(get, path = "/api/creators", params(Rows), responses(
    (status = 200, body = Page), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn rows(State(desk): State<Arc<Desk>>, Asked(rows): Asked<Rows>) -> Answer<Page> {
    let limit = within("limit", rows.limit, 1, 200)?;
    let offset = within("offset", rows.offset, 0, 4_000_000_000)?;
    beside(desk, move |desk| {
        let wanted = Wanted {
            text: &rows.text,
            conditions: &rows.only,
            sort: &rows.sort,
            ascending: rows.order == Order::Ascending,
            offset,
            limit,
        };
        Ok(Json(creators::page(desk, &wanted)?))
    })
    .await
}

/// Which account.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Id {
    /// The account, as the network names it.
    id: String,
}

/// An account, looked at closer.
#[derive(Debug, Serialize, ToSchema)]
struct Closer {
    #[serde(flatten)]
    creator: Creator,
    /// Of the people reached, by the creator's own post; `null`: not known, or withheld.
    direct: Option<f64>,
    /// Of the people reached, through others who pass it on; `null`: not observed, not known, or withheld.
    beyond: Option<f64>,
    /// Accounts that it follows; `null`: not observed.
    following: Option<f64>,
    /// Whether it can be put into a portfolio.
    on_board: bool,
}

/// An account, looked at closer.
#[utoipa::path(get, path = "/api/creator", params(Id), responses(
    (status = 200, body = Closer), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn one(State(desk): State<Arc<Desk>>, Asked(id): Asked<Id>) -> Answer<Closer> {
    beside(desk, move |desk| {
        let account = desk.network.account(&id.id)?;
        let following = desk.graph.filter(|_| desk.network.view.has_followings());
        let drawn = desk.drawn().ok().filter(|drawn| drawn.board.has(account));
        let judged = match drawn {
            Some(_) => {
                let id = desk.network.names.get(account).into_owned();
                Some(portfolio::judge(desk, &Chosen { creators: vec![id] })?)
            }
            None => None,
        };
        Ok(Json(Closer {
            creator: creators::creator(desk, account),
            direct: judged.as_ref().and_then(|judged| judged.direct),
            beyond: judged.as_ref().and_then(|judged| judged.beyond),
            following: following.and_then(|graph| desk.people(graph.following(account).len() as f64)),
            on_board: desk.place(account).is_some(),
        }))
    })
    .await
}

/// A portfolio, judged at once: people reached together, what each creator adds, and what all of them ask.
#[utoipa::path(post, path = "/api/portfolio", request_body = Chosen, responses(
    (status = 200, body = Portfolio), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    (status = 503, body = Problem)))]
async fn judge(State(desk): State<Arc<Desk>>, Body(chosen): Body<Chosen>) -> Answer<Portfolio> {
    if chosen.creators.len() > portfolio::MOST {
        let said = format!("a portfolio has at most {} creators, found {}", portfolio::MOST, chosen.creators.len());
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, said));
    }
    beside(desk, move |desk| Ok(Json(portfolio::judge(desk, &chosen)?))).await
}

/// Creators on a map: who shares an audience stands near.
#[utoipa::path(get, path = "/api/map", responses(
    (status = 200, body = Atlas), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
async fn map(State(desk): State<Arc<Desk>>) -> Result<Response, Problem> {
    beside(desk, |desk| Ok(Json(desk.atlas()?).into_response())).await
}

/// All jobs, without their results.
#[utoipa::path(get, path = "/api/jobs", responses(
    (status = 200, body = List), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn jobs(State(desk): State<Arc<Desk>>) -> Json<List> {
    Json(desk.jobs.list())
}

/// Asks for something that takes longer.
#[utoipa::path(post, path = "/api/jobs", request_body = Kind, responses(
    (status = 202, body = Job), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    (status = 429, body = Problem)))]
async fn begin(State(desk): State<Arc<Desk>>, Body(kind): Body<Kind>) -> Result<(StatusCode, Json<Job>), Problem> {
    beside(desk, move |desk| {
        kind.check(desk)?;
        Ok((StatusCode::ACCEPTED, Json(desk.jobs.add(kind)?)))
    })
    .await
}

/// A job, with its result once it is done.
#[utoipa::path(get, path = "/api/jobs/{id}", params(("id" = String, Path, description = "Its number.")), responses(
    (status = 200, body = Job), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn job(State(desk): State<Arc<Desk>>, Path(id): Path<String>) -> Answer<Job> {
    Ok(Json(desk.jobs.get(&id)?))
}

/// Cancels a job that waits or is being done.
#[utoipa::path(delete, path = "/api/jobs/{id}", params(("id" = String, Path, description = "Its number.")), responses(
    (status = 200, body = Job), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
async fn cancel(State(desk): State<Arc<Desk>>, Path(id): Path<String>) -> Answer<Job> {
    Ok(Json(desk.jobs.cancel(&id)?))
}

/// How a report is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct View {
    /// 1: in the browser; else as a file to keep.
    #[serde(default)]
    #[param(minimum = 0, maximum = 1, required = false)]
    view: u8,
}

/// The report that a job made: one page of HTML that needs nothing else.
#[utoipa::path(get, path = "/api/jobs/{id}/report", params(("id" = String, Path, description = "Its number."), View), responses(
    (status = 200, body = String, content_type = "text/html"), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn paper(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    Asked(view): Asked<View>,
) -> Result<Response, Problem> {
    if view.view > 1 {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "view: expected 0 or 1"));
    }
    let page = desk.jobs.page(&id)?;
    let way = if view.view == 1 { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("{way}; filename=\"report.html\"")),
        // Its style is its own; nothing in it runs.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'".into(),
        ),
    ];
    Ok((headers, page.to_string()).into_response())
}

/// This description.
#[utoipa::path(get, path = "/api/openapi.json", responses(
    (status = 200, description = "OpenAPI 3.1"), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], description()).into_response()
}
