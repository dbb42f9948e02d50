//! Which signals of two files belong together.

/// A pattern of names of the first file, and what they are called in the second: what a `*` or `?` stands for is put in the
/// place of the one of the same number there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    from: String,
    to: String,
}

/// A map that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// It is not of the form `A=B`.
    #[error(
        "write the pattern of the first file's names, '=' and that of the second's: 'top.*=memspike.*'"
    )]
    Form,
    /// The sides differ in what they leave open.
    #[error("both sides need the same '*' and '?', in one order")]
    Wildcards,
}

impl std::str::FromStr for Map {
    type Err = MapError;

    fn from_str(text: &str) -> Result<Self, MapError> {
        let (from, to) = text.split_once('=').ok_or(MapError::Form)?;
        let wild = |side: &str| side.chars().filter(|c| ['*', '?'].contains(c)).collect::<String>();
        if from.is_empty() || to.is_empty() {
            return Err(MapError::Form);
        }
        if wild(from) != wild(to) {
            return Err(MapError::Wildcards);
        }
        Ok(Self { from: from.to_owned(), to: to.to_owned() })
    }
}

impl Map {
    /// What `name` is called in the second file, if the pattern fits it.
    #[must_use]
    pub fn apply(&self, name: &str) -> Option<String> {
        let parts = captured(&self.from, name)?;
        let mut parts = parts.iter();
        let mut out = String::new();
        for c in self.to.chars() {
            match c {
                '*' | '?' => out.push_str(parts.next()?),
                c => out.push(c),
            }
        }
        Some(out)
    }
}

/// What each `*` and `?` of a pattern stands for in a name, as little as can be; nothing if it does not fit. The work grows with the
/// product of their lengths: only the last `*` is ever lengthened.
fn captured<'a>(pattern: &str, name: &'a str) -> Option<Vec<&'a str>> {
    let pattern: Vec<char> = pattern.chars().collect();
    let at: Vec<usize> = name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
    let letters: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut parts: Vec<(usize, usize)> = Vec::new();
    // Behind the last star, and how many parts there were with it.
    let mut star: Option<(usize, usize)> = None;
    while n < letters.len() || p < pattern.len() {
        match pattern.get(p) {
            Some('*') => {
                parts.push((n, n));
                p += 1;
                star = Some((p, parts.len()));
            }
            Some('?') if n < letters.len() => {
                parts.push((n, n + 1));
                (p, n) = (p + 1, n + 1);
            }
            Some(letter) if letters.get(n) == Some(letter) => (p, n) = (p + 1, n + 1),
            _ => {
                let (behind, count) = star?;
                parts.truncate(count);
                let part = parts.last_mut()?;
                if part.1 >= letters.len() {
                    return None;
                }
                part.1 += 1;
                (p, n) = (behind, part.1);
            }
        }
    }
    Some(parts.into_iter().map(|(from, to)| &name[at[from]..at[to]]).collect())
}

/// Whether a pattern fits the whole of a name.
fn fits(pattern: &str, name: &str) -> bool {
    captured(pattern, name).is_some()
}

/// Which signals are compared, and with which.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The first that fits a name of the first file tells its name in the second; a name that none fits is the same there.
    pub maps: Vec<Map>,
    /// Patterns of names that are compared; none for all. A signal that is in both files goes by its name in the first.
    pub only: Vec<String>,
    /// Patterns of names that are left out.
    pub ignore: Vec<String>,
}

impl Names {
    /// What a signal of the first file is called in the second.
    #[must_use]
    pub fn mapped(&self, name: &str) -> String {
        self.maps.iter().find_map(|map| map.apply(name)).unwrap_or_else(|| name.to_owned())
    }

    /// A pattern that chooses or maps nothing, so that what it was to compare would be left out in silence: of `only` one that fits no
    /// name of either file, of `maps` one that fits none of the first.
    #[must_use]
    pub fn idle<'a>(
        &self,
        a: impl Iterator<Item = &'a str> + Clone,
        b: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<&str> {
        let fits_none = |pattern: &&String| !a.clone().any(|name| fits(pattern, name));
        let of_maps = self.maps.iter().map(|map| &map.from).find(fits_none);
        let of_only = || {
            let idle = |pattern: &&String| !b.clone().any(|name| fits(pattern, name));
            self.only.iter().filter(fits_none).find(idle)
        };
        of_maps.or_else(of_only).map(String::as_str)
    }

    /// Whether a name is compared.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, name));
        (self.only.is_empty() || any(&self.only)) && !any(&self.ignore)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stars_stand_for_goes_to_the_stars_of_the_other_side() {
        for (map, name, other) in [
            ("top.*=memspike.*", "top.x1.out", Some("memspike.x1.out")),
            ("top.*=memspike.*", "tops.x", None),
            ("v(x?.*)=memspike.x?.v(*)", "v(x1.mem)", Some("memspike.x1.v(mem)")),
            ("*.a.*=*.b.*", "x.a.a.y", Some("x.b.a.y")),
            ("a=b", "a", Some("b")),
            ("*=*", "", Some("")),
            ("*[?]=*_?", "s[3]", Some("s_3")),
            ("*b=*c", "äbb", Some("äbc")),
        ] {
            let map: Map = map.parse().expect("a map");
            assert_eq!(map.apply(name).as_deref(), other, "{map:?} {name}");
        }
        assert_eq!("a".parse::<Map>(), Err(MapError::Form));
        assert_eq!("*=a".parse::<Map>(), Err(MapError::Wildcards));
    }

    #[test]
    fn a_pattern_that_chooses_nothing_is_named_and_one_that_leaves_nothing_out_is_not() {
        let names = |map: &str, only: &[&str]| Names {
            maps: vec![map.parse().expect("a map")],
            only: only.iter().map(|&pattern| pattern.to_owned()).collect(),
            ignore: vec!["nothing".to_owned()],
        };
        let (a, b) = (["top.x", "top.y"], ["memspike.x", "memspike.z"]);
        for (map, only, idle) in [
            ("top.*=memspike.*", ["top.x", "memspike.z"], None),
            ("top.*=memspike.*", ["top.x", "top.z"], Some("top.z")),
            ("tops.*=memspike.*", ["top.x", "top.y"], Some("tops.*")),
            // A map is of names of the first file.
            ("memspike.*=top.*", ["top.x", "top.y"], Some("memspike.*")),
        ] {
            let names = names(map, &only);
            assert_eq!(names.idle(a.into_iter(), b.into_iter()), idle, "{map} {only:?}");
        }
    }

    #[test]
    fn a_long_pattern_of_stars_takes_no_time() {
        assert!(!fits(&"*a".repeat(200), &"a".repeat(199)));
        assert!(!fits(&format!("{}b", "*a".repeat(200)), &"a".repeat(4000)));
    }
}
