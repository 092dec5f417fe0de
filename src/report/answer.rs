//! What a verb answered, where there is no screen to print it on.

use super::Table;

/// What a verb answered.
#[derive(Debug, Default)]
pub struct Answer {
    /// Its tables; small counts are withheld in them where the network is personal data.
    pub tables: Vec<Table>,
    /// What it printed besides.
    pub text: String,
    /// What it said to the person: notes and assumptions.
    pub notes: Vec<String>,
    /// The goal that was asked for and not met; what stands in the tables is the best so far.
    pub unmet: Option<String>,
}
