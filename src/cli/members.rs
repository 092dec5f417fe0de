//! The CSV of who is in which community: written by `communities --members`, read by `communities --start`.

use std::io::Write;
use std::path::Path;

use super::two_columns::{self, Row};
use crate::base::error::quoted;
use crate::base::{Error, Result};
use crate::graph::Network;
use crate::io::output::{BYTE_ORDER_MARK, Output};

const COLUMNS: [&str; 2] = ["account", "community"];

/// Writes a row an account; `community` gives the number of each.
pub fn write(path: &Path, network: &Network, community: impl Fn(u32) -> u64, force: bool) -> Result<()> {
    let mut out = Output::create(path, force)?;
    let fail = |error: std::io::Error| Error::io(path, "write", error);
    if !network.names.is_ascii() {
        out.write_all(BYTE_ORDER_MARK).map_err(fail)?;
    }
    {
        let mut csv = csv::Writer::from_writer(&mut out);
        csv.write_record(COLUMNS).map_err(|error| fail(error.into()))?;
        for account in 0..network.accounts() as u32 {
            let name = network.names.get(account);
            csv.write_record([name.as_ref(), &community(account).to_string()]).map_err(|error| fail(error.into()))?;
        }
        csv.flush().map_err(fail)?;
    }
    out.finish()
}

/// An earlier partition as far as it is about the accounts of this network.
pub struct Earlier {
    /// The community of each account then; none where the file does not name the account.
    pub communities: Vec<Option<u32>>,
    /// Rows about accounts that are not in this network, and the first of their names.
    pub gone: u64,
    pub first_gone: Option<String>,
    /// What identifies the file.
    pub checksum: u64,
}

/// Reads the members of an earlier run.
pub fn read(path: &Path, network: &Network) -> Result<Earlier> {
    const HINT: &str = "give a file that communities --members wrote";
    let (rows, checksum) = two_columns::read(path, COLUMNS, HINT)?;
    let mut earlier = Earlier { communities: vec![None; network.accounts()], gone: 0, first_gone: None, checksum };
    for Row { texts: [who, number], at: [account, community] } in rows {
        let number: u32 = number.parse().map_err(|_| {
            Error::input(community, "the number of a community, up to 4294967295", quoted(number.as_bytes()))
                .with_hint(HINT)
        })?;
        match network.names.find(&who) {
            None => {
                earlier.gone += 1;
                earlier.first_gone.get_or_insert(who);
            }
            Some(found) => {
                if earlier.communities[found as usize].replace(number).is_some() {
                    return Err(Error::input(account, "each account once", quoted(who.as_bytes()))
                        .with_hint("leave one row an account"));
                }
            }
        }
    }
    Ok(earlier)
}
