//! Columns of weights, times and signs as the rows of the graph hold them.
//!
//! A value counts as what a CSV file would show of it: a float of 32 bits is its shortest decimal, so 0.1 is 0.1.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit as Unit};
use jiff::Timestamp;

use super::dictionary::keys_of;
use super::texts::{Strings, plain};
use crate::base::error::quoted;
use crate::base::time::{self, DAY, TimeUnit};
use crate::io::edges::{self, is_missing};
use crate::io::rows::FAULTS_KEPT;

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Flaw {
    pub expected: String,
    pub found: String,
    pub hint: Option<&'static str>,
}

impl Flaw {
    /// A value other than what should stand there.
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Flaw {
        Flaw { expected: expected.into(), found: found.into(), hint: None }
    }
}

/// Rows whose values cannot be read, and of the first of them why not.
#[derive(Debug, Default, PartialEq)]
pub struct Flaws {
    pub rows: Vec<u32>,
    pub first: Vec<Flaw>,
}

impl Flaws {
    /// Notes a row; rows come in their order.
    pub fn note(&mut self, row: usize, flaw: impl FnOnce() -> Flaw) {
        self.rows.push(row as u32);
        if self.first.len() < FAULTS_KEPT {
            self.first.push(flaw());
        }
    }
}

/// The values of a column, with anything at rows that cannot be read.
#[derive(Debug, Default, PartialEq)]
pub struct Lane<T> {
    pub values: Vec<T>,
    pub flaws: Flaws,
}

impl<T: Copy> Lane<T> {
    #[inline]
    fn take(&mut self, row: usize, instead: T, value: Result<T, Flaw>) {
        match value {
            Ok(value) => self.values.push(value),
            Err(flaw) => {
                self.flaws.note(row, || flaw);
                self.values.push(instead);
            }
        }
    }
}

/// A column of a type that cannot mean what it should.
#[derive(Debug, PartialEq)]
pub struct WrongType;

/// A value that means a number.
enum Value<'a> {
    Missing,
    Whole(i128),
    Float(f64),
    Text(&'a [u8]),
}

/// A finite number as weight; a column of types may go without.
pub fn weights(array: &ArrayRef, may_lack: bool) -> Result<Lane<f64>, WrongType> {
    const EXPECTED: &str = "a finite number as weight";
    lane(array, f64::NAN, |value| match value {
        Value::Missing if may_lack => Ok(f64::NAN),
        Value::Text(text) if may_lack && is_missing(text) => Ok(f64::NAN),
        Value::Missing => Err(Flaw::new(EXPECTED, "null")),
        // As a decimal text is read: the nearest float.
        Value::Whole(whole) => Ok(whole as f64),
        Value::Float(float) if float.is_finite() => Ok(float),
        Value::Float(float) => Err(Flaw::new(EXPECTED, float.to_string())),
        Value::Text(text) => edges::number_in(text).ok_or_else(|| Flaw::new(EXPECTED, quoted(text))),
    })
}

/// For, against, or neither.
pub fn signs(array: &ArrayRef) -> Result<Lane<i8>, WrongType> {
    const EXPECTED: &str = "a sign: a number, + or -, positive, neutral or negative";
    lane(array, 0, |value| match value {
        Value::Missing => Ok(0),
        Value::Whole(whole) => Ok(whole.signum() as i8),
        Value::Float(float) if float.is_finite() => Ok(if float > 0.0 { 1 } else { -i8::from(float < 0.0) }),
        Value::Float(float) => Err(Flaw::new(EXPECTED, float.to_string())),
        Value::Text(text) if is_missing(text) => Ok(0),
        Value::Text(text) => edges::sign_in(text).ok_or_else(|| Flaw::new(EXPECTED, quoted(text))),
    })
}

/// Milliseconds since 1970, from numbers in `unit`, dates, timestamps and texts of them.
pub fn times(array: &ArrayRef, unit: TimeUnit) -> Result<Lane<i64>, WrongType> {
    let wrong = |found: String| Flaw {
        expected: "a time".into(),
        found,
        hint: Some("a number (see --time-unit), a date, a timestamp, or a text of one: 2012-07-04 18:00"),
    };
    // Days and thousands are what texts of times would hold; beyond the years that those may name, they are none.
    let years = Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond();
    let known = |time: Option<i64>, shown: i64| {
        time.filter(|time| years.contains(time))
            .ok_or_else(|| wrong(format!("{shown}, outside the years -9999 to 9999")))
    };
    let missing = time::MISSING;
    match array.data_type() {
        DataType::Timestamp(Unit::Second, _) => {
            Ok(primitive::<TimestampSecondType, _>(array, missing, |at| known(at.checked_mul(1000), at)))
        }
        DataType::Timestamp(Unit::Millisecond, _) => {
            Ok(primitive::<TimestampMillisecondType, _>(array, missing, |at| known(Some(at), at)))
        }
        DataType::Timestamp(Unit::Microsecond, _) => {
            Ok(primitive::<TimestampMicrosecondType, _>(array, missing, |at| known(Some(at / 1000), at)))
        }
        DataType::Timestamp(Unit::Nanosecond, _) => {
            Ok(primitive::<TimestampNanosecondType, _>(array, missing, |at| known(Some(at / 1_000_000), at)))
        }
        DataType::Date32 => {
            Ok(primitive::<Date32Type, _>(array, missing, |day| known(Some(i64::from(day) * DAY), i64::from(day))))
        }
        DataType::Date64 => Ok(primitive::<Date64Type, _>(array, missing, |at| known(Some(at), at))),
        _ => lane(array, missing, |value| match value {
            Value::Missing => Ok(missing),
            Value::Whole(whole) => i64::try_from(whole)
                .ok()
                .and_then(|whole| time::whole(whole, unit))
                .ok_or_else(|| wrong(whole.to_string())),
            Value::Float(float) => time::float(float, unit).ok_or_else(|| wrong(float.to_string())),
            Value::Text(text) if is_missing(text) => Ok(missing),
            Value::Text(text) => std::str::from_utf8(text)
                .ok()
                .and_then(|text| time::parse(text, unit))
                .ok_or_else(|| wrong(quoted(text))),
        }),
    }
}

fn primitive<P: ArrowPrimitiveType, T: Copy>(
    array: &ArrayRef,
    missing: T,
    read: impl Fn(P::Native) -> Result<T, Flaw>,
) -> Lane<T> {
    let array = array.as_primitive::<P>();
    let mut lane = Lane { values: Vec::with_capacity(array.len()), flaws: Flaws::default() };
    for (row, &value) in array.values().iter().enumerate() {
        match array.is_null(row) {
            true => lane.values.push(missing),
            false => lane.take(row, missing, read(value)),
        }
    }
    lane
}

/// A lane from a column of numbers or texts, or a dictionary of either, each of whose values is read once.
fn lane<T: Copy>(
    array: &ArrayRef,
    instead: T,
    read: impl Fn(Value<'_>) -> Result<T, Flaw>,
) -> Result<Lane<T>, WrongType> {
    let mut lane = Lane { values: Vec::with_capacity(array.len()), flaws: Flaws::default() };
    match keys_of(array) {
        None => visit(array, |row, value| lane.take(row, instead, read(value)))?,
        Some((keys, values)) => {
            let mut known = Vec::with_capacity(values.len());
            visit(values, |_, value| known.push(read(value)))?;
            let null = read(Value::Missing);
            for (row, key) in keys.into_iter().enumerate() {
                lane.take(row, instead, known.get(key as usize).unwrap_or(&null).clone());
            }
        }
    }
    Ok(lane)
}

/// Hands out every value of a column of numbers or texts.
fn visit(array: &ArrayRef, mut each: impl FnMut(usize, Value<'_>)) -> Result<(), WrongType> {
    let array = &plain(array);
    if let Some(texts) = Strings::of(array) {
        for row in 0..array.len() {
            match texts.is_null(row) {
                true => each(row, Value::Missing),
                false => each(row, Value::Text(texts.get(row))),
            }
        }
        return Ok(());
    }
    fn all<P: ArrowPrimitiveType>(
        array: &ArrayRef,
        each: &mut impl FnMut(usize, Value<'_>),
        value: impl Fn(P::Native) -> Value<'static>,
    ) {
        let array = array.as_primitive::<P>();
        for (row, &native) in array.values().iter().enumerate() {
            match array.is_null(row) {
                true => each(row, Value::Missing),
                false => each(row, value(native)),
            }
        }
    }
    let each = &mut each;
    match array.data_type() {
        DataType::Int8 => all::<Int8Type>(array, each, |value| Value::Whole(value.into())),
        DataType::Int16 => all::<Int16Type>(array, each, |value| Value::Whole(value.into())),
        DataType::Int32 => all::<Int32Type>(array, each, |value| Value::Whole(value.into())),
        DataType::Int64 => all::<Int64Type>(array, each, |value| Value::Whole(value.into())),
        DataType::UInt8 => all::<UInt8Type>(array, each, |value| Value::Whole(value.into())),
        DataType::UInt16 => all::<UInt16Type>(array, each, |value| Value::Whole(value.into())),
        DataType::UInt32 => all::<UInt32Type>(array, each, |value| Value::Whole(value.into())),
        DataType::UInt64 => all::<UInt64Type>(array, each, |value| Value::Whole(value.into())),
        DataType::Float16 => all::<Float16Type>(array, each, |value| Value::Float(value.to_f64())),
        DataType::Float32 => all::<Float32Type>(array, each, |value| Value::Float(shortest(value))),
        DataType::Float64 => all::<Float64Type>(array, each, Value::Float),
        _ => return Err(WrongType),
    }
    Ok(())
}

/// The float whose decimal is the shortest that means this one.
pub fn shortest(value: f32) -> f64 {
    let wide = f64::from(value);
    // Whole numbers that it holds exactly are their own decimals.
    if wide.abs() < 16_777_216.0 && wide.fract() == 0.0 {
        return wide;
    }
    value.to_string().parse().unwrap_or(wide)
}
