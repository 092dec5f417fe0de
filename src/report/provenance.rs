//! Where a result comes from: enough to make it again, nothing that differs between equal runs.

use serde::Serialize;
use serde_json::Value;

/// Version, command, parameters, seed and network of a result. No time, no thread count, no path of a machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Provenance {
    /// The engine and its version.
    pub engine: String,
    /// The verb.
    pub command: String,
    /// Its parameters, defaults included.
    pub parameters: Value,
    /// The seed of all randomness.
    pub rng_seed: u64,
    /// The checksum of the network, as `truereach info` prints it.
    pub network: String,
}

impl Provenance {
    /// Of a command on a network.
    pub fn new(command: &str, parameters: Value, rng_seed: u64, network: u64) -> Self {
        Provenance {
            engine: concat!("truereach ", env!("CARGO_PKG_VERSION")).into(),
            command: command.into(),
            parameters,
            rng_seed,
            network: format!("{network:016x}"),
        }
    }

    /// In a line, for the foot of a picture.
    pub fn line(&self) -> String {
        format!("{} {}, network {}, seed {}", self.engine, self.command, self.network, self.rng_seed)
    }
}
