//! What an agency holds of a market, written: a snapshot, its truth, and a folder of files as a planner would have them.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::base::{Error, Result, Run, time};
use crate::graph::Network;
use crate::graph::attributes::known;
use crate::graph::tables::{offer, post};
use crate::io::output::{Output, failed};
use crate::io::snapshot;
use crate::synth::market::{Agency, Observed};

/// Who looks at the market besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Observer {
    /// An agency: some hundred creators, cut follower lists, tables of posts and prices.
    Agency,
}

/// The options of whoever looks at the market.
#[derive(Debug, clap::Args)]
pub struct ObserveArgs {
    /// Also write the market as somebody sees it who does not see everything
    #[arg(long, value_enum, value_name = "WHO", help_heading = "Agency")]
    observe: Option<Observer>,
    #[command(flatten)]
    agency: Agency,
    /// Also write what the agency holds as files: accounts, posts, offers, links, follower lists
    #[arg(long, value_name = "DIR", requires = "observe", help_heading = "Agency")]
    folder: Option<PathBuf>,
}

/// Where everything goes.
pub struct Places {
    agency: Agency,
    snapshot: PathBuf,
    truth: PathBuf,
    folder: Option<PathBuf>,
}

impl ObserveArgs {
    /// What is to be written beside the market's own snapshot; `None` if nobody looks.
    pub fn places(&self, market: &Path, force: bool) -> Result<Option<Places>> {
        if self.observe.is_none() {
            return Ok(None);
        }
        self.agency.check()?;
        if let Some(folder) = &self.folder {
            check_folder(folder, force)?;
        }
        Ok(Some(Places {
            agency: self.agency.clone(),
            snapshot: market.with_extension("agency.trg"),
            truth: market.with_extension("agency.truth.json"),
            folder: self.folder.clone(),
        }))
    }
}

impl Places {
    /// The parameters.
    pub fn agency(&self) -> &Agency {
        &self.agency
    }

    /// The files, for whoever checks that none is named twice.
    pub fn files(&self) -> [&Path; 2] {
        [&self.snapshot, &self.truth]
    }

    /// The folder, where one was asked for.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Writes everything.
    pub fn write(&self, seen: &Observed, force: bool, run: &Run) -> Result<()> {
        snapshot::write(&seen.network, &self.snapshot, force, run)?;
        let mut output = Output::create(&self.truth, force)?;
        seen.truth.write(&mut output).map_err(|error| failed(&self.truth, error))?;
        output.finish()?;
        match &self.folder {
            Some(folder) => write_folder(seen, folder, force),
            None => Ok(()),
        }
    }
}

/// What may stand in a folder that is replaced: nothing but what was written there.
const OURS: [&str; 5] = ["accounts.csv", "links.csv", "lists", "offers.csv", "posts.csv"];

/// Refuses a folder that may not be written, before the work begins.
fn check_folder(folder: &Path, force: bool) -> Result<()> {
    let Ok(about) = fs::metadata(folder) else {
        let above = above(folder);
        return match above.is_dir() {
            true => Ok(()),
            false => Err(Error::io(folder, "write", std::io::ErrorKind::NotFound.into())),
        };
    };
    if !force {
        return Err(Error::Exists(folder.to_path_buf()));
    }
    if !about.is_dir() {
        return Err(Error::parameter("--folder", format!("{} is a file", folder.display())));
    }
    for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, "read", error))? {
        let name = entry.map_err(|error| Error::io(folder, "read", error))?.file_name();
        if !OURS.iter().any(|ours| name == *ours) {
            let problem = format!("{} holds {}, which is not replaced", folder.display(), name.display());
            return Err(Error::parameter("--folder", problem).with_hint("name another folder, or empty this one"));
        }
    }
    Ok(())
}

fn above(folder: &Path) -> &Path {
    folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes the folder beside its place, then moves it there: whole or absent.
fn write_folder(seen: &Observed, folder: &Path, force: bool) -> Result<()> {
    check_folder(folder, force)?;
    let fail = |error| failed(folder, error);
    let room = tempfile::Builder::new().prefix(".truereach-").tempdir_in(above(folder)).map_err(fail)?;
    let (new, old) = (room.path().join("new"), room.path().join("old"));
    fs::create_dir(&new).map_err(fail)?;
    accounts(seen, &new.join("accounts.csv"))?;
    posts(seen, &new.join("posts.csv"))?;
    offers(&seen.network, &new.join("offers.csv"))?;
    links(seen, &new.join("links.csv"))?;
    for (creator, list) in seen.truth.accounts.iter().zip(&seen.lists) {
        let place = new.join("lists").join(&creator.platform);
        fs::create_dir_all(&place).map_err(fail)?;
        let names = list.followers.iter().map(|&u| vec![handle(&seen.network, u)]);
        csv(&place.join(format!("{}.csv", creator.handle)), &["follower"], names)?;
    }
    let replaced = folder.exists();
    if replaced {
        fs::rename(folder, &old).map_err(fail)?;
    }
    fs::rename(&new, folder).map_err(|error| {
        // Better the old folder than none.
        let _ = if replaced { fs::rename(&old, folder) } else { Ok(()) };
        fail(error)
    })
}

/// A name without its platform.
fn handle(network: &Network, account: u32) -> String {
    let name = network.names.get(account);
    name.split_once(':').map_or(name.as_ref(), |(_, handle)| handle).to_owned()
}

fn csv(path: &Path, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    let fail = |error: std::io::Error| failed(path, error);
    let file = fs::File::create(path).map_err(fail)?;
    let mut csv = ::csv::Writer::from_writer(BufWriter::new(file));
    csv.write_record(head).map_err(|error| fail(error.into()))?;
    for row in rows {
        csv.write_record(&row).map_err(|error| fail(error.into()))?;
    }
    csv.flush().map_err(fail)
}

/// A cell; empty where nothing was given.
fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn accounts(seen: &Observed, path: &Path) -> Result<()> {
    let network = &seen.network;
    let head = [
        known::PLATFORM,
        "handle",
        known::FOLLOWERS,
        known::LIST_DESIGN,
        known::LIST_DATE,
        known::NICHE,
        known::COUNTRY,
    ];
    let rows = seen.truth.accounts.iter().map(|creator| {
        let text = |name| cell(network.attributes.text(name, creator.account));
        let date = network.attributes.number(known::LIST_DATE, creator.account);
        vec![
            creator.platform.clone(),
            creator.handle.clone(),
            text(known::FOLLOWERS),
            text(known::LIST_DESIGN),
            cell(date.map(|date| time::show(date as i64))),
            text(known::NICHE),
            text(known::COUNTRY),
        ]
    });
    csv(path, &head, rows)
}

fn posts(seen: &Observed, path: &Path) -> Result<()> {
    let head = [
        known::PLATFORM,
        "handle",
        "post",
        post::TIME,
        post::FORMAT,
        post::SPONSORED,
        post::VIEWS,
        post::REACH,
        post::LIKES,
        post::COMMENTS,
        post::SHARES,
        post::SAVES,
    ];
    let rows = seen.network.tables.each_post().map(|post| {
        let numbers = [post.views, post.reach, post.likes, post.comments, post.shares, post.saves];
        let mut row = vec![
            cell(seen.network.attributes.text(known::PLATFORM, post.account)),
            handle(&seen.network, post.account),
            cell(post.id),
            cell(post.time.map(time::show)),
            cell(post.format),
            cell(post.sponsored.map(u8::from)),
        ];
        row.extend(numbers.map(cell));
        row
    });
    csv(path, &head, rows)
}

fn offers(network: &Network, path: &Path) -> Result<()> {
    let table = &network.tables.offers;
    let head = [known::PLATFORM, "handle", offer::FORMAT, offer::PRICE, offer::CURRENCY];
    let rows = (0..table.len()).map(|row| {
        let account = table.account[row];
        let text = |name| cell(table.text(name, row));
        let platform = cell(network.attributes.text(known::PLATFORM, account));
        vec![platform, handle(network, account), text(offer::FORMAT), text(offer::PRICE), text(offer::CURRENCY)]
    });
    csv(path, &head, rows)
}

/// The accounts that the agency knows to be one person's; without any, the head alone.
fn links(seen: &Observed, path: &Path) -> Result<()> {
    let linked = seen.truth.accounts.iter().filter(|creator| creator.linked);
    let rows = linked.map(|creator| {
        let person = seen.network.attributes.text(known::PERSON, creator.account);
        vec![creator.platform.clone(), creator.handle.clone(), cell(person)]
    });
    csv(path, &[known::PLATFORM, "account", known::PERSON], rows)
}
