//! Row groups read in parallel: the columns that are needed, and of the groups those that statistics do not rule out.

use std::io::BufReader;
use std::ops::Range;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::columns::{KIND, Place, Places, ROLES, SIGN, SOURCE, TARGET, TIME, WEIGHT};
use super::inputs::{Form, LogFile, arrow, broken, opened};
use super::keys::{Ids, NOBODY};
use super::prune::{self, Ruled};
use super::sums::{Dealer, Extra, Sums, Units};
use super::values::{Column, Memo, Site};
use super::{Left, Summary};
use crate::base::time::{MISSING, TimeUnit};
use crate::base::{Error, Location, Result, Run, par};

/// Rows decoded at a time: their columns stay in the cache while they are looked at.
const BATCH: usize = 1 << 15;
/// Batches of an Arrow file that are one task.
const TOGETHER: usize = 8;

/// What is asked of every row.
pub struct Wanted {
    /// From this moment on.
    pub since: i64,
    /// Before this moment.
    pub until: i64,
    /// Whether there is a window.
    pub windowed: bool,
    /// Weights by kind; all rows count if there are none.
    pub kinds: Vec<(String, f64)>,
    /// Days after which a row counts half, in milliseconds.
    pub half_life: Option<f64>,
    /// The moment from which half-lives count back.
    pub at: i64,
    /// What a bare number counts.
    pub unit: Option<TimeUnit>,
}

impl Wanted {
    /// The weight of a kind; `None` if it is not asked for.
    pub fn kind(&self, text: &str) -> Option<f64> {
        let name = crate::io::columns::canonical_kind(text);
        self.kinds.iter().find(|(kind, _)| *kind == name).map(|&(_, weight)| weight)
    }

    /// Whether a moment is in the window.
    pub fn holds(&self, time: i64) -> bool {
        self.since <= time && time < self.until
    }

    fn needs_times(&self) -> bool {
        self.windowed || self.half_life.is_some()
    }
}

/// The log as it is to be read.
pub struct Scan<'a> {
    pub files: &'a [LogFile],
    pub places: &'a [Places],
    /// Names of the columns by role.
    pub names: &'a [Option<String>; 6],
    pub wanted: Wanted,
}

/// A part of a file that is read at a stretch.
#[derive(Clone, Debug)]
enum Part {
    Group(usize),
    Batches(Range<usize>),
    Stream,
}

#[derive(Clone, Debug)]
struct Task {
    file: usize,
    part: Part,
    /// Rows of the file before it, where that is known.
    before: u64,
}

type Arrays = [Option<ArrayRef>; 6];

impl Scan<'_> {
    /// Every part of the log, and what is not read because its statistics rule it out.
    fn tasks(&self, summary: &mut Summary, prunes: bool) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for (at, (file, places)) in self.files.iter().zip(self.places).enumerate() {
            match &file.form {
                Form::Parquet(read) => {
                    let mut before = 0;
                    for (group, meta) in read.metadata().row_groups().iter().enumerate() {
                        let rows = meta.num_rows().max(0) as u64;
                        summary.row_groups += 1;
                        match prunes.then(|| prune::rules_out(&self.wanted, file, places, group)).transpose()?.flatten()
                        {
                            Some(ruled) => summary.skip(rows, ruled),
                            None => tasks.push(Task { file: at, part: Part::Group(group), before }),
                        }
                        before += rows;
                    }
                }
                Form::File(batches) => {
                    let parts = par::chunks(*batches, TOGETHER);
                    tasks.extend(parts.into_iter().map(|part| Task { file: at, part: Part::Batches(part), before: 0 }));
                }
                Form::Stream => tasks.push(Task { file: at, part: Part::Stream, before: 0 }),
            }
        }
        Ok(tasks)
    }

    /// Reads the columns of `roles` of a part, batch by batch.
    fn read(&self, task: &Task, roles: &[usize], mut each: impl FnMut(usize, Arrays) -> Result<()>) -> Result<()> {
        let (file, places) = (&self.files[task.file], &self.places[task.file]);
        let column = |role: usize| match places[role] {
            Some(Place::Column(column)) if roles.contains(&role) => Some(column),
            _ => None,
        };
        let mut columns: Vec<usize> = (0..ROLES.len()).filter_map(column).collect();
        columns.sort_unstable();
        let mut take = |batch: RecordBatch| {
            let array = |role: usize| {
                let at = columns.binary_search(&column(role)?).ok()?;
                batch.columns().get(at).cloned()
            };
            each(batch.num_rows(), std::array::from_fn(array))
        };
        let path = &file.path;
        let whole = |read: std::result::Result<RecordBatch, ArrowError>| read.map_err(|error| arrow(path, &error));
        match (&file.form, &task.part) {
            (Form::Parquet(read), Part::Group(group)) => {
                let mask = ProjectionMask::roots(read.parquet_schema(), columns.iter().copied());
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(opened(path)?, (**read).clone())
                    .with_row_groups(vec![*group])
                    .with_projection(mask)
                    .with_batch_size(BATCH)
                    .build()
                    .map_err(|error| broken(path, &error))?;
                for batch in reader {
                    take(batch.map_err(|error| broken(path, &error.into()))?)?;
                }
            }
            (_, Part::Batches(range)) => {
                let reader = FileReader::try_new(BufReader::new(opened(path)?), Some(columns.clone()));
                let mut reader = reader.map_err(|error| arrow(path, &error))?;
                reader.set_index(range.start).map_err(|error| arrow(path, &error))?;
                for batch in reader.take(range.len()) {
                    take(whole(batch)?)?;
                }
            }
            _ => {
                let reader = StreamReader::try_new(BufReader::new(opened(path)?), Some(columns.clone()));
                for batch in reader.map_err(|error| arrow(path, &error))? {
                    take(whole(batch)?)?;
                }
            }
        }
        Ok(())
    }

    fn site<'s>(&'s self, task: &Task, role: usize, before: u64) -> Site<'s> {
        let column = self.names[role].as_deref().unwrap_or_default();
        Site { path: &self.files[task.file].path, column, before: task.before + before }
    }

    /// The values of a role in a batch.
    fn column(&self, task: &Task, role: usize, arrays: &Arrays, rows: usize) -> Option<Column> {
        match self.places[task.file][role].as_ref()? {
            Place::Column(_) => arrays[role].as_ref().map(Column::new),
            Place::Partition(value) => Some(Column::constant(value.as_deref(), rows)),
        }
    }

    /// The latest time of any row: from statistics where there are some, else from the column itself.
    pub fn latest(&self, run: &Run) -> Result<Option<i64>> {
        let tasks = self.tasks(&mut Summary::default(), false)?;
        run.phase("latest time", Some(tasks.len() as u64));
        let latest = par::map(run, &par::chunks(tasks.len(), 1), |range| {
            let mut latest = MISSING;
            for task in &tasks[range] {
                let (file, places) = (&self.files[task.file], &self.places[task.file]);
                if let Part::Group(group) = task.part
                    && let Some(times) = prune::times(file, places, group, self.wanted.unit)
                {
                    latest = latest.max(times.last);
                    continue;
                }
                let mut before = 0;
                self.read(task, &[TIME], |rows, arrays| {
                    if let Some(column) = self.column(task, TIME, &arrays, rows) {
                        let times = column.times(self.wanted.unit, self.site(task, TIME, before))?;
                        latest = times.into_iter().fold(latest, i64::max);
                    }
                    before += rows as u64;
                    Ok(())
                })?;
            }
            Ok(latest)
        })?;
        Ok(latest.into_iter().max().filter(|&latest| latest != MISSING))
    }

    /// Reads every row into the sums. `check` is called after each part, with memory in mind.
    pub fn sum<U: Units, X: Extra>(
        &self,
        ids: &Ids,
        sums: &Sums<U, X>,
        run: &Run,
        check: impl Fn() -> Result<()> + Sync,
    ) -> Result<Summary> {
        let mut summary = Summary { files: self.files.len() as u64, ..Summary::default() };
        let tasks = self.tasks(&mut summary, true)?;
        run.phase("row groups", Some(tasks.len() as u64));
        let roles: Vec<usize> = (0..ROLES.len()).filter(|&role| self.needs::<U, X>(role)).collect();
        let read = par::map(run, &par::chunks(tasks.len(), 1), |range| {
            let mut read = Summary::default();
            let mut memos = [Memo::default(), Memo::default()];
            for task in &tasks[range] {
                // A sum that is too narrow makes all of this be done again.
                if sums.overflowed() {
                    break;
                }
                sums.with_dealer(|dealer| {
                    let mut before = 0;
                    self.read(task, &roles, |rows, arrays| {
                        let columns = std::array::from_fn(|role| {
                            roles.contains(&role).then(|| self.column(task, role, &arrays, rows)).flatten()
                        });
                        let batch = Batch { scan: self, task, columns, rows, before };
                        batch.sum(ids, sums, dealer, &mut memos, &mut read)?;
                        before += rows as u64;
                        run.step(0)
                    })
                })?;
            }
            check()?;
            Ok(read)
        })?;
        read.iter().for_each(|part| summary.add(part));
        Ok(summary)
    }

    /// Whether a role's column is read.
    fn needs<U: Units, X: Extra>(&self, role: usize) -> bool {
        self.names[role].is_some()
            && match role {
                SOURCE | TARGET => true,
                KIND => !self.wanted.kinds.is_empty(),
                TIME => X::TIMES || self.wanted.needs_times(),
                WEIGHT => size_of::<U>() > 0,
                SIGN => X::SIGNS,
                _ => false,
            }
    }
}

/// Some rows of a part.
struct Batch<'a> {
    scan: &'a Scan<'a>,
    task: &'a Task,
    columns: [Option<Column>; 6],
    rows: usize,
    before: u64,
}

impl Batch<'_> {
    fn site(&self, role: usize) -> Site<'_> {
        self.scan.site(self.task, role, self.before)
    }

    fn sum<U: Units, X: Extra>(
        &self,
        ids: &Ids,
        sums: &Sums<U, X>,
        dealer: &mut Dealer<U, X>,
        memos: &mut [Memo; 2],
        summary: &mut Summary,
    ) -> Result<()> {
        let wanted = &self.scan.wanted;
        let mut alive = vec![true; self.rows];
        let left = &mut summary.left;
        let times = self.columns[TIME].as_ref().map(|column| column.times(wanted.unit, self.site(TIME))).transpose()?;
        if let (Some(times), true) = (&times, wanted.needs_times()) {
            leave(&mut alive, &mut left.undated, |row| times[row] == MISSING);
            leave(&mut alive, &mut left.outside, |row| !wanted.holds(times[row]));
        }
        let mut weights: Option<Vec<f64>> = None;
        if let Some(column) = &self.columns[WEIGHT] {
            let read = column.weights(self.site(WEIGHT))?;
            leave(&mut alive, &mut left.unweighted, |row| read[row].is_nan());
            weights = Some(read);
        }
        if let Some(column) = &self.columns[KIND] {
            let kinds = column.kinds(|text| wanted.kind(text).unwrap_or(f64::NAN), f64::NAN, self.site(KIND))?;
            leave(&mut alive, &mut left.other_kind, |row| kinds[row].is_nan());
            times_each(&mut weights, &kinds);
        }
        if let (Some(times), Some(half_life)) = (&times, wanted.half_life) {
            let fade = |&time: &i64| libm::exp2(-(wanted.at.saturating_sub(time).max(0) as f64) / half_life);
            times_each(&mut weights, &times.iter().map(fade).collect::<Vec<_>>());
        }
        let signs = self.columns[SIGN].as_ref().map(|column| column.signs(self.site(SIGN))).transpose()?;
        let mut accounts = |role: usize| match &self.columns[role] {
            Some(column) => column.ids(ids, &alive, &mut memos[role], self.site(role)),
            None => Ok(vec![NOBODY; self.rows]),
        };
        let (sources, targets) = (accounts(SOURCE)?, accounts(TARGET)?);
        leave(&mut alive, &mut left.null_id, |row| sources[row] == NOBODY || targets[row] == NOBODY);
        leave(&mut alive, &mut left.self_, |row| sources[row] == targets[row]);
        summary.rows += self.rows as u64;
        for row in (0..self.rows).filter(|&row| alive[row]) {
            let weight = weights.as_ref().map_or(1.0, |weights| weights[row]);
            let time = times.as_ref().map_or(MISSING, |times| times[row]);
            let sign = signs.as_ref().map_or(0, |signs| signs[row]);
            sums.push(dealer, sources[row], targets[row], weight, X::row(time, sign));
            summary.kept += 1;
        }
        Ok(())
    }
}

/// Leaves out the rows of which `is_out` is true, and counts them.
#[inline]
fn leave(alive: &mut [bool], count: &mut u64, is_out: impl Fn(usize) -> bool) {
    for (row, alive) in alive.iter_mut().enumerate() {
        let goes = *alive && is_out(row);
        *count += u64::from(goes);
        *alive &= !goes;
    }
}

fn times_each(weights: &mut Option<Vec<f64>>, factors: &[f64]) {
    match weights {
        Some(weights) => weights.iter_mut().zip(factors).for_each(|(weight, factor)| *weight *= factor),
        None => *weights = Some(factors.to_vec()),
    }
}

impl Summary {
    /// Takes in what a part of the log gave.
    fn add(&mut self, part: &Summary) {
        self.rows += part.rows;
        self.kept += part.kept;
        let (all, left) = (&mut self.left, &part.left);
        let Left { self_, null_id, other_kind, outside, undated, unweighted } = left;
        all.self_ += self_;
        all.null_id += null_id;
        all.other_kind += other_kind;
        all.outside += outside;
        all.undated += undated;
        all.unweighted += unweighted;
    }

    /// Takes in a row group that is not read.
    fn skip(&mut self, rows: u64, ruled: Ruled) {
        self.row_groups_skipped += 1;
        self.rows_skipped += rows;
        self.rows += rows;
        match ruled {
            Ruled::Time { undated } => {
                self.left.undated += undated.min(rows);
                self.left.outside += rows - undated.min(rows);
            }
            Ruled::Kind => self.left.other_kind += rows,
        }
    }
}

/// An error of a file that has none of what was looked for.
pub fn nothing(file: &LogFile, expected: &str, found: &str) -> Error {
    Error::input(Location::file(file.path.display().to_string()), expected, found)
}
