//! The page that a client sees: one HTML file that needs nothing else, from answers of the verbs alone.
//!
//! - [`Findings`]: what was asked and answered; `rows`: reading tables by their keys.
//! - `language`, `number`: words and numbers in English and Vietnamese; `glossary`: the terms, for the page and docs/GLOSSARY.md.
//! - `write`: HTML whose texts are always escaped; `picture`: the drawings, as SVG.
//! - `headline`, `fall`, `plan`, `shared`, `risk`, `sure`: the parts of the page, from top to bottom.
//!
//! Nothing here computes a figure, opens a file or knows what day it is: equal findings give equal bytes.

mod fall;
mod findings;
pub mod glossary;
mod headline;
mod lacks;
pub mod language;
pub mod number;
pub mod picture;
mod plan;
mod risk;
mod rows;
mod shared;
mod sure;
mod write;

#[cfg(test)]
mod tests;

pub use findings::{Asked, Data, Findings, Part};
pub use language::{Language, Pair};
pub use rows::Rows;

use write::Html;

/// The page as HTML.
///
/// **Input**: [`Findings`], of which any part may be missing; it becomes a sentence. **Returns**: a document without script and
/// without anything from elsewhere. **Determinism**: equal findings give equal bytes.
pub fn html(findings: &Findings, language: Language) -> String {
    let page = Page { findings, language };
    let title = page.title();
    Html::document(language, &title, include_str!("style.css"), |html| {
        html.tag("main", &[], |html| {
            headline::header(&page, html);
            headline::figures(&page, html);
            headline::lines(&page, html);
            fall::section(&page, html);
            plan::section(&page, html);
            plan::quality(&page, html);
            shared::section(&page, html);
            risk::section(&page, html);
            sure::section(&page, html);
            glossary::section(&page, html);
            sure::footer(&page, html);
        });
    })
}

/// Exact sentences in the client's words: the field's own stay in the report's JSON.
fn clients_words(sentence: &str) -> String {
    let said = [
        ("certificate: ", "quality of the plan: "),
        (" certificate", " quality of the plan"),
        (" cascades", " chains of sharing"),
        (" cascade", " chain of sharing"),
        (" worlds", " simulations"),
        (" world", " simulation"),
    ];
    said.iter().fold(sentence.to_owned(), |sentence, (art, client)| sentence.replace(art, client))
}

/// What every part of the page is written from.
struct Page<'a> {
    findings: &'a Findings,
    language: Language,
}

impl Page<'_> {
    fn say(&self, pair: Pair) -> &'static str {
        self.language.of(pair)
    }

    fn title(&self) -> String {
        match self.findings.asked.title.is_empty() {
            false => self.findings.asked.title.clone(),
            true => self.say(Pair::new("Campaign report", "Báo cáo chiến dịch")).to_owned(),
        }
    }

    /// The word for a status; an unknown one stays as it is.
    fn status(&self, status: &str) -> String {
        let word = match status {
            "measured" => Pair::new("measured", "đo được"),
            "estimated" => Pair::new("estimated", "ước lượng"),
            "bounded" => Pair::new("within limits", "trong giới hạn"),
            "assumed" => Pair::new("assumed", "giả định"),
            "not estimable" | "not-estimable" => Pair::new("not known", "chưa biết được"),
            other => return other.to_owned(),
        };
        self.say(word).to_owned()
    }

    /// Under a table: what its figures are, measured or estimated.
    fn status_note(&self, html: &mut Html, rows: Rows<'_>) {
        let title = self.say(Pair::new("Status of these figures", "Cơ sở của các con số này"));
        html.words("p", &[("class", "note")], &format!("{title}: {}.", self.status(rows.text(0, "status"))));
    }

    /// A section with its heading.
    fn section(&self, html: &mut Html, id: &'static str, title: Pair, inside: impl FnOnce(&mut Html)) {
        html.tag("section", &[("id", id), ("aria-labelledby", &format!("{id}-title"))], |html| {
            html.words("h2", &[("id", &format!("{id}-title"))], self.say(title));
            inside(html);
        });
    }

    /// Why a part is not there, in the client's words first and in the engine's own behind them.
    fn missing(&self, html: &mut Html, part: &Part, sentence: Pair) {
        html.words("p", &[("class", "missing")], self.say(sentence));
        if let Some(why) = &part.missing {
            self.exact(html, Pair::new("Why", "Lý do"), std::slice::from_ref(why));
        }
    }

    /// Sentences of the engine, word for word: folded, and in English.
    fn exact(&self, html: &mut Html, summary: Pair, sentences: &[String]) {
        if sentences.is_empty() {
            return;
        }
        html.tag("details", &[], |html| {
            html.words("summary", &[], self.say(summary));
            html.tag("ul", &[("lang", "en")], |html| {
                sentences.iter().for_each(|sentence| html.words("li", &[], &clients_words(sentence)));
            });
        });
    }
}
