//! The verbs and their parameters as data: names, kinds, defaults, meanings. Other faces of the engine are made from
//! it, so that none of them can differ from the command line.

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};
use serde::Serialize;

/// A verb.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Described {
    /// Its words: `rank pagerank`.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Its parameters, in the order of the help.
    pub parameters: Vec<Parameter>,
}

/// A parameter of a verb.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name without dashes: `half-width`; of a positional one, its name in the usage.
    pub name: String,
    /// Whether it stands without a flag.
    pub positional: bool,
    /// What its values are.
    pub kind: Kind,
    /// Whether several may be given.
    pub many: bool,
    /// Whether several are given in one, separated by commas.
    pub commas: bool,
    /// Whether there must be one.
    pub required: bool,
    /// The words it may be; none: it is free.
    pub choices: Vec<String>,
    /// Its default, as it would be written.
    pub default: Option<String>,
    /// What it means.
    pub about: String,
    /// The heading it stands under.
    pub heading: String,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Given or not.
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A file or folder.
    Path,
    /// Any other text.
    Text,
}

/// All verbs that stand under a command, those of verbs with verbs of their own one by one.
pub(super) fn verbs(command: &Command) -> Vec<Described> {
    let mut found = Vec::new();
    for verb in command.get_subcommands() {
        match verb.has_subcommands() {
            false => found.push(self::verb(verb.get_name().into(), verb)),
            true => found.extend(
                verb.get_subcommands()
                    .map(|inner| self::verb(format!("{} {}", verb.get_name(), inner.get_name()), inner)),
            ),
        }
    }
    found
}

/// One verb.
pub(super) fn verb(name: String, command: &Command) -> Described {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let shown = |arg: &&Arg| {
        let help = matches!(arg.get_action(), ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong);
        !help && !matches!(arg.get_action(), ArgAction::Version) && !arg.is_hide_set()
    };
    Described { name, about, parameters: command.get_arguments().filter(shown).map(parameter).collect() }
}

fn parameter(arg: &Arg) -> Parameter {
    let many = matches!(arg.get_action(), ArgAction::Append) || arg.get_num_args().is_some_and(|n| n.max_values() > 1);
    let flag = matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count);
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    Parameter {
        name: arg.get_long().unwrap_or(arg.get_id().as_str()).to_owned(),
        positional: arg.is_positional(),
        kind: if flag { Kind::Flag } else { kind(arg.get_value_parser()) },
        many: many || arg.get_value_delimiter().is_some(),
        commas: arg.get_value_delimiter().is_some(),
        required: arg.is_required_set(),
        choices: arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect(),
        default: (!defaults.is_empty() && !flag).then(|| defaults.join(",")),
        about: arg.get_help().map(ToString::to_string).unwrap_or_default(),
        heading: arg.get_help_heading().unwrap_or_default().to_owned(),
    }
}

fn kind(parser: &ValueParser) -> Kind {
    let id = parser.type_id();
    let is = |found: std::any::TypeId| id == found;
    use std::any::TypeId;
    match () {
        () if is(TypeId::of::<f64>()) => Kind::Number,
        () if is(TypeId::of::<bool>()) => Kind::Boolean,
        () if is(TypeId::of::<std::path::PathBuf>()) => Kind::Path,
        () if [
            TypeId::of::<u8>(),
            TypeId::of::<u32>(),
            TypeId::of::<u64>(),
            TypeId::of::<usize>(),
            TypeId::of::<i64>(),
        ]
        .into_iter()
        .any(is) =>
        {
            Kind::Integer
        }
        () => Kind::Text,
    }
}
