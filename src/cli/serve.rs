//! `truereach serve`: a screen to plan on, in a browser on this machine.

use super::ask::{self, Held};
use super::campaign::{Campaign, prepare};
use super::open::NetworkArgs;
use super::term::Terminal;
use crate::base::{Error, Result, Run};
use crate::report::Answer;
use crate::report::page::html;
use crate::serve::{Desk, Engine, Question, Server, Setting, Token};

/// Plan on a screen: search creators, build a portfolio that is judged at every change, move the budget, look at risk, and make
/// the report for the client. A page in your browser, served by this program on this machine alone.
///
/// Nothing is sent anywhere or fetched from anywhere. The address that is printed carries a token, new in every run; whoever has
/// none is refused, and so is every other page. Programs ask the same questions: /api/openapi.json describes them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach serve datasets/lastfm-asia
  truereach serve market.trg --port 0
  truereach serve market.trg --token my-token   # then: curl -H 'Authorization: Bearer my-token' …/api/network")]
pub struct ServeArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// The port on this machine; 0 takes one that is free
    #[arg(long, default_value_t = 8321, value_name = "PORT", help_heading = "Server")]
    port: u16,
    /// The token that the address carries, for programs that ask [default: a new one]
    #[arg(long, value_name = "TEXT", help_heading = "Server")]
    token: Option<String>,
}

impl ServeArgs {
    /// Runs the verb, until Ctrl-C.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let token = self.token.as_deref().map_or_else(Token::new, Token::chosen)?;
        // Before the network is read: a port that is in use shows at once.
        let server = Server::bind(self.port)?;
        let held = Held::of(&self.network, terminal)?;
        let within = Terminal::within(&terminal.run, terminal.small_cells(), Some(held.clone()));
        let opened = self.network.open(&within)?;
        within.answer().notes.iter().for_each(|note| terminal.note(note));
        let setting = Setting {
            network: opened.network,
            name: opened.name,
            checksum: opened.checksum,
            hide_below: within.hide_below(),
            run: terminal.run.clone(),
            engine: Box::new(Verbs { held, small_cells: terminal.small_cells() }),
        };
        let desk = Desk::new(setting)?;
        terminal.print(&format!("http://{}/?token={}\n", server.address(), token.text()))?;
        terminal.note("open this address in a browser on this machine; Ctrl-C ends");
        server.serve(desk, token, &terminal.run)
    }
}

/// The verbs of this program, about the network that is served.
struct Verbs {
    held: Held,
    small_cells: bool,
}

impl Engine for Verbs {
    fn ask(&self, question: &Question, run: &Run) -> Result<Answer> {
        let lists = question.lists.iter().map(|(flag, accounts)| ask::listed(flag, accounts));
        let lists = lists.collect::<Result<Vec<_>>>()?;
        let mut words = question.words.clone();
        words.extend(lists.iter().flat_map(|list| list.words.iter().cloned()));
        let asked = |words: &[String]| ask::ask(words, Some(&self.held), run, self.small_cells);
        match asked(&words) {
            Err(error) if question.people && ask::is_of_unlinked(&error) => {
                words.push(ask::ACCOUNTS.into());
                let mut answer = asked(&words)?;
                answer.notes.push(
                    "assumed: whoever is on several platforms has one account here, for nobody linked the accounts of one \
                     person"
                        .into(),
                );
                Ok(answer)
            }
            answered => answered,
        }
    }

    fn report(&self, campaign: &serde_json::Value, run: &Run) -> Result<String> {
        let wrong = |error: serde_json::Error| Error::parameter("report", error.to_string());
        let campaign: Campaign = serde_json::from_value(campaign.clone()).map_err(wrong)?;
        campaign.check()?;
        let findings = prepare(&campaign, &self.held, run, self.small_cells)?;
        Ok(html(&findings, campaign.language))
    }
}
