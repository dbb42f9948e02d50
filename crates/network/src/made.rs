//! What a network's file tells of how the network was made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What made a network, as its maker says it: names with facts, such as the options of a training. It changes nothing that the
/// network does, and is kept as it is.
pub type Made = BTreeMap<String, Fact>;

/// A fact about how a network was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "what made a network is told by texts, finite numbers, true or false, lists and tables of them"
)]
pub enum Fact {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// Another number, finite.
    Number(f64),
    /// A text.
    Text(String),
    /// Several facts.
    List(Vec<Fact>),
    /// Facts with names.
    Table(BTreeMap<String, Fact>),
}

/// Under this name the crate `toml` hands on a date.
const DATE: &str = "$__toml_private_datetime";

impl Fact {
    /// What a value says that has a form in JSON; nothing if it is none of [`Fact`]. What is left out in it (`None`) is left
    /// out. A whole number from 2^63 on, which TOML has not, is told as a text of its digits.
    #[must_use]
    pub fn of(value: &impl Serialize) -> Option<Self> {
        Self::of_json(serde_json::to_value(value).ok()?)
    }

    fn of_json(value: Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Bool(flag) => Self::Flag(flag),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Whole(whole),
                None if number.is_u64() => Self::Text(number.to_string()),
                None => Self::Number(number.as_f64()?),
            },
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().filter_map(Self::of_json).collect()),
            Value::Object(table) => {
                let told = |(name, value)| Some((name, Self::of_json(value)?));
                Self::Table(table.into_iter().filter_map(told).collect())
            }
        })
    }

    /// Whether all its numbers are finite, and none of its tables is what the reader of TOML makes of a date.
    pub(crate) fn is_plain(&self) -> bool {
        match self {
            Self::Flag(_) | Self::Whole(_) | Self::Text(_) => true,
            Self::Number(number) => number.is_finite(),
            Self::List(list) => list.iter().all(Self::is_plain),
            Self::Table(table) => !table.contains_key(DATE) && table.values().all(Self::is_plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_those_of_the_value_without_what_is_left_out() {
        #[derive(Serialize)]
        struct Options {
            seed: u64,
            rate: f64,
            levels: Option<u32>,
            names: Vec<&'static str>,
        }
        let options = |seed| Options { seed, rate: 0.5, levels: None, names: vec!["a", "b"] };
        let Some(Fact::Table(facts)) = Fact::of(&options(7)) else { panic!("a table") };
        let names: Vec<&str> = facts.keys().map(String::as_str).collect();
        assert_eq!(names, ["names", "rate", "seed"]);
        assert_eq!((&facts["seed"], &facts["rate"]), (&Fact::Whole(7), &Fact::Number(0.5)));
        let Some(Fact::Table(facts)) = Fact::of(&options(u64::MAX)) else { panic!("a table") };
        assert_eq!(facts["seed"], Fact::Text("18446744073709551615".to_owned()));
        assert_eq!(Fact::of(&f64::NAN), None);
    }
}
