//! What leaves the program: workbooks and CSV that Excel reads rightly, and no small counts of people unasked.

use crate::common;
use crate::common::program::Desk;
use serde_json::Value;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Two creators with lists of 40 and 6 followers who follow nobody else; some of them liked.
fn lists() -> Desk {
    let desk = Desk::new();
    let rows = (0..40).map(|i| format!("fan{i},anh\n")).chain((20..26).map(|i| format!("fan{i},bảo\n")));
    desk.write("lists.csv", format!("follower,followee\n{}", rows.collect::<String>()));
    let likes = (0..12).map(|i| format!("fan{i},anh,like\n")).chain((0..3).map(|i| format!("fan{i},bảo,like\n")));
    desk.write("likes.csv", format!("from,to,type\n{}", likes.collect::<String>()));
    desk.write("creators.csv", "id,name,niche\nanh,=SUM(A1),beauty\nbảo,Bảo,tech\n");
    desk.run("ingest lists.csv likes.csv --creators-table creators.csv -o m.trg").done(&["follower lists"]);
    desk
}

/// The parts of a workbook, by name.
fn parts(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
            (part.name().unwrap().into_owned(), text)
        })
        .collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    parts(bytes).into_iter().find(|(part, _)| part == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn a_workbook_has_typed_cells_a_fixed_header_and_says_what_it_means() {
    let desk = lists();
    desk.run("analyze m.trg -o out.xlsx").done(&[]);
    let book = desk.read("out.xlsx");
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    let about = part(&book, "xl/worksheets/sheet2.xml");
    let strings = part(&book, "xl/sharedStrings.xml");
    let names = part(&book, "xl/workbook.xml");
    assert!(names.contains("name=\"analyze\"") && names.contains("name=\"About\""), "{names}");
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("ySplit=\"1\""), "{sheet}");
    assert!(sheet.contains("<v>40</v>"), "followers are a number: {sheet}");
    // Texts are texts, formulas there are none.
    assert!(strings.contains("=SUM(A1)") && !sheet.contains("<f>"), "{strings}");
    assert!(strings.contains("&lt;10"), "six followers are too few to show");
    assert!(sheet.contains("r=\"C3\" t=\"s\"") && strings.contains("Bảo"), "{sheet}");
    assert!(part(&book, "xl/styles.xml").contains("quotePrefix=\"1\""));
    let head = sheet.split("<row r=\"2\"").next().unwrap();
    assert!(head.contains("s=\"1\""), "the header is bold");
    for words in ["assumed", "exposure per feed post", "withheld: ", "parameter top", "column followers", "made by"] {
        assert!(strings.contains(words), "{words} in {strings}");
    }
    assert!(about.contains("<row "), "{about}");
    assert!(part(&book, "docProps/core.xml").contains("2000-01-01T00:00:00Z"), "no clock");
}

#[test]
fn equal_results_are_equal_workbooks() {
    let desk = lists();
    desk.run("analyze m.trg -o one.xlsx --threads 1").done(&[]);
    // Past the two seconds that a zip archive's times are counted in.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    desk.run("analyze m.trg -o two.xlsx --threads 3").done(&[]);
    assert!(desk.read("one.xlsx") == desk.read("two.xlsx"));
    desk.run("analyze m.trg -o one.xlsx").refused(1, &["one.xlsx"]);
}

#[test]
fn every_table_goes_into_a_workbook_but_not_down_a_pipe() {
    let desk = Desk::new();
    let network = common::repo("datasets/lastfm-asia").display().to_string();
    for (at, verb) in [
        &["analyze", "--top", "3"][..],
        &["reach", "--creators", "7237", "--half-width", "0.2"],
        &["rank", "components", "--top", "3"],
        &["rank", "core", "--top", "3"],
        &["communities", "--top", "3"],
    ]
    .iter()
    .enumerate()
    {
        let file = format!("{at}.xlsx");
        desk.run_all(&[verb, &[network.as_str(), "-o", &file, "-q"][..]].concat()).done(&[]);
        assert!(part(&desk.read(&file), "xl/worksheets/sheet1.xml").contains("<v>"), "{verb:?}");
    }
    desk.run_all(&["rank", "core", &network, "--format", "xlsx"])
        .refused(2, &["a workbook goes to a file", "-o FILE.xlsx"]);
}

#[test]
fn csv_files_with_vietnamese_begin_with_a_byte_order_mark_and_nothing_else_does() {
    let desk = lists();
    desk.run("analyze m.trg -o out.csv").done(&[]);
    assert!(desk.read("out.csv").starts_with(BOM));
    desk.run("analyze m.trg -o out.tsv").done(&[]);
    assert!(!desk.read("out.tsv").starts_with(BOM));
    let said = desk.run("analyze m.trg --format csv").done(&["Bảo"]);
    assert!(!said.out.as_bytes().starts_with(BOM), "standard output has none");
    desk.run("analyze m.trg --only niche=beauty -o plain.csv").done(&[]);
    assert!(!desk.read("plain.csv").starts_with(BOM), "plain ASCII needs none");
    for (part, name) in
        [("follows", "f.csv"), ("interactions", "i.csv"), ("accounts", "a.csv"), ("follows", "f.csv.gz")]
    {
        desk.run(&format!("export m.trg --part {part} -o {name}")).done(&[]);
        if name.ends_with(".csv") {
            assert!(desk.read(name).starts_with(BOM), "{name}");
            let piped = desk.run(&format!("export m.trg --part {part} --format csv")).done(&[]).out;
            assert_eq!(&desk.read(name)[3..], piped.as_bytes(), "{name}");
        }
    }
    // Our own reader takes both.
    desk.run("ingest f.csv i.csv --creators-table a.csv -o again.trg").done(&[]);
    desk.run("ingest f.csv.gz i.csv --creators-table a.csv -o packed.trg").done(&[]);
    let rows = |name: &str| desk.run(&format!("export {name} --part interactions")).done(&[]).out;
    assert_eq!(rows("again.trg"), rows("m.trg"));
    assert!(desk.read("again.trg") == desk.read("packed.trg"));
    desk.write("ascii.csv", "follower,followee\na,b\n");
    desk.run("ingest ascii.csv -o ascii.trg").done(&[]);
    desk.run("export ascii.trg -o ascii-out.csv").done(&[]);
    assert_eq!(desk.read("ascii-out.csv"), b"follower,followee\na,b\n");
}

#[test]
fn texts_like_formulas_stay_as_they_are_in_csv_and_are_said() {
    let desk = lists();
    let said = desk.run("analyze m.trg -o out.csv").done(&[]);
    assert!(said.err.contains("1 text begins with = + - or @") && said.err.contains(".xlsx keeps"), "{}", said.err);
    let text = String::from_utf8(desk.read("out.csv")).unwrap();
    assert!(text.contains("\nanh,=SUM(A1),40,"), "{text}");
}

#[test]
fn small_counts_of_people_are_withheld_unless_asked_for() {
    let desk = lists();
    let said = desk.run("analyze m.trg").done(&["anh\t=SUM(A1)\t40\t", "bảo\tBảo\t<10\t"]);
    // 12 likes of 12 people on 40 followers are shown; 3 likes of 3 people on 6 followers are not, nor is 0.5.
    let line = |text: &str| text.lines().find(|line| line.starts_with("bảo")).unwrap().to_owned();
    assert!(line(&said.out).contains("hidden\thidden\t<10") && !line(&said.out).contains("0.5"), "{}", said.out);
    assert!(said.err.contains("withheld: ") && said.err.contains("--small-cells"), "{}", said.err);
    let open = desk.run("analyze m.trg --small-cells").done(&["bảo\tBảo\t6\t"]);
    assert!(line(&open.out).contains("\t0.5\t3\t3\t") && !open.err.contains("withheld"), "{}", open.out);

    let json = |flags: &str| -> Value {
        serde_json::from_str(&desk.run(&format!("analyze m.trg --format json {flags}")).done(&[]).out).unwrap()
    };
    let (closed, open) = (json(""), json("--small-cells"));
    for key in ["followers", "direct", "engagement", "interactions", "engagers", "direct_range_low"] {
        assert!(closed["rows"][1][key].is_null(), "{key}");
        assert!(closed["rows"][0][key].is_number() && open["rows"][1][key].is_number(), "{key}");
    }
    assert_eq!(closed["summary"]["withheld"]["counts"], 3, "followers, direct, engagers: {closed}");
    assert!(open["summary"]["withheld"].is_null());
}

#[test]
fn the_card_withholds_too_and_says_so() {
    let desk = lists();
    desk.run("info m.trg").done(&[
        "tiers         everyday 42",
        "<10 accounts follow nobody, 40 have no follower",
        "personal data counts of 1 to 9 people are withheld",
    ]);
}

#[test]
fn a_pseudonymised_whole_network_is_guarded_and_a_public_one_is_not() {
    let desk = Desk::new();
    let rows: String = (0..30).map(|i| format!("u{i},u{}\nu{i},u{}\n", (i + 1) % 30, (i + 7) % 30)).collect();
    // A second part of three accounts, and a loner.
    desk.write("net.csv", format!("follower,followee\n{rows}x,y\ny,z\nz,x\n"));
    desk.write("creators.csv", "id\nu1\nx\nlone\n");
    desk.write("key", [9u8; 32]);
    desk.run("ingest net.csv --view whole --creators-table creators.csv -o open.trg").done(&[]);
    desk.run("ingest net.csv --view whole --creators-table creators.csv --pseudonymise key -o closed.trg").done(&[]);
    desk.run("rank components open.trg").done(&["0\t30\tu0", "1\t3\tx"]);
    let said = desk.run("rank components closed.trg").done(&["0\t30\t", "1\t<10\t", "2\t<10\t"]);
    assert!(said.err.contains("3 components; <10 accounts stand alone"), "{}", said.err);
    desk.run("rank pagerank open.trg --top 1").done(&["\t2\n"]);
    desk.run("rank pagerank closed.trg --top 1").done(&["\t<10\n"]);
    desk.run("rank tunkrank closed.trg --top 1").done(&["\thidden\thidden\thidden\tassumed\t<10\n"]);
    desk.run("communities closed.trg --top 0").done(&["<10\thidden\t\thidden\t"]);
    let reach =
        desk.run("reach closed.trg --creators u1 --model ic:0.5 --rho 0.1").done(&["reach\t<10\thidden\thidden"]);
    assert!(
        reach
            .out
            .lines()
            .skip(1)
            .all(|line| line.contains("<10") || line.contains("\thidden\t") || line.contains("\t0\t")),
        "{}",
        reach.out
    );
    desk.run("info open.trg").done(&["100%: 2"]);
    let card = desk.run("info closed.trg").done(&["100%: <10", "tiers         everyday 34"]);
    assert!(card.out.contains("<10 accounts follow nobody"), "{}", card.out);
    let json: Value = serde_json::from_str(&desk.run("info closed.trg --json").done(&[]).out).unwrap();
    assert!(json["degrees"]["most_followers"].is_null() && json["degrees"]["follow_nobody"].is_null(), "{json}");
    assert_eq!((json["accounts"].as_u64(), json["withheld"]["below"].as_u64()), (Some(34), Some(10)));
    let open: Value = serde_json::from_str(&desk.run("info closed.trg --json --small-cells").done(&[]).out).unwrap();
    assert_eq!((open["degrees"]["most_followers"].as_u64(), open["withheld"].is_null()), (Some(2), true));
}
