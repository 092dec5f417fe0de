//! What is on the desk: the network, its creators, and people drawn on whom any portfolio is judged at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::atlas::Atlas;
use super::card::Fixed;
use super::jobs::Jobs;
use super::problem::{Problem, Waiting};
use super::search::Search;
use super::{Engine, Question, portfolio};
use crate::base::run::Progress;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, Status, par};
use crate::cascade::{Cascade, Resolved, Sampled};
use crate::graph::attributes::known;
use crate::graph::{Graph, Network};
use crate::influence::Board;
use crate::report::{Cell, small};

/// What a desk is set up with.
pub struct Setting {
    /// The network, with the columns kept beside it.
    pub network: Network,
    /// Its name for people.
    pub name: String,
    /// What identifies it.
    pub checksum: u64,
    /// Counts of fewer people are withheld.
    pub hide_below: Option<u64>,
    /// Seed, threads and memory of everything that is computed.
    pub run: Run,
    /// What answers the longer questions.
    pub engine: Box<dyn Engine>,
}

/// The desk. Everything but jobs and progress is made once and only read from then on.
pub struct Desk {
    /// Held until the program ends, as the people drawn look at it.
    pub(super) network: &'static Network,
    /// Who follows whom; `None` where the network has no follows.
    pub(super) graph: Option<&'static Graph>,
    pub(super) name: String,
    pub(super) checksum: u64,
    pub(super) hide_below: Option<u64>,
    pub(super) run: Run,
    pub(super) engine: Box<dyn Engine>,
    /// Who can be put into a portfolio, whoever has most followers first.
    pub(super) creators: Vec<u32>,
    /// Whether they are those of an accounts table.
    pub(super) listed: bool,
    pub(super) search: Search,
    pub(super) jobs: Jobs,
    drawn: OnceLock<std::result::Result<Drawn, Problem>>,
    /// Where people cannot be drawn: the reach of creators as the main table says it, from past posts or claimed followers.
    told: OnceLock<BTreeMap<u32, Alone>>,
    atlas: OnceLock<std::result::Result<Atlas, Problem>>,
    fixed: OnceLock<Fixed>,
    watch: Arc<Watch>,
    ended: Arc<AtomicBool>,
}

/// What drawing people made possible.
pub struct Drawn {
    pub board: Board<'static>,
    /// The reach of each creator posting alone, in the order of the creators, with the interval of what is assumed.
    pub alone: Vec<Alone>,
    /// What is assumed, a sentence each.
    pub assumptions: Vec<String>,
    pub status: Status,
    /// Whether spread beyond followers is observed.
    pub beyond: bool,
}

/// People whom a creator reaches alone, with the interval of what is assumed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alone {
    pub people: f64,
    pub interval: Interval,
}

/// Without an accounts table, so many of the most followed are creators.
const MOST: usize = 100_000;

/// For each account so many people are drawn, within limits: enough that a portfolio of a hundred creators is known to about
/// one in a hundred, and few enough that it takes seconds.
const PEOPLE: (u64, u64, u64) = (2, 1 << 18, 1 << 22);

/// Draws of what is assumed, as the verbs have them.
const DRAWS: u32 = 100;

impl Desk {
    /// Looks at the network; people are drawn from [`Desk::begin`] on.
    pub fn new(setting: Setting) -> Result<Arc<Desk>> {
        let Setting { network, name, checksum, hide_below, run, engine } = setting;
        let network: &'static Network = Box::leak(Box::new(network));
        let graph = network.follows.as_ref().map(|follows| &follows.graph);
        let count = |account: u32| network.follower_count(account).unwrap_or(0.0);
        let most_followed =
            |accounts: &mut Vec<u32>| accounts.sort_by(|&a, &b| count(b).total_cmp(&count(a)).then(a.cmp(&b)));
        let all = 0..network.accounts() as u32;
        let (mut creators, listed) = match network.creators() {
            Some(creators) => (creators, true),
            None => (all.clone().filter(|&account| count(account) > 0.0).collect(), false),
        };
        most_followed(&mut creators);
        if !listed {
            creators.truncate(MOST);
        }
        // Creators are found before accounts that are none.
        let mut order = creators.clone();
        let mut is_creator = vec![false; network.accounts()];
        creators.iter().for_each(|&creator| is_creator[creator as usize] = true);
        let mut others: Vec<u32> = all.filter(|&account| !is_creator[account as usize]).collect();
        most_followed(&mut others);
        order.extend(others);
        let line = |account: u32| (account, network.names.get(account), network.attributes.text(known::NAME, account));
        let search = Search::new(order.into_iter().map(line));
        Ok(Arc::new(Desk {
            network,
            graph,
            name,
            checksum,
            hide_below,
            jobs: Jobs::new(&run),
            run,
            engine,
            creators,
            listed,
            search,
            drawn: OnceLock::new(),
            told: OnceLock::new(),
            atlas: OnceLock::new(),
            fixed: OnceLock::new(),
            watch: Arc::default(),
            ended: Arc::default(),
        }))
    }

    /// Draws people and puts creators on the map, beside what is asked meanwhile; and has jobs done.
    pub fn begin(self: &Arc<Self>) {
        let desk = self.clone();
        std::thread::spawn(move || {
            let run = desk.run.clone().progress(desk.watch.clone()).cancel_by(desk.ended.clone());
            let drawn = guarded(|| desk.draw(&run));
            if drawn.is_err() {
                let _ = desk.told.set(desk.told(&run).unwrap_or_default());
            }
            let _ = desk.drawn.set(drawn);
            let atlas = guarded(|| Atlas::new(&desk, &run));
            let _ = desk.atlas.set(atlas);
        });
        let desk = self.clone();
        std::thread::spawn(move || desk.jobs.work(&desk));
    }

    /// Ends what is under way.
    pub fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.jobs.end();
    }

    fn draw(&self, run: &Run) -> Result<Drawn> {
        let needs = |needs: String| Error::NotEstimable { figure: "The reach of a portfolio".into(), needs };
        let (network, view) = (self.network, self.network.view);
        let (Some(graph), true) = (self.graph, view.has_followers()) else {
            return Err(needs(format!("complete follower lists; this network shows {}", view.describe())));
        };
        let beyond = view.has_followings();
        let cascade = Cascade::default();
        let status = cascade.status().0;
        let resolved = match beyond {
            true => cascade.resolve(graph, network, run)?,
            false => cascade.resolve_direct(graph, network, run)?,
        };
        let resolved: &'static Resolved<'static> = Box::leak(Box::new(resolved));
        let (each, least, most) = PEOPLE;
        let people = (each * network.accounts() as u64).clamp(least, most);
        let board = Board::new(resolved, self.creators.clone(), people, DRAWS, run)?;
        run.phase("each creator alone", Some(self.creators.len() as u64));
        let alone = par::map(run, &par::chunks(self.creators.len(), 256), |range| {
            let alone = |place: usize| {
                let (reach, interval) = board.alone(self.creators[place]);
                Alone { people: reach.people, interval }
            };
            Ok(range.map(alone).collect::<Vec<_>>())
        })?;
        Ok(Drawn { board, alone: alone.concat(), assumptions: resolved.notes().to_vec(), status, beyond })
    }

    /// The reach of creators as the main table says it.
    fn told(&self, run: &Run) -> Result<BTreeMap<u32, Alone>> {
        let words = ["analyze", "--top=0"].map(str::to_owned).to_vec();
        let answer = self.engine.ask(&Question { words, ..Default::default() }, run)?;
        let Some(table) = answer.tables.first() else { return Ok(BTreeMap::new()) };
        let column = |key: &str| table.columns.iter().position(|column| column.key == key);
        let (Some(name), Some(reach), Some(range)) = (column("account"), column("reach"), column("interval")) else {
            return Ok(BTreeMap::new());
        };
        let row = |row: &Vec<Cell>| {
            let (Cell::Text(name), Cell::Range(interval)) = (&row[name], &row[range]) else { return None };
            Some((self.network.names.find(name)?, Alone { people: row[reach].number()?, interval: *interval }))
        };
        Ok(table.rows.iter().filter_map(row).collect())
    }

    /// The reach of a creator who posts alone, if it is known.
    pub fn alone(&self, account: u32) -> Option<Alone> {
        match self.drawn.get()? {
            Ok(drawn) => self.place(account).map(|place| drawn.alone[place]),
            Err(_) => self.told.get()?.get(&account).copied(),
        }
    }

    /// What drawing people made possible; a problem where it is not done or cannot be.
    pub fn drawn(&self) -> std::result::Result<&Drawn, Problem> {
        match self.drawn.get() {
            Some(drawn) => drawn.as_ref().map_err(Clone::clone),
            None => Err(Problem::waiting("people are still being drawn", self.waiting())),
        }
    }

    /// The map; a problem where it is not done or cannot be.
    pub fn atlas(&self) -> std::result::Result<&Atlas, Problem> {
        match self.atlas.get() {
            Some(atlas) => atlas.as_ref().map_err(Clone::clone),
            None => Err(Problem::waiting("creators are still being put on the map", self.waiting())),
        }
    }

    /// What stays as it is as long as the network is served.
    pub fn fixed(&self) -> &Fixed {
        self.fixed.get_or_init(|| Fixed::new(self))
    }

    /// Where drawing people and the map stand.
    pub fn waiting(&self) -> Waiting {
        self.watch.state()
    }

    /// Accounts by their ids.
    pub fn accounts(&self, ids: &[String]) -> std::result::Result<Vec<u32>, Problem> {
        Ok(ids.iter().map(|id| self.network.account(id)).collect::<Result<Vec<_>>>()?)
    }

    /// The place of an account among the creators.
    pub fn place(&self, account: u32) -> Option<usize> {
        let count = |account: u32| self.network.follower_count(account).unwrap_or(0.0);
        let before = |other: &u32| count(account).total_cmp(&count(*other)).then(other.cmp(&account));
        self.creators.binary_search_by(before).ok()
    }

    /// Whether the id or the name of an account has a word, as `search::word` makes it.
    pub fn has_word(&self, account: u32, word: &str) -> bool {
        let has = |text: &str| super::search::word(text).contains(word);
        has(&self.network.names.get(account))
            || self.network.attributes.text(known::NAME, account).is_some_and(|name| has(&name))
    }

    /// A number of people as it may be shown.
    pub fn people(&self, people: f64) -> Option<f64> {
        (!self.is_small(people)).then_some(people)
    }

    /// Whether so few people are withheld.
    pub fn is_small(&self, people: f64) -> bool {
        self.hide_below.is_some_and(|below| small::is_small(people.abs(), below))
    }

    /// A figure as it may be shown.
    pub fn figure(&self, figure: Sampled) -> portfolio::Figure {
        self.with_interval(figure.people, figure.sim_error)
    }

    /// A figure with an interval of its own, as it may be shown.
    pub fn with_interval(&self, people: f64, interval: Interval) -> portfolio::Figure {
        match self.is_small(people) {
            true => portfolio::Figure { people: None, low: None, high: None },
            false => portfolio::Figure { people: Some(people), low: Some(interval.low), high: Some(interval.high) },
        }
    }
}

/// Work on a thread that nobody waits for: what goes wrong, whatever it is, becomes the answer.
fn guarded<T>(work: impl FnOnce() -> Result<T>) -> std::result::Result<T, Problem> {
    let fault = || Error::io("people drawn", "make", std::io::Error::other("a fault of the program"));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    done.unwrap_or_else(|_| Err(fault())).map_err(Problem::from)
}

/// Progress that can be looked at.
#[derive(Default)]
pub struct Watch(Mutex<(String, u64, Option<u64>)>);

impl Watch {
    fn lock(&self) -> MutexGuard<'_, (String, u64, Option<u64>)> {
        // Nothing that holds it can fail half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it stands.
    pub fn state(&self) -> Waiting {
        let (phase, done, total) = self.lock().clone();
        Waiting { phase, done, total }
    }
}

impl Progress for Watch {
    fn phase(&self, name: &str, total: Option<u64>) {
        *self.lock() = (name.to_owned(), 0, total);
    }

    fn advance(&self, amount: u64) {
        self.lock().1 += amount;
    }
}
