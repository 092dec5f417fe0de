//! Pictures as SVG: shapes and words in classes, so that one picture serves light and dark pages, and a title and a
//! description that are read aloud. Equal calls give equal bytes.

use std::fmt::Write;

/// A picture being drawn. Coordinates are pixels from the top left.
///
/// Shapes carry a class and no colour of their own. The style knows `paper` (the background), `ink` and `soft` (words),
/// `axis`, `grid`, `alarm`, and `s0` to `s7` (series: strokes of lines, fills of dots); `small` and `big` are sizes of
/// words. All texts are escaped.
///
/// ```
/// let mut picture = truereach::report::Svg::new(200.0, 100.0, "A line", "From left to right");
/// picture.line("s0", (10.0, 50.0), (190.0, 50.0));
/// picture.text("small", truereach::report::svg::Anchor::Middle, (100.0, 40.0), "a < b");
/// let text = picture.finish();
/// assert!(text.starts_with("<svg xmlns=") && text.contains("a &lt; b"));
/// ```
#[derive(Debug, Clone)]
pub struct Svg {
    head: String,
    body: String,
}

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Colours: Okabe & Ito's, which the colour-blind can tell apart; lighter on dark paper.
const STYLE: &str = "\
svg{color-scheme:light dark}\
text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px;fill:#1b1f24}\
.big{font-size:17px;font-weight:600}.small{font-size:11px}.soft{fill:#59636e}.alarm{fill:#b3261e;font-weight:600}\
.paper{fill:#fff}.grid{stroke:#e3e6ea}.axis{stroke:#8b949e}.thin{stroke-width:1;stroke-opacity:.55}\
rect.dot{stroke:none}.dot{stroke:none}.open{fill-opacity:.35}line,polyline{fill:none;stroke-width:2}.grid,.axis{stroke-width:1}\
.ideal{stroke:#8b949e;stroke-width:1;stroke-dasharray:5 4}\
.s0{stroke:#0072b2}.s1{stroke:#c35600}.s2{stroke:#00805f}.s3{stroke:#a8487f}.s4{stroke:#8a6d00}.s5{stroke:#2a87bd}\
.s6{stroke:#5b4fb3}.s7{stroke:#57606a}\
.dot.s0{fill:#0072b2}.dot.s1{fill:#c35600}.dot.s2{fill:#00805f}.dot.s3{fill:#a8487f}.dot.s4{fill:#8a6d00}\
.dot.s5{fill:#2a87bd}.dot.s6{fill:#5b4fb3}.dot.s7{fill:#57606a}\
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.soft{fill:#9ea7b3}.alarm{fill:#ff8a80}.paper{fill:#0d1117}\
.grid{stroke:#262c36}.axis{stroke:#6e7681}.ideal{stroke:#6e7681}\
.s0{stroke:#58b4f0}.s1{stroke:#f09a4a}.s2{stroke:#3ccfa4}.s3{stroke:#e08cbb}.s4{stroke:#e3c64d}.s5{stroke:#8cc8ff}\
.s6{stroke:#a9a0ff}.s7{stroke:#b1bac4}\
.dot.s0{fill:#58b4f0}.dot.s1{fill:#f09a4a}.dot.s2{fill:#3ccfa4}.dot.s3{fill:#e08cbb}.dot.s4{fill:#e3c64d}\
.dot.s5{fill:#8cc8ff}.dot.s6{fill:#a9a0ff}.dot.s7{fill:#b1bac4}}";

/// How many series have a colour of their own.
pub const SERIES: usize = 8;

impl Svg {
    /// Empty paper with a title and a description for those who cannot see it.
    pub fn new(width: f64, height: f64, title: &str, about: &str) -> Self {
        let (w, h) = (short(width), short(height));
        let head = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
             aria-labelledby=\"title about\">\n<title id=\"title\">{}</title>\n<desc id=\"about\">{}</desc>\n\
             <style>{STYLE}</style>\n<rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>\n",
            escape(title),
            escape(about)
        );
        Svg { head, body: String::new() }
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (short(from.0), short(from.1), short(to.0), short(to.1));
        let class = escape(class);
        let _ = writeln!(self.body, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    /// A line through points.
    pub fn polyline(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        let _ = writeln!(self.body, "<polyline class=\"{}\" points=\"{}\"/>", escape(class), points.join(" "));
    }

    /// A dot that says what it is when pointed at.
    pub fn dot(&mut self, class: &str, centre: (f64, f64), radius: f64, about: &str) {
        let (x, y, r) = (short(centre.0), short(centre.1), short(radius));
        let (class, about) = (escape(class), escape(about));
        let _ = writeln!(
            self.body,
            "<circle class=\"dot {class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"><title>{about}</title></circle>"
        );
    }

    /// A filled rectangle from its upper left corner, of a strength from 0 to 1, that says what it is when pointed at.
    pub fn bar(&mut self, class: &str, at: (f64, f64), size: (f64, f64), strength: f64, about: &str) {
        let (x, y, w, h) = (short(at.0), short(at.1), short(size.0.max(0.0)), short(size.1.max(0.0)));
        let (class, about) = (escape(class), escape(about));
        let faint = if strength < 1.0 { format!(" fill-opacity=\"{strength:.2}\"") } else { String::new() };
        let _ = writeln!(
            self.body,
            "<rect class=\"dot {class}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"{faint}><title>{about}</title></rect>"
        );
    }

    /// A filled band between two lines over the same places from left to right: (place, lower end, upper end).
    pub fn band(&mut self, class: &str, ends: &[(f64, f64, f64)], strength: f64) {
        let low = ends.iter().map(|(x, low, _)| (x, low));
        let high = ends.iter().rev().map(|(x, _, high)| (x, high));
        let points: Vec<String> = low.chain(high).map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        let (class, points) = (escape(class), points.join(" "));
        let _ =
            writeln!(self.body, "<polygon class=\"dot {class}\" points=\"{points}\" fill-opacity=\"{strength:.2}\"/>");
    }

    /// Words.
    pub fn text(&mut self, class: &str, anchor: Anchor, at: (f64, f64), text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y) = (short(at.0), short(at.1));
        let (class, text) = (escape(class), escape(text));
        let _ =
            writeln!(self.body, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>");
    }

    /// The picture as text.
    pub fn finish(self) -> String {
        self.head + &self.body + "</svg>\n"
    }
}

/// A text as it may stand in XML: markup escaped, characters that XML forbids left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// A coordinate with at most one decimal.
fn short(value: f64) -> String {
    let tenths = libm::round(value * 10.0) as i64;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        _ => format!("{:.1}", tenths as f64 / 10.0),
    }
}

/// About how wide a text is, at this size of letters; rather too wide than too narrow.
pub fn width_of(text: &str, size: f64) -> f64 {
    0.6 * size * text.chars().count() as f64
}

/// From values to places on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    log: bool,
}

impl Scale {
    /// Equal steps for equal differences: `low` at `from`, `high` at `to`.
    pub fn linear(low: f64, high: f64, from: f64, to: f64) -> Self {
        Scale { low, high: if high > low { high } else { low + 1.0 }, from, to, log: false }
    }

    /// Equal steps for equal ratios. Both ends above 0.
    pub fn log(low: f64, high: f64, from: f64, to: f64) -> Self {
        let ends = (libm::log10(low), libm::log10(high));
        Scale { log: true, ..Scale::linear(ends.0, ends.1, from, to) }
    }

    /// The place of a value; values beyond an end stand at the end.
    pub fn at(&self, value: f64) -> f64 {
        let value = if self.log { libm::log10(value) } else { value };
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// The powers of ten on a logarithmic axis, thinned until at most `most` are left.
    pub fn decades(&self, most: usize) -> Vec<i32> {
        let (low, high) = (libm::ceil(self.low - 1e-9) as i32, libm::floor(self.high + 1e-9) as i32);
        let step = (1..).find(|step| (high - low) / step < most.max(1) as i32).unwrap_or(1);
        (low..=high).filter(|power| power.rem_euclid(step) == 0).collect()
    }
}

/// Heights moved apart as little as it takes for each to have `gap` to the next, between `low` and `high`; in the
/// order of the input.
pub fn apart(heights: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by(|&a, &b| heights[a].total_cmp(&heights[b]).then(a.cmp(&b)));
    let mut places = heights.to_vec();
    let mut next = low;
    for &at in &order {
        places[at] = places[at].max(next);
        next = places[at] + gap;
    }
    let mut last = high;
    for &at in order.iter().rev() {
        places[at] = places[at].min(last);
        last = places[at] - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_text_the_picture_stays_well_formed() {
        let nasty = "</text><script>&\"'\u{0}\u{7}";
        let mut picture = Svg::new(10.0, 10.0, nasty, nasty);
        picture.text(nasty, Anchor::End, (1.0, 2.25), nasty);
        picture.dot(nasty, (1.0, 1.0), 2.0, nasty);
        let text = picture.finish();
        assert!(!text.contains("<script") && !text.contains('\u{0}') && !text.contains('\u{7}'));
        assert_eq!(open_tags(&text), Vec::<String>::new());
    }

    /// Walks the tags of a text as an XML reader would; what is left open, or closed wrongly.
    pub fn open_tags(text: &str) -> Vec<String> {
        let mut open: Vec<String> = Vec::new();
        for part in text.split('<').skip(1) {
            let (tag, rest) = part.split_once('>').expect("every < has its >");
            assert!(!rest.contains('>'), "a bare > in {rest:?}");
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
                None if tag.ends_with('/') => {}
                None => open.push(tag.split(' ').next().unwrap_or_default().to_owned()),
            }
        }
        open
    }

    #[test]
    fn scales_and_ticks() {
        let scale = Scale::log(1e-12, 1.0, 0.0, 120.0);
        assert_eq!([scale.at(1e-12), scale.at(1e-6), scale.at(1.0), scale.at(5.0)], [0.0, 60.0, 120.0, 120.0]);
        assert_eq!(scale.decades(5), [-12, -9, -6, -3, 0]);
        assert_eq!(Scale::linear(2.0, 2.0, 0.0, 10.0).at(2.0), 0.0);
        assert_eq!([short(1.04), short(-0.04), short(2.25), short(3.0)], ["1", "0", "2.3", "3"]);
    }

    #[test]
    fn labels_move_apart_and_stay_inside() {
        assert_eq!(apart(&[10.0, 10.0, 50.0], 12.0, 0.0, 100.0), [10.0, 22.0, 50.0]);
        assert_eq!(apart(&[95.0, 96.0], 12.0, 0.0, 100.0), [88.0, 100.0]);
    }
}
