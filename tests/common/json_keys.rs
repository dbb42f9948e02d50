//! What docs/json.md says of the keys of `--json`.

#![allow(dead_code, reason = "every test file uses a part")]

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

/// A way to a value: names of keys, `[]` for each item of a list.
pub type Way = Vec<String>;

/// A row of the page.
pub struct Key {
    way: Way,
    /// Whether it is there only under a condition.
    pub sometimes: bool,
}

impl Key {
    /// Whether a printed way is this one: `NAME` stands for any key, `*` at the end for whatever is below.
    pub fn fits(&self, printed: &[String]) -> bool {
        let (open, way) = match self.way.split_last() {
            Some((last, before)) if last == "*" => (true, before),
            _ => (false, &self.way[..]),
        };
        let long_enough = if open { printed.len() > way.len() } else { printed.len() == way.len() };
        long_enough && way.iter().zip(printed).all(|(said, key)| said == "NAME" || said == key)
    }

    /// The key as the page has it.
    pub fn shown(&self) -> String {
        self.way.join(".").replace(".[]", "[]")
    }
}

/// The rows of a verb, and those that all verbs have.
pub fn documented(verb: &str) -> Vec<Key> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md");
    let page = fs::read_to_string(path).expect("the page of JSON");
    let mut sections = page.split("\n## memspike ");
    let common = sections.next().expect("a beginning");
    let own = sections.find(|section| section.lines().next() == Some(verb));
    let own = own.unwrap_or_else(|| panic!("docs/json.md has nothing of {verb}"));
    common.lines().chain(own.lines()).filter_map(row).collect()
}

fn row(line: &str) -> Option<Key> {
    let cells: Vec<&str> = line.strip_prefix("| `")?.trim_end_matches('|').split('|').collect();
    let key = cells[0].trim().trim_end_matches('`');
    let way = key.replace("[]", ".[]").split('.').map(str::to_owned).collect();
    Some(Key { way, sometimes: !cells.last()?.trim().is_empty() })
}

/// The ways to all values that have nothing below them.
pub fn ways(value: &Value) -> BTreeSet<Way> {
    let mut found = BTreeSet::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

fn walk(value: &Value, way: &mut Way, found: &mut BTreeSet<Way>) {
    let mut below = |name: &str, value: &Value| {
        way.push(name.to_owned());
        walk(value, way, found);
        way.pop();
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(name, value)| below(name, value));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().for_each(|item| below("[]", item));
        }
        // An empty list or object has nothing that a row could be of.
        Value::Object(_) | Value::Array(_) => {}
        _ => {
            found.insert(way.clone());
        }
    }
}

/// Fails if a verb printed a key that its table has not.
pub fn hold(verb: &str, printed: &Value) {
    let keys = documented(verb);
    let strange: Vec<String> = ways(printed)
        .into_iter()
        .filter(|way| !keys.iter().any(|key| key.fits(way)))
        .map(|way| way.join(".").replace(".[]", "[]"))
        .collect();
    assert!(strange.is_empty(), "keys of {verb} that docs/json.md has not: {strange:#?}");
}
