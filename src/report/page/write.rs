//! Writing HTML: tags that are always closed, texts and attributes that are always escaped. There is no way to write
//! text as it is, so a name can never become markup.

use super::language::{Language, Pair, Piece, pieces};
use crate::report::svg::escape;

/// Names and values of attributes.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

/// HTML being written.
#[derive(Debug, Default)]
pub struct Html(String);

/// What fills a hole of a sentence.
#[derive(Debug, Clone)]
pub enum Hole {
    /// Words or figures.
    Words(String),
    /// The same, in one line.
    Kept(String),
    /// The name of an account, which may be anything.
    Name(String),
}

impl Html {
    /// A document in this language, up to its body.
    pub fn document(language: Language, title: &str, style: &'static str, body: impl FnOnce(&mut Html)) -> String {
        let mut html = Html("<!DOCTYPE html>\n".into());
        html.tag("html", &[("lang", language.code())], |html| {
            html.tag("head", &[], |html| {
                html.single("meta", &[("charset", "utf-8")]);
                html.single(
                    "meta",
                    &[
                        ("http-equiv", "Content-Security-Policy"),
                        ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
                    ],
                );
                html.single("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
                html.single("meta", &[("name", "color-scheme"), ("content", "light dark")]);
                html.single("meta", &[("name", "robots"), ("content", "noindex")]);
                html.words("title", &[], title);
                html.line();
                // The page's own style, the one text that is no data.
                html.0.push_str("<style>\n");
                html.0.push_str(style);
                html.0.push_str("</style>\n");
            });
            html.tag("body", &[], body);
        });
        html.0
    }

    /// A tag and what stands in it.
    pub fn tag(&mut self, name: &'static str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Html)) {
        self.open(name, attributes);
        inside(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        if !["bdi", "span", "strong", "small", "td", "th", "code", "abbr"].contains(&name) {
            self.line();
        }
    }

    /// A tag with nothing in it, such as an image.
    pub fn single(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.open(name, attributes);
        self.line();
    }

    /// A tag with words alone.
    pub fn words(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.tag(name, attributes, |html| html.text(text));
    }

    /// Words.
    pub fn text(&mut self, text: &str) {
        self.0.push_str(&escape(text));
    }

    /// The name of an account: isolated from the direction of what stands around it, cut short by the style alone.
    pub fn name(&mut self, name: &str) {
        self.tag("bdi", &[("class", "name"), ("title", name)], |html| html.text(name));
    }

    /// A sentence with its holes filled, names as names.
    pub fn say(&mut self, template: &str, holes: &[(&str, Hole)]) {
        for piece in pieces(template) {
            match piece {
                Piece::Words(words) => self.text(words),
                Piece::Hole(name) => match holes.iter().find(|hole| hole.0 == name).map(|hole| &hole.1) {
                    Some(Hole::Words(words)) => self.text(words),
                    Some(Hole::Kept(words)) => self.words("span", &[("class", "kept")], words),
                    Some(Hole::Name(name)) => self.name(name),
                    None => {}
                },
            }
        }
    }

    /// A paragraph of a sentence.
    pub fn paragraph(&mut self, class: &'static str, pair: Pair, language: Language, holes: &[(&str, Hole)]) {
        let attributes: &[(&'static str, &str)] = if class.is_empty() { &[] } else { &[("class", class)] };
        self.tag("p", attributes, |html| html.say(language.of(pair), holes));
    }

    fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(name);
        for (key, value) in attributes {
            self.0.push(' ');
            self.0.push_str(key);
            self.0.push_str("=\"");
            self.0.push_str(&escape(value));
            self.0.push('"');
        }
        self.0.push('>');
    }

    fn line(&mut self) {
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_text_it_is_text() {
        let nasty = "</p><script>alert('\"')</script>\u{0}";
        let mut html = Html::default();
        html.tag("p", &[("title", nasty)], |html| {
            html.name(nasty);
            html.say("of {it}, {nothing}", &[("it", Hole::Words(nasty.into()))]);
        });
        assert!(!html.0.contains("<script") && !html.0.contains('\u{0}'));
        assert_eq!((html.0.matches('<').count(), html.0.matches("</").count()), (4, 2));
    }
}
