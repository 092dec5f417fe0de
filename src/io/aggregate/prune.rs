//! What statistics say of a row group before it is read.

use std::sync::Arc;

use arrow_schema::DataType;
use parquet::basic::{Encoding, EncodingMask};
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use super::columns::{KIND, Place, Places, TIME};
use super::inputs::{Form, LogFile, broken, opened};
use super::scan::Wanted;
use super::values::Scale;
use crate::base::Result;
use crate::base::time::{self, MISSING, TimeUnit};

/// What rules a row group out.
pub enum Ruled {
    /// Its times are outside the window; so many rows have none.
    Time { undated: u64 },
    /// Its kinds are not asked for.
    Kind,
}

/// The times of a row group.
pub struct GroupTimes {
    first: i64,
    pub last: i64,
    nulls: u64,
}

/// Whether no row of a row group can count, and why.
pub fn rules_out(wanted: &Wanted, file: &LogFile, places: &Places, group: usize) -> Result<Option<Ruled>> {
    if wanted.windowed
        && let Some(times) = times(file, places, group, wanted.unit)
        && (times.last < wanted.since || times.first >= wanted.until)
    {
        return Ok(Some(Ruled::Time { undated: times.nulls }));
    }
    if wanted.kinds.is_empty() {
        return Ok(None);
    }
    let asked = |text: &str| wanted.kind(text).is_some();
    let holds_none = match &places[KIND] {
        Some(Place::Partition(value)) => !value.as_deref().is_some_and(asked),
        Some(Place::Column(column)) => match kinds(file, *column, group)? {
            Some(kinds) => !kinds.iter().any(|kind| std::str::from_utf8(kind).is_ok_and(asked)),
            None => false,
        },
        None => false,
    };
    Ok(holds_none.then_some(Ruled::Kind))
}

/// The first and last time of a row group, where its statistics or its folder say them.
pub fn times(file: &LogFile, places: &Places, group: usize, unit: Option<TimeUnit>) -> Option<GroupTimes> {
    let column = match places[TIME].as_ref()? {
        Place::Column(column) => *column,
        Place::Partition(value) => {
            let moment = time::parse(value.as_deref()?.trim(), unit.unwrap_or_default())?;
            return Some(GroupTimes { first: moment, last: moment, nulls: 0 });
        }
    };
    let data = file.schema.field(column).data_type();
    let chunk = chunk(file, column, group)?;
    let statistics = chunk.statistics()?;
    let (least, most) = match statistics {
        Statistics::Int64(values) => (*values.min_opt()?, *values.max_opt()?),
        Statistics::Int32(values) => (i64::from(*values.min_opt()?), i64::from(*values.max_opt()?)),
        _ => return None,
    };
    // The largest unsigned numbers look negative here.
    let is_unsigned = matches!(data, DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64);
    if is_unsigned && (least < 0 || most < 0) {
        return None;
    }
    let scale = Scale::of(data, unit)?;
    Some(GroupTimes { first: scale.read(least)?, last: scale.read(most)?, nulls: statistics.null_count_opt()? })
        .filter(|times| times.first != MISSING)
}

fn metadata(file: &LogFile) -> Option<&ParquetMetaData> {
    match &file.form {
        Form::Parquet(read) => Some(read.metadata()),
        _ => None,
    }
}

/// A column of a row group, if it is a plain one.
fn chunk(file: &LogFile, column: usize, group: usize) -> Option<&ColumnChunkMetaData> {
    let metadata = metadata(file)?;
    let schema = metadata.file_metadata().schema_descr();
    let leaf = (0..schema.num_columns()).find(|&leaf| schema.get_column_root_idx(leaf) == column)?;
    metadata.row_groups().get(group)?.columns().get(leaf)
}

/// All kinds of a row group, where its dictionary holds them all or all its rows have one.
fn kinds(file: &LogFile, column: usize, group: usize) -> Result<Option<Vec<Vec<u8>>>> {
    let Some(chunk) = chunk(file, column, group) else { return Ok(None) };
    if let Some(Statistics::ByteArray(values)) = chunk.statistics()
        && let (Some(least), Some(most)) = (values.min_opt(), values.max_opt())
        && least == most
        && values.min_is_exact()
        && values.max_is_exact()
    {
        return Ok(Some(vec![least.data().to_vec()]));
    }
    let dictionary = EncodingMask::new_from_encodings([Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY].iter());
    let only_dictionary =
        chunk.page_encoding_stats_mask().is_some_and(|mask| mask.as_i32() & !dictionary.as_i32() == 0);
    if chunk.dictionary_page_offset().is_none() || !only_dictionary {
        return Ok(None);
    }
    let wrong = |error| broken(&file.path, &error);
    let rows = metadata(file).map_or(0, |metadata| metadata.row_group(group).num_rows().max(0) as usize);
    let mut pages = SerializedPageReader::new(Arc::new(opened(&file.path)?), chunk, rows, None).map_err(wrong)?;
    match pages.get_next_page().map_err(wrong)? {
        Some(Page::DictionaryPage { buf, num_values, .. }) => Ok(plain_texts(&buf, num_values as usize)),
        _ => Ok(None),
    }
}

/// Texts as a dictionary page holds them: four bytes of length, then the text.
fn plain_texts(mut bytes: &[u8], count: usize) -> Option<Vec<Vec<u8>>> {
    let mut texts = Vec::new();
    for _ in 0..count {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        texts.push(rest.get(..length)?.to_vec());
        bytes = &rest[length..];
    }
    Some(texts)
}
