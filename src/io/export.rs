//! A network as files again: edge list, CSV, Matrix Market, NDJSON, Parquet, Arrow, tables also as workbooks; gzip or zstd by
//! the name's ending.

#[cfg(feature = "parquet")]
mod columns;

use std::io::{self, Write};
use std::path::Path;

#[cfg(feature = "parquet")]
use super::columnar::Container;
use super::output::{BYTE_ORDER_MARK, Output, failed};
use super::tables::write::{self, Sheet};
use crate::base::{Error, Result, Run, time};
use crate::graph::events::NO_ITEM;
use crate::graph::{Graph, Network};

/// The shape of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Shape {
    /// `follower followee [weight]`, separated by blanks, comments in front. Ids with blanks are refused.
    Edges,
    /// CSV with a header.
    Csv,
    /// Matrix Market coordinates, accounts numbered from 1 in the order of the network.
    Mtx,
    /// A JSON object a line.
    Ndjson,
    /// A workbook for Excel.
    Xlsx,
    /// Parquet, packed with zstd.
    #[cfg(feature = "parquet")]
    Parquet,
    /// An Arrow IPC file.
    #[cfg(feature = "parquet")]
    Arrow,
}

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Part {
    /// Who follows whom.
    #[default]
    Follows,
    /// Who interacted with whom, when, how.
    Interactions,
    /// Accounts and their attributes.
    Accounts,
    /// Posts with what became of them.
    Posts,
    /// What is offered at which price.
    Offers,
    /// Followers who were looked up.
    Lookups,
}

impl Shape {
    /// By the ending of a file's name, that of a packed file looked through.
    pub fn of(path: &Path) -> Option<Shape> {
        let name = path.file_name()?.to_str()?.to_lowercase();
        let bare = name.trim_end_matches(".gz").trim_end_matches(".zst");
        match bare.rsplit('.').next()? {
            "csv" => Some(Shape::Csv),
            "mtx" => Some(Shape::Mtx),
            "ndjson" | "jsonl" => Some(Shape::Ndjson),
            "xlsx" => Some(Shape::Xlsx),
            #[cfg(feature = "parquet")]
            "parquet" | "pq" => Some(Shape::Parquet),
            #[cfg(feature = "parquet")]
            "arrow" | "feather" | "ipc" => Some(Shape::Arrow),
            "txt" | "edges" | "el" | "tsv" | "edgelist" => Some(Shape::Edges),
            _ => None,
        }
    }
}

impl Shape {
    /// What holds the columns, of shapes that are columns.
    #[cfg(feature = "parquet")]
    fn container(self) -> Option<Container> {
        match self {
            Shape::Parquet => Some(Container::Parquet),
            Shape::Arrow => Some(Container::ArrowFile),
            _ => None,
        }
    }
}

/// Writes a part of a network to `path`. Returns the number of rows.
pub fn export(network: &Network, part: Part, shape: Shape, path: &Path, force: bool, run: &Run) -> Result<u64> {
    let output = Output::create(path, force)?;
    let fail = |error| failed(path, error);
    let name = path.to_string_lossy().to_lowercase();
    if name.ends_with(".gz") {
        let mut writer = flate2::write::GzEncoder::new(output, flate2::Compression::new(6));
        begin(network, part, shape, &mut writer).map_err(fail)?;
        let rows = write_part(network, part, shape, &mut writer, path, run)?;
        writer.finish().map_err(fail)?.finish()?;
        Ok(rows)
    } else if name.ends_with(".zst") {
        let mut writer = zstd::stream::write::Encoder::new(output, 3).map_err(fail)?;
        begin(network, part, shape, &mut writer).map_err(fail)?;
        let rows = write_part(network, part, shape, &mut writer, path, run)?;
        writer.finish().map_err(fail)?.finish()?;
        Ok(rows)
    } else {
        let mut output = output;
        begin(network, part, shape, &mut output).map_err(fail)?;
        let rows = write_part(network, part, shape, &mut output, path, run)?;
        output.finish()?;
        Ok(rows)
    }
}

/// A CSV file with any character beyond ASCII begins with a byte order mark, for Excel's sake. Streams have none.
fn begin(network: &Network, part: Part, shape: Shape, out: &mut dyn Write) -> io::Result<()> {
    match shape == Shape::Csv && !is_ascii(network, part) {
        true => out.write_all(BYTE_ORDER_MARK),
        false => Ok(()),
    }
}

/// Whether every text of the part is plain ASCII. Names without a row in it do not count.
fn is_ascii(network: &Network, part: Part) -> bool {
    let plain = |account: u32| network.names.get(account).is_ascii();
    match part {
        _ if network.names.is_ascii() && part == Part::Follows => true,
        Part::Follows => network.follows.as_ref().is_none_or(|follows| {
            let busy = |&account: &u32| {
                !follows.graph.following(account).is_empty() || !follows.graph.followers(account).is_empty()
            };
            (0..network.accounts() as u32).filter(busy).all(plain)
        }),
        Part::Interactions => network.events.as_ref().is_none_or(|events| {
            let plain_kinds: Vec<bool> = network.kinds.iter().map(|kind| kind.is_ascii()).collect();
            let all_plain =
                network.names.is_ascii() && network.items.is_ascii() && plain_kinds.iter().all(|&plain| plain);
            let item = |item: u32| item == NO_ITEM || network.items.get(item).is_ascii();
            all_plain
                || events
                    .iter()
                    .all(|(u, v, event)| plain(u) && plain(v) && plain_kinds[event.kind as usize] && item(event.item))
        }),
        Part::Accounts | Part::Posts | Part::Offers | Part::Lookups => sheet(network, part).is_ascii(),
    }
}

/// A table of the network as it goes out.
fn sheet(network: &Network, part: Part) -> Sheet {
    let tables = &network.tables;
    match part {
        Part::Posts => write::table(network, &tables.posts),
        Part::Offers => write::table(network, &tables.offers),
        Part::Lookups => write::table(network, &tables.lookups),
        _ => write::accounts(network),
    }
}

/// Writes a part of a network to any writer. `path` is named in errors.
pub fn write_part(
    network: &Network,
    part: Part,
    shape: Shape,
    out: &mut dyn Write,
    path: &Path,
    run: &Run,
) -> Result<u64> {
    let fail = |error| failed(path, error);
    run.phase("exporting", None);
    #[cfg(feature = "parquet")]
    if let Some(container) = shape.container() {
        return columns::write(network, part, container, out, path, run);
    }
    match part {
        Part::Follows => {
            let graph = network.follow_graph()?;
            match shape {
                Shape::Edges => follows_as_text(network, graph, out, path, run),
                Shape::Csv => follows_as_csv(network, graph, out, run).map_err(fail),
                Shape::Mtx => follows_as_matrix(network, graph, out, run).map_err(fail),
                _ => Err(Error::parameter("--format", "ndjson and xlsx are for tables and interactions")
                    .with_hint("export follows as .csv, .txt, .mtx or .parquet")),
            }
        }
        Part::Interactions => interactions(network, shape, out, run, path),
        Part::Accounts | Part::Posts | Part::Offers | Part::Lookups => {
            let sheet = sheet(network, part);
            match shape {
                Shape::Csv => sheet.csv(out),
                Shape::Ndjson => sheet.ndjson(out),
                Shape::Xlsx => sheet.xlsx(out),
                _ => {
                    return Err(Error::parameter(
                        "--format",
                        "tables are exported as Parquet, Arrow, CSV, NDJSON or xlsx",
                    )
                    .with_hint("-o accounts.csv"));
                }
            }
            .map_err(fail)?;
            Ok(sheet.rows.len() as u64)
        }
    }
}

fn follows_as_text(network: &Network, graph: &Graph, out: &mut dyn Write, path: &Path, run: &Run) -> Result<u64> {
    let fail = |error| failed(path, error);
    let odd = |name: &str| name.contains([' ', '\t', ',', ';', '#', '%', '"']);
    if let Some(name) = (0..network.accounts() as u32).map(|u| network.names.get(u)).find(|name| odd(name)) {
        return Err(Error::parameter("--format", format!("the id \"{name}\" does not fit an edge list"))
            .with_hint("export as CSV: --format csv"));
    }
    writeln!(out, "# follower followee{}", if graph.is_weighted() { " weight" } else { "" }).map_err(fail)?;
    for u in 0..network.accounts() as u32 {
        if u % 4096 == 0 {
            run.step(4096)?;
        }
        let from = network.names.get(u);
        let weights = graph.following_weights(u);
        for (at, &v) in graph.following(u).iter().enumerate() {
            let to = network.names.get(v);
            match weights {
                Some(weights) => writeln!(out, "{from} {to} {}", weights[at]).map_err(fail)?,
                None => writeln!(out, "{from} {to}").map_err(fail)?,
            }
        }
    }
    Ok(graph.edges())
}

/// A writer of CSV. An id that begins like a comment would be read back as one, so it goes into quotes.
fn csv_writer<'a>(network: &Network, out: &'a mut dyn Write) -> csv::Writer<&'a mut dyn Write> {
    let comment = (0..network.accounts() as u32).any(|id| network.names.get(id).starts_with(['#', '%']));
    let style = if comment { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
    csv::WriterBuilder::new().quote_style(style).from_writer(out)
}

fn cancelled(error: Error) -> io::Error {
    io::Error::other(error)
}

fn follows_as_csv(network: &Network, graph: &Graph, out: &mut dyn Write, run: &Run) -> io::Result<u64> {
    let follows = network.follows.as_ref();
    let times = follows.and_then(|follows| follows.time.as_ref());
    let signs = follows.and_then(|follows| follows.sign.as_ref());
    let mut csv = csv_writer(network, out);
    let mut header = vec!["follower", "followee"];
    header.extend(graph.is_weighted().then_some("weight"));
    header.extend(times.map(|_| "time"));
    header.extend(signs.map(|_| "sign"));
    csv.write_record(&header)?;
    for u in 0..network.accounts() as u32 {
        if u % 4096 == 0 {
            run.step(4096).map_err(cancelled)?;
        }
        let from = network.names.get(u);
        let range = graph.following_rows().range(u);
        for at in range {
            let mut row = vec![from.to_string(), network.names.get(graph.following_rows().targets[at]).into_owned()];
            row.extend(graph.following_rows().weights.as_ref().map(|weights| weights[at].to_string()));
            row.extend(times.map(|times| time::show(times[at])));
            row.extend(signs.map(|signs| signs[at].to_string()));
            csv.write_record(&row)?;
        }
    }
    csv.flush()?;
    Ok(graph.edges())
}

fn follows_as_matrix(network: &Network, graph: &Graph, out: &mut dyn Write, run: &Run) -> io::Result<u64> {
    let field = if graph.is_weighted() { "real" } else { "pattern" };
    let n = network.accounts();
    writeln!(out, "%%MatrixMarket matrix coordinate {field} general")?;
    writeln!(
        out,
        "% row follows column; accounts are numbered from 1 in the order in which --part accounts lists them"
    )?;
    writeln!(out, "{n} {n} {}", graph.edges())?;
    for u in 0..n as u32 {
        if u % 4096 == 0 {
            run.step(4096).map_err(cancelled)?;
        }
        let weights = graph.following_weights(u);
        for (at, &v) in graph.following(u).iter().enumerate() {
            match weights {
                Some(weights) => writeln!(out, "{} {} {}", u + 1, v + 1, weights[at])?,
                None => writeln!(out, "{} {}", u + 1, v + 1)?,
            }
        }
    }
    Ok(graph.edges())
}

fn interactions(network: &Network, shape: Shape, out: &mut dyn Write, run: &Run, path: &Path) -> Result<u64> {
    let fail = |error| failed(path, error);
    let events = network.events.as_ref().ok_or_else(|| Error::NotEstimable {
        figure: "An export of interactions".into(),
        needs: "interactions; this network holds none".into(),
    })?;
    let text = |column: bool, value: String| column.then_some(value);
    match shape {
        Shape::Csv => {
            let mut csv = csv_writer(network, out);
            let mut header = vec!["from", "to", "type"];
            header.extend(events.time.as_ref().map(|_| "time"));
            header.extend(events.item.as_ref().map(|_| "item"));
            header.extend(events.weight.as_ref().map(|_| "weight"));
            header.extend(events.sign.as_ref().map(|_| "sign"));
            csv.write_record(&header).map_err(|error| fail(error.into()))?;
            for (index, (u, v, event)) in events.iter().enumerate() {
                if index % (1 << 16) == 0 {
                    run.step(1 << 16)?;
                }
                let item =
                    if event.item == NO_ITEM { String::new() } else { network.items.get(event.item).into_owned() };
                let weight = if event.weight.is_nan() { String::new() } else { event.weight.to_string() };
                let mut row = vec![
                    network.names.get(u).into_owned(),
                    network.names.get(v).into_owned(),
                    network.kinds[event.kind as usize].clone(),
                ];
                row.extend(text(events.time.is_some(), time::show(event.time)));
                row.extend(text(events.item.is_some(), item));
                row.extend(text(events.weight.is_some(), weight));
                row.extend(text(events.sign.is_some(), event.sign.to_string()));
                csv.write_record(&row).map_err(|error| fail(error.into()))?;
            }
            csv.flush().map_err(fail)?;
        }
        Shape::Ndjson => {
            for (index, (u, v, event)) in events.iter().enumerate() {
                if index % (1 << 16) == 0 {
                    run.step(1 << 16)?;
                }
                let mut object = serde_json::Map::new();
                object.insert("from".into(), network.names.get(u).into());
                object.insert("to".into(), network.names.get(v).into());
                object.insert("type".into(), network.kinds[event.kind as usize].clone().into());
                if event.time != time::MISSING {
                    object.insert("time".into(), time::show(event.time).into());
                }
                if event.item != NO_ITEM {
                    object.insert("item".into(), network.items.get(event.item).into());
                }
                if !event.weight.is_nan() {
                    object.insert("weight".into(), event.weight.into());
                }
                if events.sign.is_some() {
                    object.insert("sign".into(), event.sign.into());
                }
                writeln!(out, "{}", serde_json::Value::Object(object)).map_err(fail)?;
            }
        }
        _ => {
            return Err(Error::parameter("--format", "interactions are exported as CSV, NDJSON, Parquet or Arrow")
                .with_hint("-o interactions.csv"));
        }
    }
    Ok(events.len() as u64)
}
