//! A file of columns as the cells of a table, for accounts, posts, offers, links, lookups and followers.
//!
//! What a column is known to be stays so: numbers are no texts to be guessed at, and times are times.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch};
use arrow_schema::{DataType, Field, TimeUnit as Unit};

use super::dictionary::keys_of;
use super::lanes::shortest;
use super::source::{Columnar, Made};
use super::texts::{Strings, plain};
use crate::base::time::{self, DAY};
use crate::base::{Result, Run};
use crate::io::tables::sheet::{Cell, Grid, Meter, RawRow};

/// Whole numbers from here on are texts, so that ids keep all their digits.
const LONG: i128 = 1_000_000_000_000_000;

/// All rows of a file below its names of columns; columns in columns are `outer.inner`.
pub fn grid(file: &Columnar, meter: &mut Meter<'_>, run: &Run) -> Result<Grid> {
    let fields = file.schema().fields();
    let mut grid = Grid { headed: true, ..Grid::default() };
    let used: Vec<usize> = (0..fields.len()).filter(|&at| has_cells(fields[at].data_type())).collect();
    for field in fields.iter().filter(|field| !has_cells(field.data_type())) {
        grid.notes.push(format!("column \"{}\" left out: {} is no type of a cell", field.name(), field.data_type()));
    }
    let mut head = Vec::new();
    used.iter().for_each(|&at| names("", &fields[at], &mut head));
    let head = head.iter().map(|name| Cell::of(name)).collect();
    grid.rows.push(RawRow { line: 1, gap: false, cells: head, starts: Vec::new() });
    let parts = file.read(&used, run, |columns: &RecordBatch, (): &mut ()| {
        let mut all = Vec::new();
        columns.columns().iter().for_each(|column| cells(column, &mut all));
        Ok(Made { made: (columns.num_rows(), all), last: false })
    })?;
    let mut line = 0;
    for (rows, columns) in parts {
        let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
        for _ in 0..rows {
            line += 1;
            let cells: Vec<Cell> = columns.iter_mut().map(|column| column.next().unwrap_or(Cell::Empty)).collect();
            for cell in &cells {
                meter.cell(if let Cell::Text(text) = cell { text.len() } else { 0 })?;
            }
            grid.rows.push(RawRow { line, gap: false, cells, starts: Vec::new() });
        }
    }
    Ok(grid)
}

fn has_cells(kind: &DataType) -> bool {
    match kind {
        DataType::Struct(inner) => inner.iter().all(|field| has_cells(field.data_type())),
        DataType::Dictionary(_, values) => !values.is_nested() && has_cells(values),
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Boolean | DataType::Null => true,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        kind => kind.is_numeric(),
    }
}

fn names(above: &str, field: &Field, all: &mut Vec<String>) {
    let name = if above.is_empty() { field.name().clone() } else { format!("{above}.{}", field.name()) };
    match field.data_type() {
        DataType::Struct(inner) => inner.iter().for_each(|field| names(&name, field, all)),
        _ => all.push(name),
    }
}

fn cells(array: &ArrayRef, all: &mut Vec<Vec<Cell>>) {
    if let Some(outer) = array.as_struct_opt() {
        for inner in outer.columns() {
            let from = all.len();
            cells(inner, all);
            let nulls = (0..outer.len()).filter(|&row| outer.is_null(row));
            nulls.for_each(|row| all[from..].iter_mut().for_each(|column| column[row] = Cell::Empty));
        }
        return;
    }
    if let Some((keys, values)) = keys_of(array) {
        let mut inner = Vec::new();
        cells(values, &mut inner);
        let inner = inner.pop().unwrap_or_default();
        all.push(keys.iter().map(|&key| inner.get(key as usize).cloned().unwrap_or(Cell::Empty)).collect());
        return;
    }
    let is_decimal = array.data_type().is_decimal();
    let array = &plain(array);
    if let Some(texts) = Strings::of(array) {
        let text = |row| String::from_utf8_lossy(texts.get(row));
        let cell = |row| if is_decimal { decimal(&text(row)) } else { Cell::of(&text(row)) };
        all.push((0..array.len()).map(cell).collect());
        return;
    }
    all.push(match array.data_type() {
        DataType::Int8 => each::<Int8Type>(array, |number| whole(number.into())),
        DataType::Int16 => each::<Int16Type>(array, |number| whole(number.into())),
        DataType::Int32 => each::<Int32Type>(array, |number| whole(number.into())),
        DataType::Int64 => each::<Int64Type>(array, |number| whole(number.into())),
        DataType::UInt8 => each::<UInt8Type>(array, |number| whole(number.into())),
        DataType::UInt16 => each::<UInt16Type>(array, |number| whole(number.into())),
        DataType::UInt32 => each::<UInt32Type>(array, |number| whole(number.into())),
        DataType::UInt64 => each::<UInt64Type>(array, |number| whole(number.into())),
        DataType::Float16 => each::<Float16Type>(array, |number| float(number.to_f64())),
        DataType::Float32 => each::<Float32Type>(array, |number| float(shortest(number))),
        DataType::Float64 => each::<Float64Type>(array, float),
        DataType::Date32 => each::<Date32Type>(array, |day| moment(i64::from(day).checked_mul(DAY))),
        DataType::Date64 => each::<Date64Type>(array, |at| moment(Some(at))),
        DataType::Timestamp(Unit::Second, _) => each::<TimestampSecondType>(array, |at| moment(at.checked_mul(1000))),
        DataType::Timestamp(Unit::Millisecond, _) => each::<TimestampMillisecondType>(array, |at| moment(Some(at))),
        DataType::Timestamp(Unit::Microsecond, _) => {
            each::<TimestampMicrosecondType>(array, |at| moment(Some(at / 1000)))
        }
        DataType::Timestamp(Unit::Nanosecond, _) => {
            each::<TimestampNanosecondType>(array, |at| moment(Some(at / 1_000_000)))
        }
        DataType::Boolean => array.as_boolean().iter().map(|flag| flag.map_or(Cell::Empty, Cell::Flag)).collect(),
        _ => vec![Cell::Empty; array.len()],
    });
}

fn each<P: ArrowPrimitiveType>(array: &ArrayRef, cell: impl Fn(P::Native) -> Cell) -> Vec<Cell> {
    array.as_primitive::<P>().iter().map(|value| value.map_or(Cell::Empty, &cell)).collect()
}

fn whole(number: i128) -> Cell {
    match number.abs() < LONG {
        true => Cell::Number(number as f64),
        false => Cell::Text(number.to_string()),
    }
}

fn float(number: f64) -> Cell {
    match number {
        number if number.is_nan() => Cell::Empty,
        number if number.is_infinite() => Cell::Text(number.to_string()),
        number => Cell::Number(number),
    }
}

/// A decimal is a number, whatever separates decimals where the table was made; an id with all its digits if it is long.
fn decimal(text: &str) -> Cell {
    match text.parse::<i128>() {
        Ok(number) => whole(number),
        Err(_) => text.parse().map_or_else(|_| Cell::of(text), float),
    }
}

/// A time that can be written down.
fn moment(at: Option<i64>) -> Cell {
    at.filter(|&at| time::parse_date(&time::show(at)).is_some()).map_or(Cell::Empty, Cell::Time)
}
