//! Columns that Python hands over: NumPy arrays and anything that speaks Arrow, borrowed where the type allows it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, Int64Array, LargeStringArray, StringArray, StringViewArray, UInt64Array};
use arrow_schema::DataType;
use arrow_select::take::take;
use numpy::{Element, PyArrayDescrMethods, PyReadonlyArray1, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use truereach::io::arrays::{Dictionary, Ids, Kinds, TextColumn};

use super::arrow;
use super::errors::InputError;

/// A column of ids or kinds.
pub enum Column<'py> {
    U32(PyReadonlyArray1<'py, u32>),
    U64(PyReadonlyArray1<'py, u64>),
    I32(PyReadonlyArray1<'py, i32>),
    I64(PyReadonlyArray1<'py, i64>),
    Texts(Texts),
    Dictionary(Vec<u32>, Texts),
    Arrow(ArrayRef),
    /// The same for all rows.
    All(String),
}

/// Texts, wherever they are.
pub enum Texts {
    Owned(Vec<String>),
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl TextColumn for Texts {
    fn len(&self) -> usize {
        match self {
            Texts::Owned(texts) => texts.len(),
            Texts::Small(texts) => texts.len(),
            Texts::Large(texts) => texts.len(),
            Texts::View(texts) => texts.len(),
        }
    }

    fn get(&self, row: usize) -> &str {
        match self {
            Texts::Owned(texts) => &texts[row],
            Texts::Small(texts) => texts.value(row),
            Texts::Large(texts) => texts.value(row),
            Texts::View(texts) => texts.value(row),
        }
    }
}

const IDS: &str = "ids: an integer array, or texts";

impl<'py> Column<'py> {
    /// The column that an object holds; `name` is named in errors.
    pub fn of(name: &str, object: &Bound<'py, PyAny>) -> PyResult<Column<'py>> {
        if let Ok(array) = object.cast::<PyUntypedArray>() {
            shaped(name, array)?;
            if let Ok(array) = object.extract() {
                return Ok(Column::I64(array));
            }
            if let Ok(array) = object.extract() {
                return Ok(Column::U32(array));
            }
            if let Ok(array) = object.extract() {
                return Ok(Column::U64(array));
            }
            if let Ok(array) = object.extract() {
                return Ok(Column::I32(array));
            }
            return Err(wrong(name, IDS, &array.dtype().to_string()));
        }
        if let Ok(text) = object.extract::<String>() {
            return Ok(Column::All(text));
        }
        match arrow::column(name, object)? {
            Some(array) => Column::of_arrow(name, array),
            None => match object.extract::<Vec<String>>() {
                Ok(texts) => Ok(Column::Texts(Texts::Owned(texts))),
                Err(_) => Err(wrong(name, IDS, &object.get_type().name()?.to_string())),
            },
        }
    }

    fn of_arrow(name: &str, array: ArrayRef) -> PyResult<Column<'py>> {
        if array.null_count() > 0 {
            let row = (0..array.len()).find(|&row| array.is_null(row)).unwrap_or(0);
            return Err(InputError::new_err(format!("{name}[{row}]: expected an id, found nothing")));
        }
        Ok(match array.data_type() {
            DataType::Int32 | DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Column::Arrow(array),
            DataType::Int8 => widened::<Int8Type>(&array),
            DataType::Int16 => widened::<Int16Type>(&array),
            DataType::UInt8 => widened::<UInt8Type>(&array),
            DataType::UInt16 => widened::<UInt16Type>(&array),
            DataType::Dictionary(_, values) if values.is_integer() => {
                let dictionary = array.as_any_dictionary();
                let keys = if array.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                let keys = UInt64Array::from_iter_values(keys.into_iter().map(|key| key as u64));
                let plain = take(dictionary.values(), &keys, None);
                let plain = plain.map_err(|error| PyValueError::new_err(format!("{name}: {error}")))?;
                return Column::of_arrow(name, plain);
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                // Of an empty dictionary the crate would ask for its first value.
                let keys = match array.is_empty() {
                    true => Vec::new(),
                    false => dictionary.normalized_keys().into_iter().map(|key| key as u32).collect(),
                };
                Column::Dictionary(keys, texts(name, dictionary.values().clone())?)
            }
            _ => Column::Texts(texts(name, array)?),
        })
    }

    /// As ids.
    pub fn ids(&self, name: &str) -> PyResult<Ids<'_>> {
        Ok(match self {
            Column::All(text) => return Err(wrong(name, IDS, &format!("the text {text:?}"))),
            // Shape and layout were looked at.
            Column::U32(array) => Ids::U32(array.as_slice().unwrap_or_default().into()),
            Column::U64(array) => Ids::U64(array.as_slice().unwrap_or_default().into()),
            Column::I32(array) => Ids::I32(array.as_slice().unwrap_or_default().into()),
            Column::I64(array) => Ids::I64(array.as_slice().unwrap_or_default().into()),
            Column::Texts(texts) => Ids::Texts(texts),
            Column::Dictionary(keys, values) => Ids::Dictionary(Dictionary { keys: keys.as_slice().into(), values }),
            Column::Arrow(array) => match array.data_type() {
                DataType::Int32 => Ids::I32(array.as_primitive::<Int32Type>().values()[..].into()),
                DataType::UInt32 => Ids::U32(array.as_primitive::<UInt32Type>().values()[..].into()),
                DataType::UInt64 => Ids::U64(array.as_primitive::<UInt64Type>().values()[..].into()),
                _ => Ids::I64(array.as_primitive::<Int64Type>().values()[..].into()),
            },
        })
    }

    /// As kinds of rows.
    pub fn kinds(&self, name: &str) -> PyResult<Kinds<'_>> {
        match self {
            Column::All(text) => Ok(Kinds::All(text)),
            Column::Texts(texts) => Ok(Kinds::Texts(texts)),
            Column::Dictionary(keys, values) => {
                Ok(Kinds::Dictionary(Dictionary { keys: keys.as_slice().into(), values }))
            }
            _ => Err(wrong(name, "texts, such as follow, like, share", "numbers")),
        }
    }
}

/// A column of numbers of one type.
pub enum Numbers<'py, T: Element> {
    Borrowed(PyReadonlyArray1<'py, T>),
    Owned(Vec<T>),
}

/// A type of number that Arrow has too.
pub trait Numeric: Element + Copy {
    const EXPECTED: &'static str;
    /// What stands for a missing value.
    const MISSING: Self;
    fn of_arrow(array: &ArrayRef) -> Option<Vec<Self>>;
}

macro_rules! numeric {
    ($type:ty, $arrow:ty, $expected:literal, $missing:expr) => {
        impl Numeric for $type {
            const EXPECTED: &'static str = $expected;
            const MISSING: Self = $missing;
            fn of_arrow(array: &ArrayRef) -> Option<Vec<Self>> {
                let values = array.as_primitive_opt::<$arrow>()?;
                Some(values.iter().map(|value| value.unwrap_or(Self::MISSING)).collect())
            }
        }
    };
}
numeric!(f64, Float64Type, "a float64 array", f64::NAN);
numeric!(i64, Int64Type, "an int64 array of seconds since 1970", i64::MIN);
numeric!(i8, Int8Type, "an int8 array of -1, 0 and 1", 0);

impl<'py, T: Numeric> Numbers<'py, T> {
    /// The numbers that an object holds.
    pub fn of(name: &str, object: &Bound<'py, PyAny>) -> PyResult<Numbers<'py, T>> {
        if let Ok(array) = object.cast::<PyUntypedArray>() {
            shaped(name, array)?;
            return match object.extract() {
                Ok(array) => Ok(Numbers::Borrowed(array)),
                Err(_) => Err(wrong(name, T::EXPECTED, &array.dtype().to_string())),
            };
        }
        match arrow::column(name, object)? {
            Some(array) => match T::of_arrow(&array) {
                Some(values) => Ok(Numbers::Owned(values)),
                None => Err(wrong(name, T::EXPECTED, &array.data_type().to_string())),
            },
            None => Err(wrong(name, T::EXPECTED, &object.get_type().name()?.to_string())),
        }
    }

    /// The numbers.
    pub fn values(&self) -> &[T] {
        match self {
            Numbers::Borrowed(array) => array.as_slice().unwrap_or_default(),
            Numbers::Owned(values) => values,
        }
    }
}

/// Whole numbers of few bits, as the engine takes them.
fn widened<'py, T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef) -> Column<'py> {
    let values = array.as_primitive::<T>().values().iter().map(|&value| value.into());
    Column::Arrow(Arc::new(Int64Array::from_iter_values(values)))
}

fn wrong(name: &str, expected: &str, found: &str) -> PyErr {
    let hint = match found {
        "object" => "\n  hint: an object array holds anything; np.asarray(…, dtype=np.int64), or a list of str",
        found if expected == IDS && found.starts_with("float") => {
            "\n  hint: ids that are floats lose digits; .astype(np.int64) if they are whole"
        }
        _ => "",
    };
    PyTypeError::new_err(format!("{name}: expected {expected}, found {found}{hint}"))
}

/// One dimension, in one piece: nothing is copied behind the user's back.
fn shaped(name: &str, array: &Bound<'_, PyUntypedArray>) -> PyResult<()> {
    if array.ndim() != 1 {
        let problem = format!("{name}: expected one dimension, found {}", array.ndim());
        return Err(PyValueError::new_err(problem));
    }
    if !array.is_c_contiguous() {
        return Err(PyValueError::new_err(format!(
            "{name}: expected an array in one piece, found one with gaps (strides {:?})\n  hint: np.ascontiguousarray({name}) copies it into one",
            array.strides()
        )));
    }
    if !array.getattr("flags")?.getattr("aligned")?.extract::<bool>()? {
        let problem =
            format!("{name}: expected an array whose numbers are aligned in memory\n  hint: {name}.copy() aligns them");
        return Err(PyValueError::new_err(problem));
    }
    match array.dtype().is_native_byteorder() {
        Some(false) => {
            Err(PyTypeError::new_err(format!("{name}: expected this machine's byte order, found {}", array.dtype())))
        }
        _ => Ok(()),
    }
}

fn texts(name: &str, array: ArrayRef) -> PyResult<Texts> {
    Ok(match array.data_type() {
        DataType::Utf8 => Texts::Small(array.as_string::<i32>().clone()),
        DataType::LargeUtf8 => Texts::Large(array.as_string::<i64>().clone()),
        DataType::Utf8View => Texts::View(array.as_string_view().clone()),
        other => return Err(wrong(name, IDS, &other.to_string())),
    })
}
