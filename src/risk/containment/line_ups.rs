//! Which voices are judged: the choice and its beginnings, choices for other delays, silence, and simple rules.

use super::Curve;
use super::found::{ByCount, ByDelay, Containment, Rival, Voice};
use super::judge::{Judged, LineUp, Voices};

/// What is judged, and where it stands.
pub(super) struct LineUps {
    pub all: Vec<LineUp>,
    /// The choice and its beginnings, by number, from nobody on.
    by_count: Vec<usize>,
    by_delay: Vec<usize>,
    silence: usize,
    rivals: [(&'static str, usize); 2],
}

impl LineUps {
    /// The choice for this delay, one for each delay of the curve, and those with most followers, as many as were asked for.
    pub fn new(delay: f64, chosen: Vec<u32>, curve: Curve, followed: Vec<u32>) -> Self {
        let mut all: Vec<LineUp> = Vec::new();
        let mut stand = |voices: Voices, delay: f64| {
            let line_up = LineUp { voices, delay };
            all.iter().position(|other| *other == line_up).unwrap_or_else(|| {
                all.push(line_up);
                all.len() - 1
            })
        };
        let these = |voices: &[u32]| Voices::These(voices.to_vec());
        let by_count = (0..=chosen.len()).map(|count| stand(these(&chosen[..count]), delay)).collect();
        let by_delay = curve.into_iter().map(|(hours, voices)| stand(Voices::These(voices), hours)).collect();
        // Voices that never come to speak.
        let silence = stand(these(&chosen), f64::MAX);
        let count = followed.len();
        let rivals = [
            ("most followers", stand(Voices::These(followed), delay)),
            ("at random", stand(Voices::Random(count), delay)),
        ];
        LineUps { all, by_count, by_delay, silence, rivals }
    }

    fn voices(&self, line_up: usize) -> Vec<u32> {
        match &self.all[line_up].voices {
            Voices::These(voices) => voices.clone(),
            Voices::Random(_) => Vec::new(),
        }
    }

    /// The figures; what is not one is left empty.
    pub fn figures(&self, judged: &Judged) -> Containment {
        let whole = self.by_count[self.by_count.len() - 1];
        let chosen = self.voices(whole);
        let pairs = || self.by_count.windows(2).zip(&chosen);
        let voice = |(pair, &account): (&[usize], &u32)| Voice {
            account,
            added: judged.more(pair[1], pair[0]),
            together: judged.saved(pair[1]),
        };
        let count = |((pair, _), voices): ((&[usize], &u32), u32)| ByCount {
            voices,
            saved: judged.saved(pair[1]),
            share: judged.share(pair[1]),
        };
        let mut by_delay: Vec<ByDelay> = Vec::new();
        for &line_up in &self.by_delay {
            let (hours, saved) = (self.all[line_up].delay, judged.saved(line_up));
            let lost = |row: &ByDelay| (row.saved.people - saved.people) / (hours - row.hours);
            let lost_an_hour = by_delay.last().map(lost);
            by_delay.push(ByDelay {
                hours,
                voices: self.voices(line_up),
                saved,
                share: judged.share(line_up),
                lost_an_hour,
            });
        }
        let rival = |&(name, line_up): &(&str, usize)| Rival {
            name: name.into(),
            voices: self.voices(line_up),
            saved: judged.saved(line_up),
            behind: judged.more(whole, line_up),
        };
        Containment {
            model: String::new(),
            assumptions: Vec::new(),
            notes: Vec::new(),
            seed: 0,
            speak_after: 0.0,
            within: 0.0,
            candidates: 0,
            without: judged.without(),
            voices: pairs().map(voice).collect(),
            by_count: pairs().zip(1..).map(count).collect(),
            by_delay,
            silence: judged.saved(self.silence),
            rivals: self.rivals.iter().map(rival).collect(),
            worlds: 0,
            looked_at: 0,
            judged: 0,
        }
    }
}
