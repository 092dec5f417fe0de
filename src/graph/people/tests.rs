use proptest::prelude::*;

use super::*;
use crate::graph::attributes::known;
use crate::graph::network::View;
use crate::graph::{Column, Values, build};

/// Who follows whom among so many, a country for some, and a number for some.
fn network(n: usize, edges: &[(u32, u32)], countries: &[u8], numbers: &[u8]) -> Network {
    let mut network = Network::from_graph(build::graph(n, edges));
    let countries = (0..n).map(|u| ["VN", "US|TH", "a b"].get(usize::from(countries[u])).map(|text| (*text).into()));
    network.attributes.insert(Column::texts(known::COUNTRY, countries));
    let numbers: Vec<f64> = (0..n).map(|u| if numbers[u] > 5 { f64::NAN } else { f64::from(numbers[u]) }).collect();
    network.attributes.insert(Column { name: "fame".into(), values: Values::Number(numbers.into()) });
    network
}

/// What an expression means, told apart from how it is read: a tree with its words, asked of one account after another.
#[derive(Debug, Clone)]
enum Said {
    Follow(Vec<u32>),
    FollowWhere(Where),
    Where(Where),
    Not(Box<Said>),
    And(Box<Said>, Box<Said>),
    Or(Box<Said>, Box<Said>),
}

#[derive(Debug, Clone)]
enum Where {
    Country(&'static str),
    AtLeast(u8),
    AtMost(u8),
}

impl Where {
    fn text(&self) -> String {
        match self {
            Where::Country(name) => format!("country=\"{name}\""),
            Where::AtLeast(number) => format!("fame>={number}"),
            Where::AtMost(number) => format!("fame <= {number}"),
        }
    }

    fn holds(&self, network: &Network, u: u32) -> bool {
        let fame = network.attributes.number("fame", u);
        match self {
            Where::Country(name) => {
                network.attributes.text("country", u).is_some_and(|text| text.split('|').any(|part| part == *name))
            }
            Where::AtLeast(number) => fame.is_some_and(|fame| fame >= f64::from(*number)),
            Where::AtMost(number) => fame.is_some_and(|fame| fame <= f64::from(*number)),
        }
    }
}

impl Said {
    /// With all parentheses that could be needed.
    fn text(&self) -> String {
        match self {
            Said::Follow(whom) => {
                format!("FOLLOWS {}", whom.iter().map(u32::to_string).collect::<Vec<_>>().join(" , "))
            }
            Said::FollowWhere(condition) => format!("follow {}", condition.text()),
            Said::Where(condition) => condition.text(),
            Said::Not(inner) => format!("not({})", inner.text()),
            Said::And(a, b) => format!("({})and({})", a.text(), b.text()),
            Said::Or(a, b) => format!("(({}) Or ({}))", a.text(), b.text()),
        }
    }

    fn holds(&self, network: &Network, edges: &[(u32, u32)], u: u32) -> bool {
        let follows = |v: u32| u != v && edges.contains(&(u, v));
        match self {
            Said::Follow(whom) => whom.iter().any(|&v| follows(v)),
            Said::FollowWhere(condition) => {
                (0..network.accounts() as u32).any(|v| follows(v) && condition.holds(network, v))
            }
            Said::Where(condition) => condition.holds(network, u),
            Said::Not(inner) => !inner.holds(network, edges, u),
            Said::And(a, b) => a.holds(network, edges, u) && b.holds(network, edges, u),
            Said::Or(a, b) => a.holds(network, edges, u) || b.holds(network, edges, u),
        }
    }

    /// Whether somebody meets each condition on the followed.
    fn all_followed(&self, network: &Network) -> bool {
        match self {
            Said::FollowWhere(condition) => (0..network.accounts() as u32).any(|v| condition.holds(network, v)),
            Said::Follow(_) | Said::Where(_) => true,
            Said::Not(inner) => inner.all_followed(network),
            Said::And(a, b) | Said::Or(a, b) => a.all_followed(network) && b.all_followed(network),
        }
    }
}

const N: u32 = 9;

fn said() -> impl Strategy<Value = Said> {
    let condition = || {
        prop_oneof![
            prop::sample::select(vec!["VN", "US", "TH", "a b"]).prop_map(Where::Country),
            (0u8..6).prop_map(Where::AtLeast),
            (0u8..6).prop_map(Where::AtMost),
        ]
    };
    let atom = prop_oneof![
        prop::collection::vec(0..N, 1..4).prop_map(Said::Follow),
        condition().prop_map(Said::FollowWhere),
        condition().prop_map(Said::Where),
    ];
    atom.prop_recursive(5, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| Said::Not(Box::new(a))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Said::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Said::Or(Box::new(a), Box::new(b))),
        ]
    })
}

proptest! {
    #[test]
    fn a_set_holds_exactly_those_of_whom_it_is_true(
        said in said(), edges in prop::collection::vec((0..N, 0..N), 0..40),
        countries in prop::collection::vec(0u8..5, N as usize), numbers in prop::collection::vec(0u8..8, N as usize),
    ) {
        let network = network(N as usize, &edges, &countries, &numbers);
        let people: People = said.text().parse().unwrap();
        let truth: Vec<bool> = (0..N).map(|u| said.holds(&network, &edges, u)).collect();
        match people.of(&network) {
            Ok(found) => prop_assert_eq!(found, truth, "{}", people),
            Err(error) if said.all_followed(&network) => {
                prop_assert!(!truth.contains(&true) && error.to_string().contains("nobody meets"), "{}", error);
            }
            Err(error) => prop_assert!(error.to_string().contains("no account meets"), "{}", error),
        }
    }

    #[test]
    fn what_is_printed_is_read_back(said in said()) {
        let people: People = said.text().parse().unwrap();
        let printed = people.to_string();
        prop_assert_eq!(&printed.parse::<People>().unwrap(), &people, "{}", printed);
        let json = serde_json::to_string(&people).unwrap();
        prop_assert_eq!(serde_json::from_str::<People>(&json).unwrap(), people);
    }

    #[test]
    fn any_name_can_be_said(name in any::<String>(), other in "[a-z ,()\"=<>]{0,6}") {
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let people: People = format!("follow {},{}", quoted(&name), quoted(&other)).parse().unwrap();
        prop_assert_eq!(&people.root, &Node::Follow(Whom::Named(vec![name, other])));
        prop_assert_eq!(people.to_string().parse::<People>().unwrap(), people);
    }

    #[test]
    fn no_text_is_too_much(
        text in any::<String>(),
        words in prop::collection::vec(
            prop::sample::select(vec!["and", "or", "not", "follow", "(", ")", ",", "=", ">=", "<", "\"", "x", "7", "é", " "]), 0..30,
        ),
    ) {
        for text in [text, words.concat(), words.join(" ")] {
            if let Err(error) = text.parse::<People>() {
                prop_assert!(error.starts_with("column "), "{}", error);
            }
        }
    }
}

#[test]
fn words_bind_as_they_are_said_to() {
    for (text, printed) in [
        ("not follow a and follow b or c=1", "not follow a and follow b or c=1"),
        ("NOT (follow a And follow b)", "not (follow a and follow b)"),
        ("follow a and (follow b or follow c)", "follow a and (follow b or follow c)"),
        ("(follow a and (follow b and follow c))", "follow a and follow b and follow c"),
        ("follows \"and\" , \"x y\",\"say \"\"hi\"\"\"", "follow \"and\",\"x y\",\"say \"\"hi\"\"\""),
        ("c = x , y and d>=1e3", "c=x,y and d>=1000"),
    ] {
        assert_eq!(text.parse::<People>().unwrap().to_string(), printed);
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    for (text, says) in [
        ("", "column 1: expected \"follow\", \"not\", \"(\" or a condition such as country=VN, found the end"),
        (
            "follow anh and follow and",
            "column 23: expected a name after \"follow\", found \"and\"\n  hint: if it is a name",
        ),
        ("follow é and follow anh,", "column 25: expected a name after \",\", found the end"),
        (
            "follow Son Tung",
            "column 12: expected \"and\", \"or\" or the end, found \"Tung\"\n  hint: names with blanks",
        ),
        ("(follow a", "column 10: expected \"and\", \"or\" or \")\", found the end"),
        ("follow a)", "column 9: expected \"and\", \"or\" or the end, found \")\""),
        (
            "anh",
            "column 4: expected \"=\", \">=\" or \"<=\" after \"anh\", found the end\n  hint: who follows \"anh\": follow anh",
        ),
        ("followers>1000", "column 10: expected \">=\", found \">\"\n  hint: limits are"),
        ("followers>=many", "column 12: expected a number after \">=\", found \"many\""),
        ("followers>=inf", "column 12: expected a number"),
        ("niche=", "column 7: expected a value after \"=\", found the end"),
        ("follow \"anh", "column 8: expected the quote that opens here to be closed"),
    ] {
        let error = text.parse::<People>().unwrap_err();
        assert!(error.starts_with(says), "{text}: {error}");
    }
    for (open, close) in [("(", ")"), ("not ", "")] {
        let nested = |depth: usize| format!("{}follow a{}", open.repeat(depth), close.repeat(depth)).parse::<People>();
        assert!(nested(DEPTH).is_ok());
        for depth in [DEPTH + 1, 100_000] {
            let error = nested(depth).unwrap_err();
            assert!(error.contains("at most 100 parentheses and \"not\" inside each other"), "{error}");
        }
    }
    // What is long without being deep is read.
    let long = vec!["follow a"; 100_000].join(" or ");
    assert_eq!(long.parse::<People>().unwrap().to_string(), long);
}

#[test]
fn of_lists_that_are_cut_nobody_knows_who_does_not_follow() {
    let said = |network: &Network, text: &str| text.parse::<People>().unwrap().of(network).map_err(|e| e.to_string());
    let mut network = network(6, &[(2, 0), (3, 0), (4, 1)], &[0; 6], &[1, 2, 9, 9, 9, 9]);
    network.view = View::Lists;
    let full = said(&network, "not follow 0").unwrap();
    assert_eq!(full, [true, true, false, false, true, true]);
    // Nobody has a list of the followers of 2.
    assert!(said(&network, "follow 2").unwrap_err().contains("\"follow 2\" cannot be computed from this network"));
    let claimed = vec![2.0, 50.0, f64::NAN, f64::NAN, f64::NAN, f64::NAN];
    network.attributes.insert(Column { name: known::FOLLOWERS.into(), values: Values::Number(claimed.into()) });
    assert!(said(&network, "follow 0").is_ok());
    for text in ["follow 1", "follow 0 or not follow fame>=1"] {
        let error = said(&network, text).unwrap_err();
        assert!(error.contains("it needs all followers of 1: a list that is cut"), "{error}");
    }
    assert!(said(&network, "follow fame>=1 or fame>=7").unwrap_err().contains("\"follow fame>=1\""));
    let error = said(&network, "follow followers<=9").unwrap_err();
    assert!(error.contains("all followers of 2, 3, 4 and 1 more"), "{error}");
    network.follows = None;
    assert!(said(&network, "follow 0").unwrap_err().contains("needs who follows whom"));
    assert_eq!(said(&network, "fame<=1").unwrap().iter().filter(|&&is| is).count(), 1);
}
