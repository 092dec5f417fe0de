//! Networks made up, with everything known about them: the plain generators of the benchmark literature, and the
//! market, a creator economy whose true reach is planted (MODELS.md section 10).
//!
//! One struct a generator holds its parameters; `.run(&run)` makes the network. The bytes are a function of the
//! parameters and the seed, at any number of threads.

pub mod ba;
pub mod configuration;
mod draw;
pub mod er;
pub mod lfr;
pub mod made;
pub mod market;
#[cfg(feature = "cli")]
pub mod parse;
pub mod power;
pub mod rmat;
pub mod sbm;
pub mod shuffle;
pub mod ws;

pub use ba::BarabasiAlbert;
pub use configuration::{Configuration, Degrees};
pub use er::ErdosRenyi;
pub use lfr::Lfr;
pub use made::{Counts, Figure, Made};
pub use market::Market;
pub use rmat::Rmat;
pub use sbm::Sbm;
pub use ws::WattsStrogatz;

use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run};
use crate::graph::csr::MAX_ACCOUNTS;

/// What a word of [`Stream::Generate`] is for. Two uses never share a number.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Step {
    RmatPairs = 1,
    RmatNoise = 2,
    RmatIds = 3,
    BaChoices = 4,
    ErSkips = 5,
    ErPlaces = 6,
    WsRewired = 7,
    SbmOuter = 8,
    SbmInner = 9,
    SbmWeights = 10,
    SbmPairs = 11,
    Degrees = 12,
    Stubs = 13,
    StubsIn = 14,
    LfrSizes = 15,
    LfrHomes = 16,
    LfrRounding = 17,
    LfrInner = 18,
    LfrOuter = 19,
    LfrRepair = 20,
}

impl Step {
    /// The words of a chunk of this step.
    pub(crate) fn key(self, run: &Run, chunk: u64) -> Key {
        Key::new(run.seed(), Stream::Generate, chunk).of(self as u64)
    }
}

/// Refuses what is no share.
pub(crate) fn check_share(flag: &str, value: f64) -> Result<()> {
    match (0.0..=1.0).contains(&value) {
        true => Ok(()),
        false => Err(Error::parameter(flag, format!("must be a share from 0 to 1, not {value}"))),
    }
}

/// Refuses more people than ids can name.
pub(crate) fn check_people(people: u64) -> Result<()> {
    match people <= MAX_ACCOUNTS {
        true => Ok(()),
        false => Err(Error::parameter("--people", format!("{people} is over the limit of {MAX_ACCOUNTS} accounts"))),
    }
}

/// Refuses what is no number within bounds that make sense; `what` says which would.
pub(crate) fn check_number(flag: &str, value: f64, holds: bool, what: &str) -> Result<()> {
    match holds && value.is_finite() {
        true => Ok(()),
        false => Err(Error::parameter(flag, format!("must be {what}, not {value}"))),
    }
}
