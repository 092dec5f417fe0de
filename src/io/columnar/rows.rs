//! Batches of columns as the rows of a graph, with the words and the faults that rows of text have.

use std::sync::Arc;

use arrow_array::{ArrayRef, DictionaryArray, Int8Array, RecordBatch, StringArray, new_empty_array};
use arrow_schema::DataType;

use super::dictionary::Memo;
use super::ids::{Ids, Role, Rows, pairs};
use super::lanes::{Flaw, Flaws, Lane, WrongType, signs, times, weights};
use super::source::{Columnar, Made};
use crate::base::time::TimeUnit;
use crate::base::{Error, Location, Result, Run};
use crate::io::columns::{Delimiter, Layout, Reading};
use crate::io::intern::Interner;
use crate::io::rows::{Batch, Fault};

/// How the columns of one file are read.
pub struct Reader {
    layout: Layout,
    unit: TimeUnit,
    skip: bool,
    /// The columns of the file that are used, in its order.
    used: Vec<usize>,
    /// The header, behind it what the path says.
    header: Vec<String>,
    /// What the path says, which holds for every row.
    constants: Vec<Option<String>>,
}

/// What a worker keeps from batch to batch.
#[derive(Default)]
struct Memos {
    accounts: [Memo; 2],
    kind: Memo,
    item: Memo,
}

/// The columns of a batch as rows hold them, and what is wrong in each, in the order in which rows are looked at.
struct Lanes {
    from: Ids,
    to: Ids,
    weight: Vec<f64>,
    time: Vec<i64>,
    sign: Vec<i8>,
    kind: Option<Ids>,
    item: Option<Ids>,
    flaws: Vec<(usize, Flaws)>,
}

impl Reader {
    /// Finds the columns by what `reading` names and by the words for them. `constants` are names and values that the path
    /// of the file gives to all its rows.
    pub fn new(
        file: &mut Columnar,
        constants: &[(String, Option<String>)],
        reading: &Reading,
        skip: bool,
    ) -> Result<Reader> {
        let own = file.schema().fields().len();
        let names = file.schema().fields().iter().map(|field| field.name().clone());
        let header: Vec<String> = names.chain(constants.iter().map(|(name, _)| name.clone())).collect();
        let layout = Layout::from_header(file.name(), &header, Delimiter::Byte(b','), reading)?;
        let mut used: Vec<usize> = layout.used().filter(|&column| column < own).collect();
        used.sort_unstable();
        used.dedup();
        let texts = [Some(layout.from), Some(layout.to), layout.kind, layout.item];
        let texts: Vec<usize> = texts.into_iter().flatten().collect();
        let constants = constants.iter().map(|(_, value)| value.clone()).collect();
        let unit = reading.time_unit.unwrap_or_default();
        let reader = Reader { layout, unit, skip, used, header, constants };
        reader.check(file)?;
        file.keep_dictionaries(&texts);
        Ok(reader)
    }

    /// Where everything stands.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Names of columns, those of the path last.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// Where a fault is.
    pub fn at(&self, file: &str, row: u64, column: u64) -> Location {
        match (column as usize).checked_sub(1).and_then(|column| self.header.get(column)) {
            Some(name) => Location::file(format!("{file}: row {row}, column \"{name}\"")),
            None => Location::file(format!("{file}: row {row}")),
        }
    }

    /// Reads all rows, on all threads; batches in the order of the file.
    pub fn read(
        &self,
        file: &Columnar,
        run: &Run,
        interner: &Interner,
        took: impl Fn(&Batch) -> Result<()> + Sync,
    ) -> Result<Vec<Batch>> {
        file.read(&self.used, run, |columns: &RecordBatch, memos: &mut Memos| {
            let batch = self.batch(file, columns, memos, interner)?;
            took(&batch)?;
            Ok(Made { last: batch.faulty > 0 && !self.skip, made: batch })
        })
    }

    /// Refuses columns of types that cannot mean what they should, before any row is read.
    fn check(&self, file: &Columnar) -> Result<()> {
        let fields = file.schema().fields();
        let empty: Vec<ArrayRef> = self.used.iter().map(|&at| new_empty_array(fields[at].data_type())).collect();
        let lanes = self.lanes(|column| self.own(column).map(|at| empty[at].clone()), 0, &mut Memos::default());
        lanes.map(drop).map_err(|(column, expected)| {
            let at = Location::file(format!("{}: column \"{}\"", file.name(), self.header[column]));
            let kind = fields.get(column).map_or(DataType::Utf8, |field| field.data_type().clone());
            Error::input(at, expected, format!("a column of {}", name_of(&kind))).with_hint(hint_of(&kind))
        })
    }

    /// The place of a column of the file among those used.
    fn own(&self, column: usize) -> Option<usize> {
        self.used.binary_search(&column).ok()
    }

    /// The columns as rows hold them; or which of them cannot be, and what it should be.
    fn lanes(
        &self,
        array: impl Fn(usize) -> Option<ArrayRef>,
        rows: usize,
        memos: &mut Memos,
    ) -> std::result::Result<Lanes, (usize, &'static str)> {
        let layout = &self.layout;
        let mut all = Vec::new();
        let array = |column: usize| array(column).unwrap_or_else(|| self.constant(column, rows));
        let mut ids = |column: usize, role: Role, memo: &mut Memo, expected: &'static str| {
            let (ids, flaws) = Ids::of(&array(column), role, memo).map_err(|WrongType| (column, expected))?;
            all.push((column, flaws));
            Ok(ids)
        };
        const ACCOUNTS: &str = "accounts: whole numbers or texts";
        let [of_from, of_to] = &mut memos.accounts;
        let from = ids(layout.from, Role::Account, of_from, ACCOUNTS)?;
        let to = ids(layout.to, Role::Account, of_to, ACCOUNTS)?;
        let kind = layout.kind.map(|at| ids(at, Role::Kind, &mut memos.kind, "types: texts or whole numbers"));
        let item = layout.item.map(|at| ids(at, Role::Item, &mut memos.item, "items: texts or whole numbers"));
        let (kind, item) = (kind.transpose()?, item.transpose()?);
        let behind = all.split_off(2);
        let weight = layout.weight.map(|at| {
            let lane = weights(&array(at), layout.kind.is_some());
            lane.map(|lane| (at, lane)).map_err(|WrongType| (at, "weights: numbers"))
        });
        let time = layout.time.map(|at| {
            let lane = times(&array(at), self.unit);
            lane.map(|lane| (at, lane)).map_err(|WrongType| (at, "times: timestamps, dates, numbers or texts"))
        });
        let sign = layout.sign.map(|at| {
            let lane = signs(&array(at));
            lane.map(|lane| (at, lane)).map_err(|WrongType| (at, "signs: numbers or words"))
        });
        let weight = part(weight.transpose()?, &mut all);
        let time = part(time.transpose()?, &mut all);
        let sign = part(sign.transpose()?, &mut all);
        all.extend(behind);
        Ok(Lanes { from, to, weight, time, sign, kind, item, flaws: all })
    }

    /// A column of what the path says.
    fn constant(&self, column: usize, rows: usize) -> ArrayRef {
        let own = self.header.len() - self.constants.len();
        let value = column.checked_sub(own).and_then(|at| self.constants.get(at)).cloned().flatten();
        let key = value.is_some().then_some(0);
        let keys = Int8Array::from(vec![key; rows]);
        let values = StringArray::from(vec![value.unwrap_or_default()]);
        Arc::new(DictionaryArray::new(keys, Arc::new(values)))
    }

    fn batch(&self, file: &Columnar, columns: &RecordBatch, memos: &mut Memos, interner: &Interner) -> Result<Batch> {
        let rows = columns.num_rows();
        let array = |column: usize| self.own(column).and_then(|at| columns.columns().get(at)).cloned();
        let lanes = self.lanes(array, rows, memos);
        let mut lanes = lanes.map_err(|(_, expected)| file.damaged(&format!("a batch without {expected}")))?;
        let mut batch = Batch { lines: rows as u64, ..Batch::default() };
        let flaws = std::mem::take(&mut lanes.flaws);
        if flaws.iter().all(|(_, flaws)| flaws.rows.is_empty()) {
            self.fill(&mut batch, lanes, Rows::All(rows), memos, interner)?;
            return Ok(batch);
        }
        let good = refuse(flaws, rows, self.skip, &mut batch);
        self.fill(&mut batch, lanes, Rows::Some(&good), memos, interner)?;
        Ok(batch)
    }

    fn fill(
        &self,
        batch: &mut Batch,
        lanes: Lanes,
        rows: Rows<'_>,
        memos: &mut Memos,
        interner: &Interner,
    ) -> Result<()> {
        batch.pairs = pairs(&lanes.from, &lanes.to, rows, &mut memos.accounts, interner)?;
        batch.weight = rows.pick(lanes.weight);
        batch.time = rows.pick(lanes.time);
        batch.sign = rows.pick(lanes.sign);
        batch.kind = lanes.kind.map(|ids| ids.places(rows, &mut batch.kinds)).unwrap_or_default();
        batch.item = lanes.item.map(|ids| ids.places(rows, &mut batch.items)).unwrap_or_default();
        Ok(())
    }
}

fn part<T>(lane: Option<(usize, Lane<T>)>, all: &mut Vec<(usize, Flaws)>) -> Vec<T> {
    let Some((column, lane)) = lane else { return Vec::new() };
    all.push((column, lane.flaws));
    lane.values
}

/// Notes the rows that cannot be read, each by the first of its columns that is wrong; the other rows are good.
fn refuse(flaws: Vec<(usize, Flaws)>, rows: usize, skip: bool, batch: &mut Batch) -> Vec<u32> {
    let mut wrong: Vec<(u32, usize, usize)> = Vec::new();
    for (order, (_, flaws)) in flaws.iter().enumerate() {
        wrong.extend(flaws.rows.iter().enumerate().map(|(at, &row)| (row, order, at)));
    }
    wrong.sort_unstable();
    wrong.dedup_by_key(|(row, ..)| *row);
    for &(row, order, at) in &wrong {
        let (column, flaws) = &flaws[order];
        let flaw = flaws.first.get(at).cloned().unwrap_or_else(|| Flaw::new("", ""));
        let fault = Fault::new(u64::from(row), column + 1, flaw.expected, flaw.found);
        let fault = match flaw.hint {
            Some(hint) => fault.hint(hint),
            None => fault,
        };
        if !batch.fault(fault, skip) {
            break;
        }
    }
    let mut wrong = wrong.iter().map(|(row, ..)| *row).peekable();
    (0..rows as u32).filter(|row| wrong.next_if_eq(row).is_none()).collect()
}

/// A type in words of people who made the file.
fn name_of(kind: &DataType) -> String {
    let name = match kind {
        DataType::Boolean => "truth values",
        DataType::Float16 | DataType::Float32 | DataType::Float64 => "floats",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "bytes",
        DataType::Struct(_) | DataType::Map(..) | DataType::Union(..) => "structures",
        kind if kind.is_nested() => "lists",
        DataType::Dictionary(_, values) => return format!("a dictionary of {}", name_of(values)),
        other => return format!("type {other}"),
    };
    name.to_owned()
}

fn hint_of(kind: &DataType) -> &'static str {
    match kind {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            "pandas makes floats of whole numbers where some are missing: .astype(\"Int64\") before to_parquet keeps them"
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "mark the column as text (UTF-8) when the file is written"
        }
        _ => "name another column: --from NAME --to NAME --type NAME --time NAME --weight NAME --sign NAME --item NAME",
    }
}
