//! Outputs are whole or absent: written beside their place, synced, then renamed into it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::base::{Error, Result};

/// What a CSV file with any character beyond ASCII begins with: without it Excel takes UTF-8 for the old code page of the
/// machine and garbles names.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file being written; it takes its place only when [`Output::finish`] is called.
pub struct Output {
    writer: Writer,
    target: PathBuf,
}

enum Writer {
    /// Beside the target, renamed at the end.
    Beside(BufWriter<tempfile::NamedTempFile>),
    /// A device or pipe, where renaming means nothing.
    Direct(BufWriter<File>),
}

impl Output {
    /// Begins to write `path`. Refuses to replace a file unless `force`.
    pub fn create(path: &Path, force: bool) -> Result<Output> {
        let target = path.to_path_buf();
        if let Ok(about) = std::fs::metadata(path) {
            if about.is_dir() {
                return Err(Error::parameter("-o", format!("{} is a folder", path.display())));
            }
            if !about.is_file() {
                let file = File::options().write(true).open(path).map_err(|error| Error::io(path, "write", error))?;
                return Ok(Output { writer: Writer::Direct(BufWriter::with_capacity(1 << 20, file)), target });
            }
            if !force {
                return Err(Error::Exists(target));
            }
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file =
            tempfile::Builder::new().prefix(".truereach-").tempfile_in(folder).map_err(|error| failed(path, error))?;
        Ok(Output { writer: Writer::Beside(BufWriter::with_capacity(1 << 20, file)), target })
    }

    /// Syncs what was written and puts it into its place.
    pub fn finish(mut self) -> Result<()> {
        let target = self.target.clone();
        let fail = |error| failed(&target, error);
        self.flush().map_err(fail)?;
        match self.writer {
            Writer::Direct(_) => Ok(()),
            Writer::Beside(writer) => {
                let file = writer.into_inner().map_err(|error| fail(error.into_error()))?;
                #[cfg(unix)]
                {
                    // Temporary files are private; outputs are as readable as the umask lets new files be.
                    use std::os::unix::fs::PermissionsExt;
                    let mode = umask_mode();
                    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).map_err(fail)?;
                }
                file.as_file().sync_all().map_err(fail)?;
                file.persist(&target).map_err(|error| failed(&target, error.error))?;
                Ok(())
            }
        }
    }
}

/// The mode of new files: 0666 less the umask, read without changing it.
#[cfg(unix)]
fn umask_mode() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let umask = status
        .lines()
        .find_map(|line| line.strip_prefix("Umask:"))
        .and_then(|text| u32::from_str_radix(text.trim(), 8).ok())
        .unwrap_or(0o022);
    0o666 & !umask
}

/// An error met while writing `path`, freed from the wrappings of the libraries that it came through.
pub fn failed(path: &Path, error: io::Error) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(own) => return own,
        Err(error) => error,
    };
    match error.downcast::<csv::Error>().map(csv::Error::into_kind) {
        Ok(csv::ErrorKind::Io(inner)) => failed(path, inner),
        Ok(other) => Error::io(path, "write", io::Error::other(format!("{other:?}"))),
        Err(error) => Error::io(path, "write", plain(error)),
    }
}

/// The error of the operating system without tempfile's own path, which the user never named.
fn plain(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::from(error.kind()),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Beside(writer) => writer.write(bytes),
            Writer::Direct(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Beside(writer) => writer.flush(),
            Writer::Direct(writer) => writer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stands_there_until_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut output = Output::create(&path, false).unwrap();
        output.write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(output);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        let mut output = Output::create(&path, false).unwrap();
        output.write_all(b"whole").unwrap();
        output.finish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert!(matches!(Output::create(&path, false), Err(Error::Exists(_))));
        assert!(Output::create(&path, true).is_ok());
        assert!(Output::create(folder.path(), true).is_err());
    }
}
