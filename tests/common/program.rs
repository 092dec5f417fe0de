//! The program as a person runs it: in a folder of its own, with what it said and how it ended.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder that goes away with the test.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Done, with this in the answer.
    #[track_caller]
    pub fn done(self, parts: &[&str]) -> Said {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        parts.iter().for_each(|part| assert!(self.out.contains(part), "no \"{part}\" in:\n{}", self.out));
        self
    }

    /// Refused with this exit code and all of these words.
    #[track_caller]
    pub fn refused(self, code: i32, parts: &[&str]) -> Said {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        parts.iter().for_each(|part| assert!(self.err.contains(part), "no \"{part}\" in:\n{}", self.err));
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }
}

impl Desk {
    pub fn new() -> Desk {
        Desk { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // A file that is cut to nothing and written again is flushed to the disk when it closes; a new one is not.
        let _ = std::fs::remove_file(&path);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names of all files, those that begin with a dot too.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The program, to be run in this folder.
    pub fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("truereach"));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env_remove("TRUEREACH_THREADS");
        command
    }

    /// Runs it with arguments separated by blanks.
    pub fn run(&self, line: &str) -> Said {
        self.run_all(&line.split_whitespace().collect::<Vec<_>>())
    }

    pub fn run_all(&self, arguments: &[&str]) -> Said {
        said(self.command().args(arguments).output().unwrap())
    }

    /// Ingests to `name.trg` with further flags; the snapshot's bytes.
    #[track_caller]
    pub fn bytes(&self, line: &str) -> Vec<u8> {
        self.run(&format!("ingest --force -o out.trg {line}")).done(&[]);
        self.read("out.trg")
    }

    /// Ingests, and the follows as sorted `follower followee [weight]` lines.
    #[track_caller]
    pub fn follows(&self, line: &str) -> Vec<String> {
        self.bytes(line);
        let out = self.run("export out.trg --quiet").done(&[]).out;
        out.lines().skip(1).map(str::to_owned).collect()
    }

    /// Ingests, and the interactions as CSV.
    #[track_caller]
    pub fn interactions(&self, line: &str) -> String {
        self.bytes(line);
        self.run("export out.trg --part interactions --quiet").done(&[]).out
    }
}

pub fn said(output: std::process::Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut writer, bytes).unwrap();
    writer.finish().unwrap()
}

pub fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A library ingest with this many threads, and the snapshot's bytes.
pub fn snapshot_of(network: &truereach::graph::Network, run: &truereach::Run) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.trg");
    truereach::io::snapshot::write(network, &path, false, run).unwrap();
    std::fs::read(Path::new(&path)).unwrap()
}
