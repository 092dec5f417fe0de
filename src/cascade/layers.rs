//! Where the uncertainty of the next post comes from: chance, parameters, content, model.

use serde::{Deserialize, Serialize};

use super::estimate::ReachEstimate;

/// The shares of the variance of the next post's reach; they add up to 1 (the law of total variance).
///
/// With θ the drawn parameters, c the content, m the model: `chance` is the mean of `Var(reach | m, θ, c)`, `content` that of
/// `Var_c(E[reach | m, θ, c])`, `parameters` that of `Var_θ(E[reach | m, θ])`, `model` is `Var_m(E[reach | m])`. What sampling
/// within adds to a variance between means is taken off; a share that is nothing but this is 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Layers {
    /// Who happens to see the post and to reshare it, everything else being known.
    pub chance: f64,
    /// The creator and the tier: exposure and resharing drawn from their ranges.
    pub parameters: f64,
    /// What is in the post.
    pub content: f64,
    /// Which model is right; 0 where there is one.
    pub model: f64,
}

impl Layers {
    /// Of variances in the order of the fields; `None` where nothing varies.
    pub(crate) fn of(variances: [f64; 4]) -> Option<Layers> {
        let [chance, parameters, content, model] = variances.map(|variance| variance.max(0.0));
        let sum = chance + parameters + content + model;
        let share = |variance: f64| variance / sum;
        (sum > 0.0 && sum.is_finite()).then(|| Layers {
            chance: share(chance),
            parameters: share(parameters),
            content: share(content),
            model: share(model),
        })
    }
}

impl ReachEstimate {
    /// The shares of variance in a sentence, and which layers were not looked at; nothing where next posts were left out.
    pub fn layers_words(&self) -> Option<String> {
        let next = self.next.as_ref()?;
        let Some(shares) = self.shares else {
            return Some("next post: nothing varies, for nobody can be reached by chance".into());
        };
        let percent = |share: f64| libm::round(100.0 * share);
        let mut parts = vec![
            format!("{}% is chance", percent(shares.chance)),
            format!("{}% the creator and tier", percent(shares.parameters)),
            format!("{}% the content", percent(shares.content)),
        ];
        let mut left_out = Vec::new();
        match self.models.len() {
            0 | 1 => left_out.push("one model was used".to_owned()),
            _ => parts.push(format!("{}% the model", percent(shares.model))),
        }
        let named = |of: &dyn Fn(&super::ModelPart) -> bool| {
            let names: Vec<&str> = self.models.iter().filter(|part| of(part)).map(|part| &part.model[..]).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        if let Some(names) = named(&|part| part.draws == 0) {
            left_out.push(format!("the parameters of {names} were taken as given"));
        }
        if let Some(names) = named(&|part| !part.content) {
            let why =
                if next.content_sd > 0.0 { "exposures exclude one another" } else { "the content makes no difference" };
            left_out.push(format!("under {names} {why}, and content is not drawn"));
        }
        let ratio = next.mean / self.reach;
        if (ratio - 1.0).abs() > 0.1 {
            let why = if ratio > 1.0 { "good content gains at every hop" } else { "no chance passes 1" };
            left_out.push(format!(
                "the mean over posts is {ratio:.2} times the reach, which is that of a content of factor 1: {why}"
            ));
        }
        let mut said = vec![format!("next post: of the variance of its reach {}", parts.join(", "))];
        said.extend(left_out);
        Some(said.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_one_or_are_none() {
        let shares = Layers::of([1.0, 2.0, -0.5, 1.0]).unwrap();
        assert_eq!(shares, Layers { chance: 0.25, parameters: 0.5, content: 0.0, model: 0.25 });
        assert_eq!(Layers::of([0.0; 4]), None);
    }
}
