//! `truereach communities` from the command line: an earlier partition as a start, numbers that last, consensus.

mod common;

use common::program::Desk;

/// Two circles of four, and the tie between them.
const CIRCLES: &str = "a,b\nb,c\nc,d\nd,a\na,c\nw,x\nx,y\ny,z\nz,w\nw,y\nd,w\n";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("ties.csv", format!("follower,followee\n{CIRCLES}"));
    desk
}

#[test]
fn communities_that_go_on_keep_their_numbers() {
    let desk = desk();
    // The circles had the numbers 7 and 3; z was not there, "gone" is not here any more.
    desk.write("old.csv", "account,community\na,7\nb,7\nc,7\nd,7\nw,3\nx,3\ny,3\ngone,3\n");
    let said = desk.run("communities ties.csv --start old.csv --members new.csv --top 0").done(&[]);
    for part in [
        "2 earlier communities: 2 go on under their numbers, 0 are new",
        "1 accounts are not in the earlier file",
        "the first: gone",
    ] {
        assert!(said.err.contains(part), "no \"{part}\" in:\n{}", said.err);
    }
    assert!(
        said.out.lines().any(|line| line.starts_with("7\t")) && said.out.lines().any(|line| line.starts_with("3\t")),
        "{}",
        said.out
    );
    let members = String::from_utf8(desk.read("new.csv")).unwrap();
    assert_eq!(members, "account,community\na,7\nb,7\nc,7\nd,7\nw,3\nx,3\ny,3\nz,3\n");
    // From its own answer nothing changes.
    desk.run("communities ties.csv --start new.csv --members again.csv --method louvain").done(&[]);
    assert_eq!(desk.read("again.csv"), desk.read("new.csv"));
}

#[test]
fn a_start_that_cannot_be_read_is_refused_with_its_place() {
    let desk = desk();
    for (text, parts) in [
        ("account,community\na,1\n\"b\",x\n", &["old.csv:3:", "the number of a community", "\"x\""][..]),
        ("account,community\na,1\na,2\n", &["old.csv:3:1", "each account once", "\"a\""]),
        ("account,community\na\n", &["old.csv:2", "2 fields"]),
        ("who,where\na,1\n", &["old.csv:1", "a column named account", "who,where"]),
        ("", &["old.csv:1", "a column named account"]),
    ] {
        desk.write("old.csv", text);
        desk.run("communities ties.csv --start old.csv").refused(1, parts);
    }
    desk.run("communities ties.csv --start none.csv").refused(1, &["none.csv: cannot read"]);
    desk.write("old.csv", "account,community\na,1\n");
    desk.run("communities ties.csv --start old.csv --method labels").refused(2, &["--start", "--method leiden"]);
    desk.run("communities ties.csv --start old.csv --consensus").refused(2, &["cannot be used with"]);
}

#[test]
fn a_consensus_needs_runs() {
    let desk = desk();
    desk.run("communities ties.csv --consensus").refused(2, &["at least two runs", "--runs 10"]);
    desk.run("communities ties.csv --consensus=1.5 --runs 3").refused(2, &["up to 1, not 1.5"]);
    desk.run("communities ties.csv --consensus --runs 3 --method louvain").refused(2, &["leave --method out"]);
    let said = desk.run("communities ties.csv --consensus=0.6 --runs 5").done(&[]);
    for part in ["consensus of 5 runs, share 0.6", "2 communities"] {
        assert!(said.err.contains(part), "no \"{part}\" in:\n{}", said.err);
    }
    let said = desk.run("communities ties.csv --effort fast").done(&[]);
    assert!(said.err.contains("2 communities"), "{}", said.err);
}
