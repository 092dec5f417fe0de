//! Whatever is wrong with an input, the message says where, what was expected, what was found and what to do, the
//! exit code tells whose fault it is, and nothing half-written stays behind.
//!
//! More than 2^32 accounts cannot be had in a test: `io::ids::tests::more_accounts_than_ids_are_refused` asks the
//! counter itself.

use std::io::{BufRead, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common;
use crate::common::program::{Desk, Said, gzip, zstandard};

/// Ingests one file; nothing but this file may be there afterwards.
#[track_caller]
fn refused(name: &str, bytes: impl AsRef<[u8]>, flags: &str, parts: &[&str]) -> Said {
    let desk = Desk::new();
    desk.write(name, bytes);
    let said = desk.run(&format!("ingest {name} -o out.trg {flags}")).refused(1, parts);
    assert_eq!(desk.files(), [name], "nothing is left behind");
    said
}

#[test]
fn a_missing_file() {
    let desk = Desk::new();
    desk.run("ingest nope.txt")
        .refused(1, &["nope.txt: expected a file, found none of this name", "hint: check the path"]);
    assert!(desk.files().is_empty());
}

#[test]
fn an_empty_file() {
    refused("e.txt", "", "", &["e.txt: expected rows, found an empty file"]);
    refused("e.gz", gzip(b""), "", &["e.gz: expected rows, found an empty file"]);
}

#[test]
fn comments_alone() {
    refused("c.txt", "# a\n\n% b\n", "", &["c.txt: expected rows, found only comments and blank lines"]);
}

#[test]
fn a_header_alone() {
    refused("h.csv", "from,to\n", "", &["h.csv: expected rows, found a header only"]);
    refused("h.csv", "follower,followee,weight", "", &["h.csv: expected rows, found a header only"]);
}

#[test]
fn a_folder_without_a_manifest() {
    let desk = Desk::new();
    desk.write("folder/rows.txt", "1 2\n");
    desk.run("ingest folder").refused(1, &["folder: expected a table of accounts", "folder/rows.txt", "network.toml"]);
}

#[test]
fn binary_files_by_their_kind() {
    let zero = [b"1 2\n".as_slice(), &[0, 1, 2]].concat();
    refused(
        "z.bin",
        zero,
        "",
        &["z.bin: byte 4: expected text", "found a binary file (a zero byte)", "hint: name a text"],
    );
    refused("b.xlsx", b"PK\x03\x04more", "", &["found a zip or Excel file", "hint: export the sheet as CSV"]);
    refused("p.parquet", b"PAR1more", "", &["expected a whole Parquet file", "cut short"]);
    refused("u.txt", b"\xff\xfe1\x00 \x002\x00", "", &["found UTF-16 text", "hint: save it as UTF-8"]);
    refused("g.graphml", "<?xml version=\"1.0\"?><graphml/>", "", &["found XML"]);
    refused("a.json", "[{\"from\":1,\"to\":2}]", "", &["found one JSON array", "one JSON object a line"]);
}

#[test]
fn a_row_of_other_width() {
    refused("w.txt", "1 2\n3 4\n5 6 7\n", "", &["w.txt:3: expected 2 columns as in the rows before, found 3 columns"]);
    refused("w.txt", "# c\n\n1 2\n3\n", "", &["w.txt:4: expected 2 columns as in the rows before, found 1 column\n"]);
    refused(
        "one.txt",
        "alone\n",
        "",
        &["one.txt:1: expected at least two columns", "found \"alone\"", "hint: columns"],
    );
}

#[test]
fn a_faulty_row_deep_in_a_file_has_the_right_number() {
    let mut rows: Vec<String> = (0..700_000).map(|at| format!("{at} {}", at + 1)).collect();
    rows[612_344] = "612344 x y".into();
    rows[690_000] = "also wrong here".into();
    let text = rows.join("\n").into_bytes();
    assert!(text.len() > 4 * (2 << 20));
    for threads in [1, 4] {
        let flags = format!("--threads {threads}");
        refused(
            "deep.txt",
            &text,
            &flags,
            &["deep.txt:612345: expected 2 columns as in the rows before, found 3 columns"],
        );
        refused("deep.gz", gzip(&text), &flags, &["deep.gz:612345: expected 2 columns"]);
    }
    // The same line where rows span several, and in NDJSON.
    let csv: String = "from,to,bio\n".to_owned() + &"a,b,\"two\nlines\"\n".repeat(200_000) + "a,\n";
    refused("deep.csv", csv, "", &["deep.csv:400002: expected 3 columns as in the rows before, found 2 columns"]);
    let json = "{\"from\":\"a\",\"to\":\"b\"}\n".repeat(200_000) + "{\"from\":\"a\"\n";
    refused(
        "deep.ndjson",
        json,
        "",
        &["deep.ndjson:200001:", "expected a JSON object, found \"{\\\"from\\\":\\\"a\\\"\""],
    );
}

#[test]
fn weights_that_are_no_finite_numbers() {
    for weight in ["heavy", "NaN", "inf", "-Infinity", "1e999", "\"\""] {
        let said = refused("w.csv", format!("from,to,weight\n1,2,0.5\n1,3,{weight}\n"), "", &["w.csv:3:"]);
        assert!(said.err.contains("expected a finite number as weight, found"), "{weight}: {}", said.err);
    }
    refused("w.txt", "1 2 7\n1 3 x\n", "--weight 3", &["w.txt:2:5: expected a finite number as weight, found \"x\""]);
    // Each finite, their sum not.
    refused("s.csv", "from,to,weight\n1,2,1e308\n1,2,1e308\n", "", &["\"1\" -> \"2\" with more than a number holds"]);
    refused("n.csv", "from,to,type,weight\n1,2,follow,1\n2,1,follow,\n", "", &["a weight on every follow, or on none"]);
}

#[test]
fn a_negative_weight_where_a_probability_is_due() {
    let desk = Desk::new();
    desk.write("w.csv", "from,to,weight\n1,2,-0.5\n2,3,0.2\n");
    desk.run("analyze w.csv --model edge").refused(1, &["-0.5"]);
}

#[test]
fn an_id_of_a_megabyte() {
    let id = "x".repeat(1 << 20);
    let parts = ["expected an account id of at most 4096 bytes, found \"xxxx", "…\" (1048576 bytes)"];
    refused("id.txt", format!("1 2\n1 {id}\n"), "", &[parts[0], parts[1], "id.txt:2:3:"]);
    refused("id.csv", format!("from,to\n1,\"{id}\"\n"), "", &[parts[0], parts[1], "id.csv:2:"]);
    refused(
        "id.ndjson",
        format!("{{\"from\":1,\"to\":2}}\n{{\"from\":1,\"to\":\"{id}\"}}\n"),
        "",
        &[parts[0], parts[1]],
    );
    refused("id.txt", format!("1 2\n{id} 3\n"), "--format adjacency", &["id.txt:2:1: expected an id of at most 4096"]);
}

#[test]
fn text_that_is_no_utf8() {
    let parts = ["u.txt:2:5: expected an account id in UTF-8, found the byte 0xff", "hint: convert the file to UTF-8"];
    refused("u.txt", b"a b\na bc\xff\n", "", &parts);
    refused("u.txt", b"a b\na bc\xff\n", "--format adjacency", &["u.txt:2:3: expected an account id in UTF-8"]);
    refused("u.ndjson", b"{\"from\":1,\"to\":2}\n{\"from\":\"\xff\",\"to\":2}\n", "", &["u.ndjson:2:"]);
}

#[test]
fn files_cut_short_in_transfer() {
    let text: String = (0..200_000u64).map(|at| format!("{} {at}\n", at * at)).collect();
    let parts = ["data, found the file ends early, after", "hint: the download or copy may have been cut short"];
    for (name, bytes) in [("t.gz", gzip(text.as_bytes())), ("t.zst", zstandard(text.as_bytes()))] {
        for share in [10, 2] {
            refused(name, &bytes[..bytes.len() - bytes.len() / share], "", &parts);
        }
        refused(name, &bytes[..12], "", &parts);
        refused(name, &bytes[..bytes.len() - 1], "", &parts);
    }
    // A byte turned over in the middle: gzip has a checksum at the end.
    let mut bytes = gzip(text.as_bytes());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    refused("t.gz", bytes, "", &["t.gz"]);
}

#[test]
fn skipping_goes_on_counts_all_and_lists_the_first() {
    let desk = Desk::new();
    let rows: String = (0..60).map(|at| if at % 2 == 0 { "1 2\n" } else { "oops\n" }).collect();
    desk.write("rows.txt", rows);
    let said =
        desk.run("ingest rows.txt -o r.trg --on-error skip").done(&["60: 30 rows, 30 left out", "the first 20:"]);
    assert!(
        said.out.contains("  rows.txt:2: expected 2 columns as in the rows before, found 1 column"),
        "{}",
        said.out
    );
    // Over all blocks, in every format.
    let json = "{\"from\":\"a\",\"to\":\"b\"}\noops\n".repeat(150_000);
    desk.write("log.ndjson", json);
    desk.run("ingest log.ndjson -o l.trg --on-error skip").done(&["300,000: 150,000 rows, 150,000 left out"]);
}

#[test]
fn a_full_disk() {
    let desk = Desk::new();
    let rows: String = (0..50_000).map(|at| format!("{at} {}\n", at + 1)).collect();
    desk.write("rows.txt", rows);
    desk.run("ingest rows.txt -o /dev/full").refused(1, &["/dev/full: cannot write: No space left on device"]);
    // A folder on a full disk: a limit on the size of files stands in for it.
    let program = assert_cmd::cargo::cargo_bin!("truereach").display().to_string();
    let script = format!("ulimit -f 64; trap '' XFSZ; exec '{program}' ingest rows.txt -o out.trg");
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(desk.path("")).output().unwrap();
    let said = common::program::said(output).refused(1, &["out.trg: cannot write"]);
    assert!(!said.err.contains(".truereach-"), "our temporary file is nobody's business: {}", said.err);
    assert_eq!(desk.files(), ["rows.txt"]);
}

#[test]
fn a_folder_that_may_not_be_written_to() {
    let desk = Desk::new();
    desk.write("rows.txt", "1 2\n");
    // Nobody may write there, not even root.
    desk.run("ingest rows.txt -o /proc/out.trg").refused(1, &["/proc/out.trg: cannot write"]);
    desk.run("ingest rows.txt -o nowhere/out.trg").refused(1, &["nowhere/out.trg: cannot write"]);
    desk.run("ingest rows.txt -o .").refused(2, &["-o: . is a folder"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir(desk.path("shut")).unwrap();
        std::fs::set_permissions(desk.path("shut"), std::fs::Permissions::from_mode(0o555)).unwrap();
        if std::fs::write(desk.path("shut/try"), "").is_ok() {
            eprintln!("SKIPPED: a read-only folder does not stop root; /proc did");
            return;
        }
        desk.run("ingest rows.txt -o shut/out.trg").refused(1, &["shut/out.trg: cannot write: permission denied"]);
    }
}

#[test]
fn an_output_that_exists() {
    let desk = Desk::new();
    desk.write("rows.txt", "1 2\n");
    desk.write("out.trg", "precious");
    desk.run("ingest rows.txt -o out.trg")
        .refused(1, &["out.trg: exists already", "hint: name another file, or add --force"]);
    assert_eq!(desk.read("out.trg"), b"precious");
    desk.run("ingest rows.txt -o out.trg --force").done(&[]);
    desk.write("out.csv", "precious");
    desk.run("export out.trg -o out.csv").refused(1, &["out.csv: exists already"]);
    // A dry run reads the same and writes nothing, whatever stands there.
    let before = desk.files();
    let line = desk.run("ingest rows.txt --dry-run").done(&["written       nothing"]);
    assert!(line.out.contains("follows"), "{}", line.out);
    assert_eq!(desk.files(), before);
    desk.run("ingest rows.txt --dry-run -o other.trg").refused(2, &["--dry-run"]);
    assert_eq!(desk.read("out.csv"), b"precious");
    // A failure with --force leaves the old one as it was.
    let old = desk.read("out.trg");
    desk.run("ingest nope.txt -o out.trg --force").refused(1, &["nope.txt"]);
    assert!(desk.read("out.trg") == old);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    let rows: String = (0..60_000).map(|at| format!("a-long-name-{at},b,like\n")).collect();
    desk.write("rows.csv", format!("from,to,type\n{rows}{}", rows.replace("like", "follow")));
    desk.bytes("rows.csv");
    for flags in [
        "--format edges",
        "--format csv",
        "--format mtx",
        "--part interactions",
        "--part interactions --format ndjson",
        "--part accounts --format csv",
    ] {
        let mut child = desk
            .command()
            .args(["export", "out.trg"])
            .args(flags.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        std::io::BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{flags}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty() && !first.is_empty(), "{flags}");
    }
}

/// Sends Ctrl-C and waits for the end, which must not be far.
#[cfg(unix)]
#[track_caller]
fn interrupt(mut child: Child) -> Said {
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            let _ = child.kill();
            panic!("still running 20 s after Ctrl-C");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    common::program::said(child.wait_with_output().unwrap())
}

#[cfg(unix)]
fn ingest_from_pipe(desk: &Desk) -> Child {
    let mut command = desk.command();
    command.args(["ingest", "-", "-o", "out.trg"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_a_slow_pipe_says_nothing() {
    let desk = Desk::new();
    let mut child = ingest_from_pipe(&desk);
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"1 2\n2 3\n").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    // The pipe stays open: whoever waits for its end waits for ever.
    interrupt(child).refused(130, &["interrupted: nothing was written"]);
    assert!(desk.files().is_empty());
    drop(pipe);
}

#[test]
#[cfg(unix)]
fn ctrl_c_while_rows_pour_in() {
    let desk = Desk::new();
    let mut child = ingest_from_pipe(&desk);
    let mut pipe = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        let rows: String = (0..10_000).map(|at| format!("{at} {}\n", at + 1)).collect();
        // Until the program hangs up.
        while pipe.write_all(rows.as_bytes()).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    std::thread::sleep(Duration::from_millis(700));
    interrupt(child).refused(130, &["interrupted: nothing was written"]);
    feeder.join().unwrap();
    assert!(desk.files().is_empty());
}

#[test]
fn usage_errors_end_with_2() {
    let desk = Desk::new();
    desk.write("rows.txt", "anh bao\nbao chi\n");
    desk.bytes("rows.txt");
    desk.run("ingest rows.txt --nope").refused(2, &["unexpected argument '--nope'"]);
    desk.run("conjure").refused(2, &["unrecognized subcommand 'conjure'"]);
    desk.run("ingest").refused(2, &["required", "INPUT"]);
    desk.run("ingest rows.txt --threads 0").refused(2, &["--threads: must be at least 1"]);
    desk.run("ingest rows.txt --memory lots").refused(2, &["\"lots\" is not an amount of memory", "hint: write 4GiB"]);
    desk.run("ingest rows.txt -o n.trg --memory 8B").refused(1, &["needs", "8 B may be used", "hint: raise --memory"]);
    desk.run("analyze out.trg --layers boosts").refused(2, &["no layer \"boosts\"", "hint: it has: follow"]);
    desk.run("analyze out.trg --only account=anhh")
        .refused(2, &["\"anhh\" is not in this network", "did you mean anh?"]);
    desk.run("export out.trg -o out.xyz").refused(2, &["-o: what format is out.xyz?", "end the name in"]);
}
