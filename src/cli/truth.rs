//! The truth file of a market, gzipped or not.

use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;

use crate::base::{Error, Result};
use crate::io::output::{Output, failed};
use crate::synth::market::Truth;

fn packed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// Writes a truth file, whole or not at all; gzipped if its name ends in .gz.
pub fn write(truth: &Truth, path: &Path, force: bool) -> Result<()> {
    let mut output = Output::create(path, force)?;
    let fail = |error| failed(path, error);
    if !packed(path) {
        truth.write(&mut output).map_err(fail)?;
        return output.finish();
    }
    // Level 1: the document is large, and most of it is short numbers.
    let gz = flate2::write::GzEncoder::new(output, flate2::Compression::new(1));
    let mut out = BufWriter::with_capacity(1 << 16, gz);
    truth.write(&mut out).map_err(fail)?;
    let gz = out.into_inner().map_err(|error| fail(error.into_error()))?;
    gz.finish().map_err(fail)?.finish()
}

/// Reads a truth file, gzipped or not whatever its name.
pub fn read(path: &Path) -> Result<Truth> {
    let file = std::fs::File::open(path).map_err(|error| Error::io(path, "open", error))?;
    let mut file = BufReader::new(file);
    let name = path.display().to_string();
    let head = file.fill_buf().map_err(|error| Error::io(path, "read", error))?;
    match head.starts_with(&[0x1f, 0x8b]) {
        true => Truth::read(&mut flate2::read::MultiGzDecoder::new(file), &name),
        false => Truth::read(&mut file, &name),
    }
}
