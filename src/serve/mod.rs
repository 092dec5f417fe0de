//! `truereach serve`: a screen to plan on, in a browser on the same machine.
//!
//! - `desk`: the network, its creators and the people drawn, ready to answer; `search` finds accounts by what is typed, `creators`
//!   filters and sorts, `portfolio` judges, `atlas` puts creators on a map.
//! - `jobs`: what takes longer, one after the other, with progress and cancel; `kinds`: which jobs there are.
//! - `api`: the questions over HTTP; `asked`: what they hold; `description`; `card`: the network itself; `guard`: who may ask; `problem`: what goes wrong, as a status and a
//!   sentence; `assets`: the page itself.
//!
//! Everything is answered from this process: no question names a file, and nothing is fetched.

/// The files of the page, named as they lie below `web/`.
macro_rules! assets {
    ($(($path:literal, $kind:literal)),* $(,)?) => {
        &[$(Asset { path: $path, kind: $kind, bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/", $path)) }),*]
    };
}

mod api;
mod asked;
mod assets;
mod atlas;
mod bundle;
mod card;
mod creators;
mod description;
mod desk;
mod guard;
mod jobs;
mod kinds;
mod portfolio;
mod problem;
mod search;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crate::base::{Error, Result, Run};
use crate::report::Answer;

pub use api::description;
pub use desk::{Desk, Setting};
pub use guard::Token;
pub use kinds::Question;

/// What answers the longer questions: the verbs of the command line, and the report.
pub trait Engine: Send + Sync {
    /// A verb is asked, NETWORK left out: that is the network served.
    fn ask(&self, question: &Question, run: &Run) -> Result<Answer>;
    /// The report of a campaign as one HTML file, from the campaign as a file would have it.
    fn report(&self, campaign: &serde_json::Value, run: &Run) -> Result<String>;
}

/// A server that listens already, and serves nobody yet.
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on this machine alone; port 0 takes one that is free.
    pub fn bind(port: u16) -> Result<Server> {
        let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let refused = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                Error::parameter("--port", format!("{port} is in use by another program, or by another truereach"))
                    .with_hint("--port 0 takes one that is free")
            }
            std::io::ErrorKind::PermissionDenied => {
                Error::parameter("--port", format!("{port} may not be used by this user"))
                    .with_hint("ports from 1024 on are free to use; --port 0 takes one")
            }
            _ => Error::io(format!("{wanted}"), "listen at", error),
        };
        let listener = std::net::TcpListener::bind(wanted).map_err(refused)?;
        let io = |error| Error::io(format!("{wanted}"), "listen at", error);
        listener.set_nonblocking(true).map_err(io)?;
        let address = listener.local_addr().map_err(io)?;
        Ok(Server { listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `run` is cancelled; then running jobs are cancelled too, and requests under way answered.
    pub fn serve(self, desk: Arc<Desk>, token: Token, run: &Run) -> Result<()> {
        let io = |error| Error::io(format!("{}", self.address), "serve at", error);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(8)
            .enable_all()
            .build()
            .map_err(io)?;
        let guard = guard::Guard::new(token, self.address);
        desk.begin();
        let ended = {
            let (desk, run) = (desk.clone(), run.clone());
            async move {
                // The flag that Ctrl-C sets has nobody to wake.
                while run.step(0).is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                desk.end();
            }
        };
        let (listener, router) = (self.listener, api::router(desk, guard));
        runtime
            .block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener)?;
                let server = axum::serve(listener, router).with_graceful_shutdown(ended);
                // A browser that keeps its connection open does not keep the program from ending.
                let patience = async {
                    while run.step(0).is_ok() {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    tokio::time::sleep(Duration::from_secs(2)).await;
                };
                tokio::select! { served = async { server.await } => served, () = patience => Ok(()) }
            })
            .map_err(io)
    }
}
