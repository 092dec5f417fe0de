//! Columns of texts, however Arrow keeps them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType};
use arrow_array::{Array, ArrayRef, LargeStringArray, PrimitiveArray, StringArray, StringViewArray};
use arrow_schema::DataType;

use crate::io::edges::trim;

/// A column of texts.
#[derive(Clone, Copy)]
pub enum Strings<'a> {
    Small(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
}

impl<'a> Strings<'a> {
    /// The column, if it is one of texts.
    pub fn of(array: &'a dyn Array) -> Option<Strings<'a>> {
        match array.data_type() {
            DataType::Utf8 => array.as_string_opt().map(Strings::Small),
            DataType::LargeUtf8 => array.as_string_opt().map(Strings::Large),
            DataType::Utf8View => array.as_string_view_opt().map(Strings::View),
            _ => None,
        }
    }

    /// The text of a row as readers of rows see it, without blanks around it; nothing for a null.
    #[inline]
    pub fn get(self, row: usize) -> &'a [u8] {
        let text = match self {
            Strings::Small(array) if array.is_valid(row) => array.value(row),
            Strings::Large(array) if array.is_valid(row) => array.value(row),
            Strings::View(array) if array.is_valid(row) => array.value(row),
            _ => "",
        };
        trim(text.as_bytes())
    }

    /// Whether the row is a null.
    pub fn is_null(self, row: usize) -> bool {
        match self {
            Strings::Small(array) => array.is_null(row),
            Strings::Large(array) => array.is_null(row),
            Strings::View(array) => array.is_null(row),
        }
    }
}

/// Decimals and columns of nulls as texts; any other column as it is.
pub fn plain(array: &ArrayRef) -> ArrayRef {
    fn texts<T: DecimalType>(array: &PrimitiveArray<T>) -> ArrayRef {
        let text = |row| array.is_valid(row).then(|| array.value_as_string(row));
        Arc::new((0..array.len()).map(text).collect::<StringArray>())
    }
    match array.data_type() {
        DataType::Null => Arc::new(StringArray::new_null(array.len())),
        DataType::Decimal32(..) => texts::<Decimal32Type>(array.as_primitive()),
        DataType::Decimal64(..) => texts::<Decimal64Type>(array.as_primitive()),
        DataType::Decimal128(..) => texts::<Decimal128Type>(array.as_primitive()),
        DataType::Decimal256(..) => texts::<Decimal256Type>(array.as_primitive()),
        _ => array.clone(),
    }
}
