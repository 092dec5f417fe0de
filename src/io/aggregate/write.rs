//! Summed edges as columns of a file, and as a network.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray, TimestampMillisecondArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use super::Aggregated;
use crate::base::{Result, Run, time};
use crate::graph::{Names, Network};
use crate::io::arrays::{Dictionary, EdgeArrays, FromEdges, Ids, Kinds, TextColumn};
use crate::io::columnar::Container;
use crate::io::columnar::write::{BATCH, Columns};

/// Names as texts, for as long as rows name them by their places.
struct Called<'a>(&'a Names);

impl TextColumn for Called<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, row: usize) -> &str {
        match self.0 {
            Names::Text { offsets, bytes } => {
                let name = &bytes[offsets[row] as usize..offsets[row + 1] as usize];
                std::str::from_utf8(name).unwrap_or_default()
            }
            _ => "",
        }
    }
}

impl Aggregated {
    /// Writes a row an edge: source, target, count, weight, and of logs that have them positive, negative, first, last. Ids are
    /// numbers where all names are.
    pub fn write(&self, container: Container, out: &mut dyn Write, run: &Run) -> Result<io::Result<()>> {
        let edges = &self.edges;
        let numbers = matches!(self.names, Names::Numbers(_));
        let id = if numbers { DataType::UInt64 } else { DataType::Utf8 };
        let mut fields = vec![
            Field::new("source", id.clone(), false),
            Field::new("target", id, false),
            Field::new("count", DataType::UInt64, false),
            Field::new("weight", DataType::Float64, false),
        ];
        if !edges.positive.is_empty() {
            fields.extend(["positive", "negative"].map(|name| Field::new(name, DataType::UInt64, false)));
        }
        if !edges.first.is_empty() {
            let moment = DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()));
            fields.extend(["first", "last"].map(|name| Field::new(name, moment.clone(), true)));
        }
        let mut columns = match Columns::new(Schema::new(fields), container, out) {
            Ok(columns) => columns,
            Err(error) => return Ok(Err(error)),
        };
        run.phase("writing edges", Some(edges.len() as u64));
        let mut start = 0;
        while start < edges.len() {
            let rows = start..edges.len().min(start + BATCH);
            run.step(rows.len() as u64)?;
            let ids = |places: &[u32]| -> ArrayRef {
                match &self.names {
                    Names::Numbers(names) => Arc::new(UInt64Array::from_iter_values(
                        places[rows.clone()].iter().map(|&place| names[place as usize]),
                    )),
                    names => Arc::new(StringArray::from_iter_values(
                        places[rows.clone()].iter().map(|&place| names.get(place)),
                    )),
                }
            };
            let counts = |values: &[u64]| -> ArrayRef { Arc::new(UInt64Array::from(values[rows.clone()].to_vec())) };
            let mut arrays: Vec<ArrayRef> = vec![
                ids(&edges.source),
                ids(&edges.target),
                counts(&edges.count),
                Arc::new(Float64Array::from(edges.weight[rows.clone()].to_vec())),
            ];
            if !edges.positive.is_empty() {
                arrays.extend([counts(&edges.positive), counts(&edges.negative)]);
            }
            if !edges.first.is_empty() {
                arrays.extend([&edges.first, &edges.last].map(|times| -> ArrayRef {
                    let times = times[rows.clone()].iter().map(|&at| (at != time::MISSING).then_some(at));
                    Arc::new(TimestampMillisecondArray::from_iter(times).with_timezone("UTC"))
                }));
            }
            if let Err(error) = columns.add(arrays) {
                return Ok(Err(error));
            }
            start = rows.end;
        }
        Ok(columns.finish())
    }

    /// The network of these pairs: one interaction each, of the kind `interaction`, with that weight. Reactions are no follows;
    /// `--audience-from interaction` has verbs take them for such, and say so.
    pub fn network(&self, run: &Run) -> Result<Network> {
        let (source, target, called);
        let edges = &self.edges;
        let (from, to) = match &self.names {
            Names::Numbers(names) => {
                let ids = |places: &[u32]| places.iter().map(|&place| names[place as usize]).collect::<Vec<u64>>();
                (source, target) = (ids(&edges.source), ids(&edges.target));
                (Ids::from(&source[..]), Ids::from(&target[..]))
            }
            names => {
                called = Called(names);
                let ids = |places| Ids::Dictionary(Dictionary { keys: places, values: &called });
                (ids(edges.source[..].into()), ids(edges.target[..].into()))
            }
        };
        let arrays = EdgeArrays {
            weight: Some(edges.weight[..].into()),
            kind: Some(Kinds::All("interaction")),
            ..EdgeArrays::new(from, to)
        };
        Ok(FromEdges::default().run(&arrays, run)?.0)
    }
}
