//! Where in a text stands what an error is about.

use toml::de::{DeTable, DeValue};

use super::FileReason;
use crate::NetworkError;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPlace {
    /// The line, from 1.
    pub line: usize,
    /// The character in it, from 1.
    pub column: usize,
}

impl TextPlace {
    /// That of a byte.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        let before = &text[..text.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// What an error is about: an entry of a list of tables, and the way from it to a value. `*` is the only key of a table,
/// `a|b` is the one of two keys that is there.
struct Subject<'e> {
    list: &'static str,
    name: &'e str,
    keys: Vec<&'e str>,
}

impl FileReason {
    /// The error with its place in a text of TOML, if it has one there.
    pub(super) fn placed(self, text: &str) -> Self {
        match self.place(text) {
            Some(place) => Self::Placed { place, reason: Box::new(self) },
            None => self,
        }
    }

    fn place(&self, text: &str) -> Option<TextPlace> {
        let root = DeTable::parse(text).ok()?;
        let byte = match self {
            Self::Tick(_) | Self::Network(NetworkError::Tick { .. }) => {
                root.get_ref().get("delay_tick_s")?.span().start
            }
            Self::Network(NetworkError::Shown { .. }) => {
                root.get_ref().get("shown_s")?.span().start
            }
            Self::Network(NetworkError::Made { .. }) => root.get_ref().get("made")?.span().start,
            _ => self.subject()?.find(root.get_ref())?,
        };
        Some(TextPlace::of(text, byte))
    }

    fn subject(&self) -> Option<Subject<'_>> {
        let of = |name, key| Some(Subject { list: "projections", name, keys: vec![key] });
        match self {
            Self::Population { projection, key, .. } => of(projection, key),
            Self::TwoDelays { projection } | Self::Delay { projection, .. } => {
                of(projection, "delay_s")
            }
            Self::ListedDelays { projection } => of(projection, "delay_s|delay_fs"),
            Self::TwoWeights { projection } => of(projection, "weights"),
            Self::Inline { projection, .. } => of(projection, "connections"),
            Self::Network(error) => error.subject(),
            _ => None,
        }
    }
}

impl NetworkError {
    fn subject(&self) -> Option<Subject<'_>> {
        let list = |what: &str| if what == "population" { "populations" } else { "projections" };
        let population = |name, keys| Some(Subject { list: "populations", name, keys });
        let projection = |name, keys| Some(Subject { list: "projections", name, keys });
        match self {
            Self::NoPopulations
            | Self::Foreign { .. }
            | Self::Tick { .. }
            | Self::Shown { .. }
            | Self::Made { .. } => None,
            Self::Name { what, name } | Self::Duplicate { what, name } => {
                Some(Subject { list: list(what), name, keys: vec!["name"] })
            }
            Self::Size { name, .. } => population(name, vec!["size"]),
            Self::Parameter { name, error } => population(name, way(error.name)),
            Self::Neurons { name, parameter, .. } => population(name, way(parameter)),
            Self::Spikes { name, .. } => population(name, way("spikes")),
            Self::Shape { name, .. } | Self::OneToOne { name, .. } => {
                projection(name, vec!["connections"])
            }
            Self::Effect { name, .. } | Self::Apart { name, .. } | Self::Unit { name, .. } => {
                projection(name, vec!["effect"])
            }
            Self::Rule { name, .. } => {
                projection(name, vec!["connections", "*", "degree|synapses|probability"])
            }
            Self::Weights { name, .. } => projection(name, vec!["weights"]),
            Self::Delays { name, .. }
            | Self::Long { name, .. }
            | Self::DelayLaw { name, .. }
            | Self::AtOnce { name, .. } => projection(name, vec!["delay_s|delay_fs"]),
            Self::Circle { names } => {
                projection(names.first()?.trim_matches('\''), vec!["delay_s|delay_fs"])
            }
        }
    }
}

/// The way from a population to a parameter of its model.
fn way(parameter: &str) -> Vec<&str> {
    ["model", "*"].into_iter().chain(parameter.split('.')).collect()
}

impl Subject<'_> {
    /// The byte at which the last key of the way stands that is there. Of entries with one name it is the last.
    fn find(&self, root: &DeTable<'_>) -> Option<usize> {
        let entries = root.get(self.list)?.get_ref().as_array()?;
        let named = |entry: &&toml::Spanned<DeValue<'_>>| {
            let name = entry.get_ref().get("name").and_then(|name| name.get_ref().as_str());
            name == Some(self.name)
        };
        let mut at = entries.iter().rev().find(named)?;
        let mut byte = at.span().start;
        for key in &self.keys {
            let Some(table) = at.get_ref().as_table() else { break };
            let fits = |known: &str| *key == "*" || key.split('|').any(|one| one == known);
            let Some((_, value)) = table.iter().find(|(known, _)| fits(known.get_ref())) else {
                break;
            };
            (at, byte) = (value, value.span().start);
        }
        Some(byte)
    }
}
