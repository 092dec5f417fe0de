//! The straight line of least check loss, exactly.

/// A line y = level + slope (x - from).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    from: f64,
    level: f64,
    slope: f64,
}

/// A line goes through a point that it misses by less than this, relative to the spread of the points.
const TOUCHES: f64 = 1e-12;

impl Line {
    /// The line's height.
    pub fn at(&self, x: f64) -> f64 {
        self.level + self.slope * (x - self.from)
    }

    /// What is to be least: sum of `share` times what points are above the line and `1 - share` times what they are below.
    pub fn loss(&self, points: &[(f64, f64)], share: f64) -> f64 {
        let of = |&(x, y): &(f64, f64)| {
            let away = y - self.at(x);
            if away > 0.0 { share * away } else { (share - 1.0) * away }
        };
        points.iter().map(of).sum()
    }

    /// A line of least check loss among all lines, points given at least one. Where all have one x, it is level.
    ///
    /// The loss is convex and linear between the lines that go through two points. From a line through points, turn it about
    /// each of the points on it to the best slope (a weighted quantile of slopes), as long as that helps: where no such turn
    /// helps, nothing does (the steps of the simplex method; Bloomfield & Steiger 1983).
    pub fn fit(points: &[(f64, f64)], share: f64) -> Line {
        let mut heights: Vec<f64> = points.iter().map(|point| point.1).collect();
        heights.sort_by(f64::total_cmp);
        let place = ((share * heights.len() as f64) as usize).min(heights.len() - 1);
        let mut line = Line { from: points[0].0, level: heights[place], slope: 0.0 };
        let mut loss = line.loss(points, share);
        let touching = TOUCHES * (1.0 + heights[heights.len() - 1].abs().max(heights[0].abs()));
        let mut slopes = Vec::with_capacity(points.len());
        'turned: for _ in 0..64 * points.len() {
            for &pivot in points.iter().filter(|(x, y)| (line.at(*x) - y).abs() <= touching) {
                let Some(slope) = best_slope(points, pivot, share, &mut slopes) else { continue };
                let turned = Line { from: pivot.0, level: pivot.1, slope };
                let new = turned.loss(points, share);
                if new < loss - TOUCHES * loss.abs() {
                    (line, loss) = (turned, new);
                    continue 'turned;
                }
            }
            break;
        }
        line
    }
}

/// The slope of least loss of lines through a point. `None` where all points have its x.
fn best_slope(points: &[(f64, f64)], pivot: (f64, f64), share: f64, slopes: &mut Vec<(f64, f64)>) -> Option<f64> {
    slopes.clear();
    // How fast the loss falls as the slope rises from minus infinity; each slope that is passed takes its weight off.
    let mut falls = 0.0;
    for &(x, y) in points {
        let away = x - pivot.0;
        if away != 0.0 {
            slopes.push(((y - pivot.1) / away, away.abs()));
            falls += away.abs() * if away > 0.0 { share } else { 1.0 - share };
        }
    }
    slopes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for &(slope, weight) in slopes.iter() {
        falls -= weight;
        if falls <= 0.0 {
            return Some(slope);
        }
    }
    slopes.last().map(|last| last.0)
}
