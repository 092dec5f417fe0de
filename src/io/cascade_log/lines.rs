//! Logs with a cascade a line: a seed and its followers' times, or pairs of an account and a time.

use super::batch::{Batch, Spot};
use crate::base::error::quoted;
use crate::io::edges::{is_comment, trim};
use crate::io::rows::Fault;

/// How a cascade stands in its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `seed u t u t …`, by blanks; times since the seed acted.
    Seed,
    /// `u,t u,t …`, by blanks.
    Blanks,
    /// `u,t,u,t,…`; with `ids`, `id;` in front.
    Commas { ids: bool },
}

/// Reads lines of one shape.
#[derive(Debug, Clone, Copy)]
pub struct LineReader {
    pub shape: Shape,
}

impl LineReader {
    /// Reads all lines of a block, up to the first faulty one.
    pub fn read(&self, block: &[u8]) -> Batch {
        let mut batch = Batch::default();
        for line in block.split_inclusive(|&byte| byte == b'\n') {
            let number = batch.lines;
            batch.lines += 1;
            if is_comment(trim(line)) {
                continue;
            }
            if let Err(fault) = self.line(&mut batch, number, line) {
                batch.fault = Some(fault);
                break;
            }
        }
        batch
    }

    fn line(&self, batch: &mut Batch, number: u64, line: &[u8]) -> Result<(), Fault> {
        let start = line.as_ptr() as usize;
        let spot = |text: &[u8]| Spot { line: number, column: 1 + text.as_ptr() as usize - start };
        match self.shape {
            Shape::Seed => {
                let count = blanks(line).count();
                if count.is_multiple_of(2) {
                    let found = format!("{count} fields");
                    return Err(Fault::new(number, 1, "a seed, then an account and a time by turns", found)
                        .hint("is the line cut short?"));
                }
                let mut fields = blanks(line);
                let item = batch.lined_item(number);
                if let Some(seed) = fields.next() {
                    let actor = batch.account(seed, spot(seed))?;
                    batch.push(actor, item, 0.0);
                }
                while let (Some(account), Some(at)) = (fields.next(), fields.next()) {
                    batch.pair(account, at, item, &spot)?;
                }
            }
            Shape::Blanks => {
                let item = batch.lined_item(number);
                for field in blanks(line) {
                    let Some(comma) = memchr::memrchr(b',', field) else {
                        let at = spot(field);
                        return Err(Fault::new(number, at.column, "an account and a time: u,t", quoted(field))
                            .hint("cascades are written u,t u,t …, by blanks"));
                    };
                    batch.pair(&field[..comma], &field[comma + 1..], item, &spot)?;
                }
            }
            Shape::Commas { ids } => {
                let text = trim(line);
                let (item, pairs) = match (memchr::memchr(b';', text), ids) {
                    (Some(end), true) => (batch.named_item(trim(&text[..end]), spot(text))?, &text[end + 1..]),
                    (None, false) => (batch.lined_item(number), text),
                    (_, ids) => {
                        let expected =
                            if ids { "an id and a semicolon, as in the lines before" } else { "no semicolon" };
                        return Err(Fault::new(number, 1, expected, quoted(text)));
                    }
                };
                let count = 1 + memchr::memchr_iter(b',', pairs).count();
                if !count.is_multiple_of(2) {
                    let found = format!("{count} {}", if count == 1 { "field" } else { "fields" });
                    return Err(Fault::new(number, spot(pairs).column, "an account and a time by turns", found)
                        .hint("is the line cut short?"));
                }
                let mut fields = pairs.split(|&byte| byte == b',').map(trim);
                while let (Some(account), Some(at)) = (fields.next(), fields.next()) {
                    batch.pair(account, at, item, &spot)?;
                }
            }
        }
        Ok(())
    }
}

impl Batch {
    fn push(&mut self, actor: u32, item: u32, time: f64) {
        self.rows += 1;
        self.actor.push(actor);
        self.item.push(item);
        self.time.push(time);
    }

    fn pair(&mut self, account: &[u8], at: &[u8], item: u32, spot: &impl Fn(&[u8]) -> Spot) -> Result<(), Fault> {
        let actor = self.account(account, spot(account))?;
        let time = self.moment(at, spot(at))?;
        self.push(actor, item, time);
        Ok(())
    }
}

/// The fields of a line between blanks.
pub fn blanks(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| byte.is_ascii_whitespace()).filter(|field| !field.is_empty())
}
