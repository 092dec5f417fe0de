//! Arrow arrays to what is summed: ids, moments, weights, signs and kinds. A dictionary's values are read once, not once a row.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit as Unit};
use std::sync::Arc;

use super::keys::{Id, Ids, NOBODY};
use crate::base::error::quoted;
use crate::base::time::{self, DAY, MISSING, TimeUnit};
use crate::base::{Error, Location, Result};

/// Seconds since 1970 at the start of 2100: a larger bare number counts something else.
const LATEST: i64 = 4_102_444_800;

/// Where the values of a column stand, for messages.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub path: &'a Path,
    pub column: &'a str,
    /// Rows of the file before them.
    pub before: u64,
}

impl Site<'_> {
    fn fault(&self, row: usize, expected: &str, found: impl Into<String>) -> Error {
        let (file, row) = (self.path.display(), self.before + row as u64 + 1);
        Error::input(Location::file(format!("{file}: row {row}, column \"{}\"", self.column)), expected, found)
    }

    fn wrong_type(&self, expected: &str, found: &DataType) -> Error {
        Error::input(
            Location::file(format!("{}: column \"{}\"", self.path.display(), self.column)),
            expected,
            format!("values of type {found}"),
        )
    }
}

/// Values of a column: as they come, or by keys into a dictionary.
pub struct Column {
    values: ArrayRef,
    /// For each row its place in the dictionary; [`NOBODY`] for null.
    keys: Option<Vec<u32>>,
}

impl Column {
    /// Of an array.
    pub fn new(array: &ArrayRef) -> Column {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Column { values: array.clone(), keys: None };
        };
        let values = dictionary.values().clone();
        if values.is_empty() {
            return Column { values, keys: Some(vec![NOBODY; array.len()]) };
        }
        let mut keys: Vec<u32> = dictionary.normalized_keys().into_iter().map(|key| key as u32).collect();
        if let Some(nulls) = dictionary.keys().nulls() {
            keys.iter_mut().zip(nulls.iter()).filter(|(_, valid)| !valid).for_each(|(key, _)| *key = NOBODY);
        }
        Column { values, keys: Some(keys) }
    }

    /// So many rows of one text, or of null.
    pub fn constant(text: Option<&str>, rows: usize) -> Column {
        let values: ArrayRef = Arc::new(StringArray::from_iter_values(text));
        Column { values, keys: Some(vec![if text.is_some() { 0 } else { NOBODY }; rows]) }
    }

    /// What each row has, given what each value is.
    fn rows<T: Copy>(&self, values: Vec<T>, missing: T) -> Vec<T> {
        match &self.keys {
            Some(keys) => by_keys(keys, &values, missing),
            None => values,
        }
    }

    /// The provisional number of each row's account; those that are not `alive` are not looked at.
    pub fn ids(&self, ids: &Ids, alive: &[bool], memo: &mut Memo, site: Site) -> Result<Vec<u32>> {
        let Some(keys) = &self.keys else { return interned(&self.values, ids, Some(alive), site) };
        let known = memo.0.as_ref().filter(|(array, _)| Arc::ptr_eq(array, &self.values));
        if known.is_none() {
            memo.0 = Some((self.values.clone(), interned(&self.values, ids, None, site)?));
        }
        Ok(memo.0.as_ref().map(|(_, numbers)| by_keys(keys, numbers, NOBODY)).unwrap_or_default())
    }

    /// Milliseconds since 1970; [`MISSING`] for null.
    pub fn times(&self, unit: Option<TimeUnit>, site: Site) -> Result<Vec<i64>> {
        Ok(self.rows(times(&self.values, unit, site)?, MISSING))
    }

    /// Weights; NaN for null.
    pub fn weights(&self, site: Site) -> Result<Vec<f64>> {
        Ok(self.rows(weights(&self.values, site)?, f64::NAN))
    }

    /// 1 for, -1 against, 0 neither or null.
    pub fn signs(&self, site: Site) -> Result<Vec<i8>> {
        Ok(self.rows(signs(&self.values, site)?, 0))
    }

    /// What `weigh` makes of each row's text; `missing` for null.
    pub fn kinds<T: Copy>(&self, weigh: impl Fn(&str) -> T, missing: T, site: Site) -> Result<Vec<T>> {
        let mut known: hashbrown::HashMap<String, T, foldhash::fast::FixedState> = hashbrown::HashMap::default();
        let mut values = Vec::with_capacity(self.values.len());
        each_text(&self.values, site, |text| {
            let Some(text) = text else { return values.push(missing) };
            let found = known.get(text).copied();
            values.push(found.unwrap_or_else(|| {
                let weight = weigh(text);
                known.insert(text.to_owned(), weight);
                weight
            }));
        })?;
        Ok(self.rows(values, missing))
    }
}

fn by_keys<T: Copy>(keys: &[u32], values: &[T], missing: T) -> Vec<T> {
    keys.iter().map(|&key| values.get(key as usize).copied().unwrap_or(missing)).collect()
}

/// The accounts of the dictionary met last: the batches of a file share one.
#[derive(Default)]
pub struct Memo(Option<(ArrayRef, Vec<u32>)>);

/// Runs `$body` with `$values` the whole numbers of an array of any integer type, or `$otherwise`.
macro_rules! integers {
    ($array:expr, $values:ident => $body:expr, $otherwise:expr) => {
        match $array.data_type() {
            DataType::Int8 => integers!(@ $array, Int8Type, $values => $body),
            DataType::Int16 => integers!(@ $array, Int16Type, $values => $body),
            DataType::Int32 => integers!(@ $array, Int32Type, $values => $body),
            DataType::Int64 => integers!(@ $array, Int64Type, $values => $body),
            DataType::UInt8 => integers!(@ $array, UInt8Type, $values => $body),
            DataType::UInt16 => integers!(@ $array, UInt16Type, $values => $body),
            DataType::UInt32 => integers!(@ $array, UInt32Type, $values => $body),
            DataType::UInt64 => integers!(@ $array, UInt64Type, $values => $body),
            _ => $otherwise,
        }
    };
    (@ $array:expr, $type:ty, $values:ident => $body:expr) => {{
        let $values = &$array.as_primitive::<$type>().values()[..];
        $body
    }};
}

fn is_valid(nulls: Option<&NullBuffer>, at: usize) -> bool {
    nulls.is_none_or(|nulls| nulls.is_valid(at))
}

// The cast does nothing to the widest type and something to all others.
#[allow(clippy::unnecessary_cast)]
fn interned(array: &ArrayRef, ids: &Ids, alive: Option<&[bool]>, site: Site) -> Result<Vec<u32>> {
    const EXPECTED: &str = "account ids: whole numbers from 0, or texts";
    let nulls = array.nulls();
    let counts = |at: usize| alive.is_none_or(|alive| alive[at]) && is_valid(nulls, at);
    let count = array.len();
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            ids.intern(count, |at| counts(at).then(|| Id::text(texts.value(at).as_bytes())).flatten())
        }
        DataType::LargeUtf8 => {
            let texts = array.as_string::<i64>();
            ids.intern(count, |at| counts(at).then(|| Id::text(texts.value(at).as_bytes())).flatten())
        }
        DataType::Utf8View => {
            let texts = array.as_string_view();
            let views = texts.views();
            ids.intern(count, |at| {
                counts(at).then(|| Id::view(views[at]).or_else(|| Id::text(texts.value(at).as_bytes()))).flatten()
            })
        }
        other => integers!(
            array,
            values => {
                let negative = values.iter().enumerate().find(|&(at, &value)| i128::from(value) < 0 && counts(at));
                if let Some((row, value)) = negative {
                    return Err(site.fault(row, EXPECTED, value.to_string()).with_hint(
                        "an account id below 0 often stands for nobody: write null there, or leave such rows out",
                    ));
                }
                ids.intern(count, |at| counts(at).then(|| Id::Number(values[at] as u64)))
            },
            Err(site.wrong_type(EXPECTED, other).with_hint(match other {
                DataType::Float16 | DataType::Float32 | DataType::Float64 =>
                    "decimal numbers cannot tell large ids apart: write the column as int64 (pandas makes floats of whole \
                     numbers where some are missing: use its type Int64)",
                DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) =>
                    "write bytes as text first",
                _ => "choose another column, or take the id out of this one",
            }))
        ),
    }
}

/// How a column of whole numbers counts time: so many milliseconds each, or so many to a millisecond.
#[derive(Clone, Copy)]
pub enum Scale {
    Each(i64),
    Per(i64),
}

impl Scale {
    /// Of values of this type; bare numbers count `unit`, or seconds.
    pub fn of(data: &DataType, unit: Option<TimeUnit>) -> Option<Scale> {
        Some(match data {
            DataType::Timestamp(Unit::Second, _) => Scale::Each(1000),
            DataType::Timestamp(Unit::Millisecond, _) | DataType::Date64 => Scale::Each(1),
            DataType::Timestamp(Unit::Microsecond, _) => Scale::Per(1000),
            DataType::Timestamp(Unit::Nanosecond, _) => Scale::Per(1_000_000),
            DataType::Date32 => Scale::Each(DAY),
            data if data.is_integer() => match unit.unwrap_or_default() {
                TimeUnit::S => Scale::Each(1000),
                TimeUnit::Ms => Scale::Each(1),
                TimeUnit::Us => Scale::Per(1000),
                TimeUnit::Min => Scale::Each(60_000),
                TimeUnit::H => Scale::Each(3_600_000),
                TimeUnit::D => Scale::Each(DAY),
            },
            _ => return None,
        })
    }

    /// In milliseconds; `None` where it is beyond what a time can be.
    #[inline]
    pub fn read(self, value: i64) -> Option<i64> {
        let read = match self {
            Scale::Each(milliseconds) => value.checked_mul(milliseconds),
            Scale::Per(1000) => Some(value.div_euclid(1000)),
            Scale::Per(parts) => Some(value.div_euclid(parts)),
        };
        read.filter(|&time| time != MISSING)
    }
}

fn times(array: &ArrayRef, unit: Option<TimeUnit>, site: Site) -> Result<Vec<i64>> {
    const EXPECTED: &str = "a time";
    let nulls = array.nulls();
    let wrong = |row: usize, found: String| site.fault(row, EXPECTED, found);
    if let DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View = array.data_type() {
        let mut out = Vec::with_capacity(array.len());
        let mut fault = None;
        each_text(array, site, |text| {
            let read = text.map(|text| time::parse(text.trim(), unit.unwrap_or_default()));
            if read == Some(None) && fault.is_none() {
                fault = Some(wrong(out.len(), quoted(text.unwrap_or_default().as_bytes())));
            }
            out.push(read.flatten().unwrap_or(MISSING));
        })?;
        return match fault {
            Some(fault) => Err(fault.with_hint("write 2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970")),
            None => Ok(out),
        };
    }
    let Some(scale) = Scale::of(array.data_type(), unit) else {
        let expected = "times: timestamps, dates, texts such as 2012-07-04T18:00:00Z, or whole numbers";
        return Err(site.wrong_type(expected, array.data_type()).with_hint("choose another column with --time"));
    };
    let bare = array.data_type().is_integer() && unit.is_none();
    let read = |values: &[i64]| -> Result<Vec<i64>> {
        let mut out = Vec::with_capacity(values.len());
        for (row, &value) in values.iter().enumerate() {
            out.push(match is_valid(nulls, row) {
                false => MISSING,
                true if bare && value.unsigned_abs() > LATEST as u64 => {
                    return Err(site
                        .fault(row, "a time in seconds since 1970, before 2100", value.to_string())
                        .with_hint("say what the numbers count: --time-unit ms"));
                }
                true => scale.read(value).ok_or_else(|| wrong(row, value.to_string()))?,
            });
        }
        Ok(out)
    };
    match array.data_type() {
        DataType::Timestamp(Unit::Second, _) => read(array.as_primitive::<TimestampSecondType>().values()),
        DataType::Timestamp(Unit::Millisecond, _) => read(array.as_primitive::<TimestampMillisecondType>().values()),
        DataType::Timestamp(Unit::Microsecond, _) => read(array.as_primitive::<TimestampMicrosecondType>().values()),
        DataType::Timestamp(Unit::Nanosecond, _) => read(array.as_primitive::<TimestampNanosecondType>().values()),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().values();
            read(&days.iter().map(|&day| i64::from(day)).collect::<Vec<_>>())
        }
        DataType::Date64 => read(array.as_primitive::<Date64Type>().values()),
        _ => integers!(
            array,
            values => {
                // A number beyond 63 bits is no time in any unit; it is refused as the largest that is.
                let whole = |&value| i64::try_from(i128::from(value)).unwrap_or(i64::MAX);
                read(&values.iter().map(whole).collect::<Vec<_>>())
            },
            Ok(Vec::new())
        ),
    }
}

fn weights(array: &ArrayRef, site: Site) -> Result<Vec<f64>> {
    let nulls = array.nulls();
    let mut out: Vec<f64> = match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().values().to_vec(),
        DataType::Float32 => array.as_primitive::<Float32Type>().values().iter().map(|&value| value.into()).collect(),
        DataType::Decimal128(_, scale) => {
            let values = array.as_primitive::<Decimal128Type>().values();
            let power = (0..scale.unsigned_abs()).fold(1.0f64, |power, _| power * 10.0);
            let read = |&value: &i128| if *scale < 0 { value as f64 * power } else { value as f64 / power };
            values.iter().map(read).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let (mut out, mut fault) = (Vec::with_capacity(array.len()), None);
            each_text(array, site, |text| {
                let read = text.map_or(Some(f64::NAN), |text| text.trim().parse().ok());
                if read.is_none() && fault.is_none() {
                    fault = Some(site.fault(out.len(), "a weight", quoted(text.unwrap_or_default().as_bytes())));
                }
                out.push(read.unwrap_or(f64::NAN));
            })?;
            match fault {
                Some(fault) => return Err(fault),
                None => out,
            }
        }
        other => integers!(array, values => values.iter().map(|&value| value as f64).collect(), {
            return Err(site
                .wrong_type("weights: numbers", other)
                .with_hint("choose another column with --weight, or none with --weight none"));
        }),
    };
    if let Some(nulls) = nulls {
        out.iter_mut().zip(nulls.iter()).filter(|(_, valid)| !valid).for_each(|(weight, _)| *weight = f64::NAN);
    }
    match out.iter().position(|weight| weight.is_infinite()) {
        Some(row) => Err(site.fault(row, "a finite weight", out[row].to_string())),
        None => Ok(out),
    }
}

fn signs(array: &ArrayRef, site: Site) -> Result<Vec<i8>> {
    const EXPECTED: &str = "a sign: a number, + or -, positive, neutral or negative";
    let nulls = array.nulls();
    let sign = |value: f64| if value > 0.0 { 1 } else { -i8::from(value < 0.0) };
    let mut out: Vec<i8> = match array.data_type() {
        DataType::Boolean => array.as_boolean().values().iter().map(|is_for| if is_for { 1 } else { -1 }).collect(),
        DataType::Float64 => array.as_primitive::<Float64Type>().values().iter().map(|&value| sign(value)).collect(),
        DataType::Float32 => {
            array.as_primitive::<Float32Type>().values().iter().map(|&value| sign(value.into())).collect()
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let (mut out, mut fault) = (Vec::with_capacity(array.len()), None);
            each_text(array, site, |text| {
                let read = text.map_or(Some(0), |text| match text.trim().to_ascii_lowercase().as_str() {
                    "+" | "positive" | "pos" | "for" => Some(1),
                    "-" | "negative" | "neg" | "against" => Some(-1),
                    "neutral" | "neu" => Some(0),
                    other => other.parse().ok().filter(|value: &f64| value.is_finite()).map(sign),
                });
                if read.is_none() && fault.is_none() {
                    fault = Some(site.fault(out.len(), EXPECTED, quoted(text.unwrap_or_default().as_bytes())));
                }
                out.push(read.unwrap_or(0));
            })?;
            match fault {
                Some(fault) => return Err(fault),
                None => out,
            }
        }
        other => integers!(array, values => values.iter().map(|&value| sign(value as f64)).collect(), {
            return Err(site
                .wrong_type("signs: numbers or words", other)
                .with_hint("choose another column with --sign, or none with --sign none"));
        }),
    };
    if let Some(nulls) = nulls {
        out.iter_mut().zip(nulls.iter()).filter(|(_, valid)| !valid).for_each(|(sign, _)| *sign = 0);
    }
    Ok(out)
}

/// Every value as a text, whole numbers too; `None` for null.
fn each_text(array: &ArrayRef, site: Site, mut each: impl FnMut(Option<&str>)) -> Result<()> {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().for_each(each),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().for_each(each),
        DataType::Utf8View => array.as_string_view().iter().for_each(each),
        other => integers!(
            array,
            values => {
                for (row, value) in values.iter().enumerate() {
                    let text = is_valid(array.nulls(), row).then(|| value.to_string());
                    each(text.as_deref());
                }
            },
            {
                return Err(site
                    .wrong_type("kinds: texts or whole numbers", other)
                    .with_hint("choose another column with --kind"));
            }
        ),
    }
    Ok(())
}
