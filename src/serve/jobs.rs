//! What takes longer: done one after the other, looked at and cancelled meanwhile.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::desk::{Desk, Watch};
use super::kinds::{Done, Kind};
use super::problem::Problem;
use crate::base::Run;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Others are before it.
    Queued,
    /// It is being done.
    Running,
    /// Its result is there.
    Done,
    /// It could not be done.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Job {
    /// Its number; that of no other job, also of an earlier start of the program.
    pub id: String,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// What is being done.
    pub phase: Option<String>,
    /// How much of the phase is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub total: Option<u64>,
    /// How long it has been under way, or took.
    pub seconds: f64,
    /// Why it failed.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Its result; only where one job is asked for.
    #[schema(value_type = Option<Object>)]
    pub result: Option<serde_json::Value>,
}

/// The jobs that are known.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct List {
    /// The newest last; results left out.
    pub jobs: Vec<Job>,
}

struct Entry {
    number: u64,
    kind: Kind,
    state: State,
    watch: Arc<Watch>,
    cancel: Arc<AtomicBool>,
    begun: Option<Instant>,
    seconds: f64,
    problem: Option<(String, Option<String>)>,
    done: Option<Done>,
}

/// So many may wait.
const WAITING: usize = 32;

/// So many results are kept.
const KEPT: usize = 32;

struct Book {
    entries: VecDeque<Entry>,
    last: u64,
}

impl Book {
    /// Numbers begin with the milliseconds since 1970: a page left open since an earlier start must not take another's job
    /// for its own.
    fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Book { entries: VecDeque::new(), last: u64::try_from(since.as_millis()).unwrap_or_default() }
    }
}

/// The jobs of a desk.
pub struct Jobs {
    book: Mutex<Book>,
    news: Condvar,
    ended: AtomicBool,
    run: Run,
}

impl Jobs {
    /// None yet; they will be done with the seed, threads and memory of this run.
    pub fn new(run: &Run) -> Self {
        Jobs { book: Mutex::new(Book::new()), news: Condvar::new(), ended: AtomicBool::new(false), run: run.clone() }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Nothing that holds it can fail half-way.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a job in.
    pub fn add(&self, kind: Kind) -> Result<Job, Problem> {
        let mut book = self.book();
        if book.entries.iter().filter(|entry| entry.state == State::Queued).count() >= WAITING {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, format!("{WAITING} jobs are waiting already"));
            return Err(problem.hint("cancel some, or wait for them"));
        }
        book.last += 1;
        let entry = Entry {
            number: book.last,
            kind,
            state: State::Queued,
            watch: Arc::default(),
            cancel: Arc::default(),
            begun: None,
            seconds: 0.0,
            problem: None,
            done: None,
        };
        let job = entry.job(false);
        book.entries.push_back(entry);
        // The oldest that have ended are forgotten.
        while book.entries.iter().filter(|entry| entry.has_ended()).count() > KEPT
            && let Some(at) = book.entries.iter().position(Entry::has_ended)
        {
            book.entries.remove(at);
        }
        self.news.notify_all();
        Ok(job)
    }

    /// All jobs, without their results.
    pub fn list(&self) -> List {
        List { jobs: self.book().entries.iter().map(|entry| entry.job(false)).collect() }
    }

    /// One job, with its result.
    pub fn get(&self, id: &str) -> Result<Job, Problem> {
        self.with(id, |entry| Ok(entry.job(true)))
    }

    /// The page that a job made.
    pub fn page(&self, id: &str) -> Result<Arc<str>, Problem> {
        self.with(id, |entry| {
            entry.done.as_ref().and_then(|done| done.page.clone()).ok_or_else(|| {
                Problem::new(StatusCode::NOT_FOUND, format!("job {} has made no report", entry.number))
                    .hint("jobs of the kind report do, once they are done")
            })
        })
    }

    /// Cancels a job.
    pub fn cancel(&self, id: &str) -> Result<Job, Problem> {
        self.with(id, |entry| {
            if entry.has_ended() || entry.cancel.swap(true, Ordering::SeqCst) {
                let said = match entry.state {
                    State::Done => "is done already",
                    State::Failed => "has failed already",
                    _ => "was cancelled already",
                };
                return Err(Problem::new(StatusCode::CONFLICT, format!("job {} {said}", entry.number)));
            }
            if entry.state == State::Queued {
                entry.state = State::Cancelled;
            }
            Ok(entry.job(false))
        })
    }

    fn with<T>(&self, id: &str, work: impl FnOnce(&mut Entry) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut book = self.book();
        let entry =
            id.parse().ok().and_then(|number: u64| book.entries.iter_mut().find(|entry| entry.number == number));
        match entry {
            Some(entry) => work(entry),
            None => {
                let shown: String = id.chars().take(40).collect();
                Err(Problem::new(StatusCode::NOT_FOUND, format!("there is no job {shown}"))
                    .hint("the results of the last 32 are kept"))
            }
        }
    }

    /// Does jobs until it is all over.
    pub fn work(&self, desk: &Desk) {
        while let Some((number, kind, run)) = self.next() {
            // Whoever does jobs does the next one, whatever became of this one.
            let done = catch_unwind(AssertUnwindSafe(|| kind.perform(desk, &run)));
            let mut book = self.book();
            let Some(entry) = book.entries.iter_mut().find(|entry| entry.number == number) else { continue };
            entry.seconds = entry.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
            match done {
                _ if entry.cancel.load(Ordering::SeqCst) => entry.state = State::Cancelled,
                Ok(Ok(done)) => (entry.state, entry.done) = (State::Done, Some(done)),
                Ok(Err(error)) => (entry.state, entry.problem) = (State::Failed, Some(Problem::of(&error))),
                Err(_) => {
                    let said = "this went wrong inside the program, which is a fault of it";
                    (entry.state, entry.problem) = (State::Failed, Some((said.into(), None)));
                }
            }
        }
    }

    /// The next job that waits, when there is one; `None` once it is all over.
    fn next(&self) -> Option<(u64, Kind, Run)> {
        let mut book = self.book();
        loop {
            if self.ended.load(Ordering::SeqCst) {
                return None;
            }
            if let Some(entry) = book.entries.iter_mut().find(|entry| entry.state == State::Queued) {
                (entry.state, entry.begun) = (State::Running, Some(Instant::now()));
                let run = self.run.clone().progress(entry.watch.clone()).cancel_by(entry.cancel.clone());
                return Some((entry.number, entry.kind.clone(), run));
            }
            book = self.news.wait(book).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Cancels everything; whoever does jobs stops.
    pub fn end(&self) {
        let book = self.book();
        self.ended.store(true, Ordering::SeqCst);
        book.entries.iter().for_each(|entry| entry.cancel.store(true, Ordering::SeqCst));
        self.news.notify_all();
    }
}

impl Entry {
    fn has_ended(&self) -> bool {
        matches!(self.state, State::Done | State::Failed | State::Cancelled)
    }

    fn job(&self, with_result: bool) -> Job {
        let at = self.watch.state();
        let (error, hint) = self.problem.clone().map_or((None, None), |(error, hint)| (Some(error), hint));
        let running = (self.state == State::Running).then_some(self.begun).flatten();
        Job {
            id: self.number.to_string(),
            kind: self.kind.name().to_owned(),
            // Whoever cancelled need not wait for the end of the chunk.
            state: if self.cancel.load(Ordering::SeqCst) && !self.has_ended() { State::Cancelled } else { self.state },
            phase: Some(at.phase).filter(|phase| !phase.is_empty()),
            done: at.done,
            total: at.total,
            seconds: running.map_or(self.seconds, |begun| begun.elapsed().as_secs_f64()),
            error,
            hint,
            result: if with_result { self.done.as_ref().map(|done| done.result.clone()) } else { None },
        }
    }
}
