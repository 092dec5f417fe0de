//! Every format that people have reads to the same network, and what cannot be decided is asked, not guessed.

use crate::common::program::{Desk, gzip, zstandard};

/// 3 follows 1 and 2, 1 follows 2: the network that every test of a format must find.
const ROWS: [(u32, u32); 3] = [(3, 1), (3, 2), (1, 2)];
const FOLLOWS: [&str; 3] = ["1 2", "3 1", "3 2"];

fn lines(between: &str, end: &str) -> String {
    ROWS.iter().map(|(from, to)| format!("{from}{between}{to}{end}")).collect()
}

/// The plain edge list's snapshot, to which others must be equal to the byte.
fn plain(desk: &Desk) -> Vec<u8> {
    desk.write("plain.txt", lines(" ", "\n"));
    assert_eq!(desk.follows("plain.txt"), FOLLOWS);
    desk.read("out.trg")
}

#[track_caller]
fn reads_as_plain(text: impl AsRef<[u8]>, name: &str, flags: &str) {
    let desk = Desk::new();
    let expected = plain(&desk);
    desk.write(name, &text);
    let bytes = desk.bytes(&format!("{name} {flags}"));
    assert!(bytes == expected, "{name} {flags} differs: {:?}", desk.follows(&format!("{name} {flags}")));
}

#[test]
fn any_separator_reads_the_same() {
    for between in [" ", "\t", ",", ";", "   ", " \t", ", "] {
        reads_as_plain(lines(between, "\n"), "rows", "");
    }
}

#[test]
fn line_ends_bom_and_a_missing_last_line_end_do_not_matter() {
    reads_as_plain(lines(" ", "\r\n"), "rows", "");
    reads_as_plain(format!("\u{feff}{}", lines(" ", "\n")), "rows", "");
    reads_as_plain(lines(" ", "\n").trim_end(), "rows", "");
    reads_as_plain(format!("\u{feff}from,to\r\n{}", lines(",", "\r\n")), "rows.csv", "");
}

#[test]
fn comments_of_snap_and_pajek_users_are_left_out() {
    let snap = format!("# Directed graph: x.txt\n# FromNodeId\tToNodeId\n\n{}% end\n  # indented\n", lines("\t", "\n"));
    reads_as_plain(snap, "rows", "");
}

#[test]
fn packed_files_and_standard_input_read_as_plain_ones() {
    let text = lines(" ", "\n");
    // The content decides, not the name.
    reads_as_plain(gzip(text.as_bytes()), "rows.txt", "");
    reads_as_plain(zstandard(text.as_bytes()), "rows.gz", "");
    // Two gzip members one after the other are one file.
    let (one, two) = text.split_at(4);
    reads_as_plain([gzip(one.as_bytes()), gzip(two.as_bytes())].concat(), "rows.gz", "");
    for bytes in [text.clone().into_bytes(), gzip(text.as_bytes()), zstandard(text.as_bytes())] {
        let desk = Desk::new();
        let expected = plain(&desk);
        desk.write("rows", bytes);
        let input = std::fs::File::open(desk.path("rows")).unwrap();
        let output = desk.command().args(["ingest", "-", "-o", "in.trg"]).stdin(input).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(desk.read("in.trg") == expected);
    }
}

#[test]
fn columns_go_by_the_header_by_name_or_by_number() {
    reads_as_plain(format!("follower,followee\n{}", lines(",", "\n")), "rows.csv", "");
    // Names of any case, in any order.
    reads_as_plain("Followee;Follower\n1;3\n2;3\n2;1\n", "rows.csv", "");
    reads_as_plain("x,b,a\n9,1,3\n9,2,3\n9,2,1\n", "rows.csv", "--from a --to B");
    reads_as_plain("x,b,a\n9,1,3\n9,2,3\n9,2,1\n", "rows.csv", "--from 3 --to 2");
    reads_as_plain("9 1 3\n9 2 3\n9 2 1\n", "rows", "--from 3 --to 2 --format csv");
}

#[test]
fn quoted_fields_may_hold_delimiters_quotes_and_line_breaks() {
    let text = "from,to,\"bio\"\n3,1,\"hi, \"\"you\"\"\"\n# a comment, with a comma\n\n\"3\",2,\"two\nlines\n\"\n1,2,5\" tall\n";
    reads_as_plain(text, "rows.csv", "");
    reads_as_plain(text.replace('\n', "\r\n"), "rows.csv", "");
    // Line breaks in the first rows already, and in every row.
    reads_as_plain("from,to,bio\n3,1,\"a\nb\"\n3,2,\"\n\n\"\n1,2,\"c\nd\"\n", "rows.csv", "");
}

#[test]
fn quoted_files_of_many_blocks_are_cut_between_rows() {
    // A stray quote inside a field opens nothing; else everything after it would be one line.
    let row = |at: u32| format!("u{at},creator,\"said \"\"{at}\"\",\nand left\",5\" of {at}\n");
    let text: String = "from,to,bio,size\n".to_owned() + &(0..120_000).map(row).collect::<String>();
    assert!(text.len() > 2 * (2 << 20));
    let desk = Desk::new();
    desk.write("rows.csv", &text);
    let said = desk.run("ingest rows.csv -o out.trg").done(&["240,001: 120,000 rows, 1 header, 120,000 inside quotes"]);
    assert!(said.out.contains("follows       120,000 (120,000 rows, 0 repeats merged)"), "{}", said.out);
}

#[test]
fn ndjson_reads_by_its_keys() {
    let text = "{\"to\":1,\"from\":\"3\"}\n\n{\"from\":3,\"to\":2,\"note\":null}\n{\"to\":\"2\",\"from\":1}";
    reads_as_plain(text, "rows.ndjson", "");
    reads_as_plain(text.replace("from", "a").replace("to", "b"), "rows", "--from a --to b");
}

#[test]
fn matrix_market_states_its_kind() {
    let head = "%%MatrixMarket matrix coordinate";
    reads_as_plain(format!("{head} pattern general\n% by hand\n3 3 3\n{}", lines(" ", "\n")), "m.mtx", "");
    let desk = Desk::new();
    desk.write("real.mtx", format!("{head} real general\n3 3 2\n3 1 0.5\n1 2 2\n"));
    assert_eq!(desk.follows("real.mtx"), ["1 2 2", "3 1 0.5"]);
    desk.write("symmetric.mtx", format!("{head} pattern symmetric\n3 3 2\n3 1\n2 1\n"));
    assert_eq!(desk.follows("symmetric.mtx"), ["1 2", "1 3", "2 1", "3 1"]);
    desk.write("short.mtx", format!("{head} pattern general\n3 3 7\n3 1\n"));
    desk.run("ingest short.mtx -o s.trg").done(&["its size line promises 7 rows, 1 were found"]);
    desk.write("complex.mtx", format!("{head} complex general\n3 3 1\n3 1 1 0\n"));
    desk.run("ingest complex.mtx -o c.trg").refused(1, &["complex.mtx:1: expected a Matrix Market banner"]);
}

#[test]
fn a_size_line_asks_which_way_rows_point() {
    let desk = Desk::new();
    desk.write("graph.txt", format!("3 3\n{}", lines(" ", "\n")));
    desk.run("ingest graph.txt").refused(2, &["--edges: graph.txt:1:", "either direction", "--edges source,reached"]);
    assert_eq!(desk.follows("graph.txt --edges follower,followee"), FOLLOWS);
    assert_eq!(desk.follows("graph.txt --edges source,reached"), ["1 3", "2 1", "2 3"]);
    assert_eq!(desk.follows("graph.txt --edges undirected"), ["1 2", "1 3", "2 1", "2 3", "3 1", "3 2"]);
}

#[test]
fn probabilities_mean_that_influence_flows_along_the_row() {
    let desk = Desk::new();
    desk.write("uvp.txt", "1 2 0.5\n1 3 1\n");
    let said = desk.run("ingest uvp.txt -o p.trg").done(&["column 3 lies in [0,1] everywhere, so it is a probability"]);
    assert!(said.out.contains("source,reached"), "{}", said.out);
    assert_eq!(desk.follows("uvp.txt"), ["2 1 0.5", "3 1 1"]);
    assert_eq!(desk.follows("uvp.txt --edges follower,followee"), ["1 2 0.5", "1 3 1"]);
    // Weights that are no probabilities leave the default.
    desk.write("weights.txt", "1 2 0.5\n1 3 7\n");
    assert_eq!(desk.follows("weights.txt"), ["1 2 0.5", "1 3 7"]);
    // A size line in front of three columns says how many, not which way.
    desk.write("sized.txt", "3 2\n1 2 0.5\n1 3 1\n");
    assert_eq!(desk.follows("sized.txt"), ["2 1 0.5", "3 1 1"]);
    desk.write("graph.inf", "3 2\n1 2 0.5\n1 3 1\n");
    assert_eq!(desk.follows("graph.inf"), ["2 1 0.5", "3 1 1"]);
    desk.run("ingest graph.inf -o i.trg").done(&["an .inf file: influence flows along the row"]);
}

#[test]
fn adjacency_lists_are_read_when_asked_for() {
    reads_as_plain("3 1 2\n1 2\n2\n", "lists", "--format adjacency");
    let desk = Desk::new();
    desk.write("lists", "3 1\n4\n");
    desk.run("ingest lists -o l.trg --format adjacency").done(&["accounts      3", "follows       1 (1 rows"]);
}

#[test]
fn several_files_and_folders_are_one_network() {
    let desk = Desk::new();
    let expected = plain(&desk);
    desk.write("one.txt", "3 1\n");
    desk.write("two.csv.gz", gzip(b"to,from\n2,3\n2,1\n"));
    assert!(desk.bytes("one.txt two.csv.gz") == expected);
    desk.write("folder/one.txt", "1 3\n");
    desk.write("folder/two.csv", "a,b\n2,3\n2,1\n");
    let manifest = "title = \"t\"\n[[file]]\npath = \"one.txt\"\nedges = \"source,reached\"\n\
        [[file]]\npath = \"two.csv\"\nfrom = \"b\"\nto = 1\n";
    desk.write("folder/network.toml", manifest);
    assert!(desk.bytes("folder") == expected);
}

#[test]
fn a_manifest_with_a_slip_of_the_pen_is_refused() {
    // `edgez` passed over in silence would turn the network round.
    let desk = Desk::new();
    desk.write("folder/rows.txt", "1 2\n");
    desk.write("folder/network.toml", "title = \"t\"\n[[file]]\npath = \"rows.txt\"\nedgez = \"undirected\"\n");
    desk.run("ingest folder -o f.trg").refused(1, &["folder/network.toml:", "expected a manifest", "edgez"]);
}

#[test]
fn a_creators_table_names_accounts_and_what_is_known_of_them() {
    let desk = Desk::new();
    desk.write("rows.txt", "anh bao\n");
    desk.write("kols.csv", "Handle,Followers,Category,fee,code\nbao,1200,\"beauty|travel\",12.50,007\nchi,,tech,,x\n");
    desk.run("ingest rows.txt --creators-table kols.csv -o k.trg").done(&["creators      2 rows", "accounts      3"]);
    let out = desk.run("export k.trg --part accounts").done(&[]).out;
    assert_eq!(
        out,
        "id,code,is_creator,followers_claimed,niche,price\nanh,,,,,\nbao,007,1,1200,beauty|travel,12.5\nchi,x,1,,tech,\n"
    );
    // A code of digits alone stays as it was written too.
    desk.write("codes.csv", "id,code\nbao,007\n");
    desk.run("ingest rows.txt --creators-table codes.csv -o c.trg").done(&[]);
    desk.run("export c.trg --part accounts").done(&["bao,007,1"]);
    desk.write("other.csv", "who,fach\nbao,tech\n");
    desk.run("ingest rows.txt --creators-table other.csv -o o.trg").refused(1, &["other.csv:1", "--column"]);
    desk.run("ingest rows.txt --creators-table other.csv --creators-id who --creators-niche fach -o o.trg").done(&[]);
    desk.run("export o.trg --part accounts").done(&["id,is_creator,niche", "bao,1,tech"]);
}

#[test]
fn times_are_one_whatever_they_look_like() {
    for (text, flags) in [
        ("1341100972", ""),
        ("1341100972.0", ""),
        ("2012-07-01T00:02:52Z", ""),
        ("2012-07-01 00:02:52", ""),
        ("2012-07-01T02:02:52+02:00", ""),
        ("1341100972000", "--time-unit ms"),
        ("1341100972000000", "--time-unit us"),
    ] {
        let desk = Desk::new();
        desk.write("log.csv", format!("from,to,type,time\n1,2,like,{text}\n1,2,like,\n"));
        let out = desk.interactions(&format!("log.csv {flags}"));
        assert_eq!(out, "from,to,type,time\n1,2,like,\n1,2,like,2012-07-01T00:02:52Z\n", "{text}");
    }
    let desk = Desk::new();
    desk.write("log.csv", "from,to,type,time\n1,2,like,yesterday\n");
    desk.run("ingest log.csv").refused(1, &["log.csv:2:10: expected a time, found \"yesterday\"", "hint: a number"]);
}

#[test]
fn types_go_by_one_name_and_follows_among_them_are_follows() {
    let desk = Desk::new();
    desk.write("log.txt", "1 2 1341100972 RT\n1 2 1341100973 MT\n1 2 1341100974 RE\n1 2 1341100975 Duet\n");
    let said = desk.run("ingest log.txt -o l.trg").done(&["column 3 looks like Unix time in seconds"]);
    assert!(said.out.contains("(duet 1, mention 1, reply 1, share 1)"), "{}", said.out);
    desk.write("mixed.csv", "user,creator,action,ts\n1,2,Subscribe,1341100972\n1,2,favourite,1341100973\n");
    let said = desk.run("ingest mixed.csv -o m.trg").done(&["follows       1 (1 rows"]);
    assert!(said.out.contains("interactions  1 (like 1)"), "{}", said.out);
    desk.write("likes.txt", "1 2\n");
    desk.run("ingest likes.txt --layer Likes -o n.trg").done(&["interactions  1 (like 1)"]);
}

#[test]
fn signs_items_and_weights_are_kept() {
    let desk = Desk::new();
    desk.write(
        "log.csv",
        "from,to,type,post,polarity,weight\n1,2,reply,p9,negative,0.5\n1,2,like,p1,+,\n1,2,like,,neutral,NA\n",
    );
    let out = desk.interactions("log.csv");
    assert_eq!(out, "from,to,type,item,weight,sign\n1,2,like,p1,,1\n1,2,like,,,0\n1,2,reply,p9,0.5,-1\n");
    desk.write("signed.csv", "from,to,sign\n1,2,-3\n2,1,1\n");
    desk.bytes("signed.csv");
    let out = desk.run("export out.trg --format csv").done(&[]).out;
    assert_eq!(out, "follower,followee,sign\n1,2,-1\n2,1,1\n");
}

#[test]
fn a_key_that_first_comes_late_is_not_lost_in_silence() {
    // The first objects tell the keys; a post named only in a later one must not vanish.
    let desk = Desk::new();
    let early = "{\"from\":1,\"to\":2,\"type\":\"like\"}\n".repeat(3000);
    desk.write("log.ndjson", format!("{early}{{\"from\":3,\"to\":2,\"type\":\"like\",\"item\":\"p1\"}}\n"));
    desk.run("ingest log.ndjson -o l.trg").refused(1, &["log.ndjson:3001:", "the new key \"item\"", "--item KEY"]);
    assert!(desk.interactions("log.ndjson --item item").contains("3,2,like,p1"));
    desk.run("ingest log.ndjson -o l.trg --on-error skip").done(&["3,001: 3,000 rows, 1 left out"]);
}

#[test]
fn what_cannot_be_decided_is_asked() {
    let desk = Desk::new();
    desk.write("odd.csv", "x,y,from\n1,2,3\n");
    desk.run("ingest odd.csv").refused(2, &["--to: which column of odd.csv is it?", "its columns are: x, y, from"]);
    desk.run("ingest odd.csv --from q --to y").refused(2, &["--from: odd.csv has no column q", "x, y, from"]);
    desk.run("ingest odd.csv --from x --to x").refused(2, &["--from: is the same column as --to"]);
    desk.write("odd.ndjson", "{\"x\":1,\"y\":2}\n");
    desk.run("ingest odd.ndjson").refused(2, &["--from: which key of odd.ndjson is it?", "its keys are: x, y"]);
    desk.write("rows.txt", "1 2\n");
    desk.run("ingest rows.txt --weight 3").refused(2, &["--weight: rows.txt has no column 3", "it has 2 columns"]);
    desk.run("ingest rows.txt --from 0").refused(2, &["columns are numbered from 1"]);
    desk.run("ingest rows.txt --edges sideways").refused(2, &["sideways"]);
}
