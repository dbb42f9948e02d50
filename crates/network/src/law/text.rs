//! The words of a law in files: a number, a list of numbers, the name of a `.npy` or `.csv` file, or a table with the
//! name of a distribution.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{Law, Listed, Lognormal, Normal, Uniform};

/// A distribution by its name.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Distribution {
    Normal(Normal),
    Lognormal(Lognormal),
    Uniform(Uniform),
}

impl Serialize for Law {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Normal(law) => Distribution::Normal(*law).serialize(serializer),
            Self::Lognormal(law) => Distribution::Lognormal(*law).serialize(serializer),
            Self::Uniform(law) => Distribution::Uniform(*law).serialize(serializer),
            Self::Listed(Listed { file: Some(file), .. }) => file.serialize(serializer),
            Self::Listed(listed) => serializer.collect_seq(listed.values().iter()),
        }
    }
}

impl<'de> Deserialize<'de> for Law {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words)
    }
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Law;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a number, a list of numbers, the name of a .npy or .csv file, or a table of `normal`, `lognormal` or `uniform`",
        )
    }

    fn visit_f64<E>(self, value: f64) -> Result<Law, E> {
        Ok(Law::Value(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Law, E> {
        Ok(Law::Value(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Law, E> {
        Ok(Law::Value(value as f64))
    }

    fn visit_str<E>(self, file: &str) -> Result<Law, E> {
        Ok(Law::Listed(Listed { file: Some(file.to_owned()), ..Listed::new(Vec::<f64>::new()) }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Law, A::Error> {
        let mut values: Vec<f64> = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Law::listed(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Law, A::Error> {
        Ok(match Distribution::deserialize(MapAccessDeserializer::new(map))? {
            Distribution::Normal(law) => Law::Normal(law),
            Distribution::Lognormal(law) => Law::Lognormal(law),
            Distribution::Uniform(law) => Law::Uniform(law),
        })
    }
}
