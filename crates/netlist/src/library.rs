//! Sections of libraries: `.lib name` ... `.endl` in a file, `.lib file name` where one of them is read.

use crate::code::Code;
use crate::finding::Finding;
use crate::line::Line;
use crate::source::Span;

/// What a `.lib` asks for.
pub(crate) struct Call {
    /// A file, and the section of it; nothing for all that is in none.
    pub(crate) file: String,
    pub(crate) section: Option<String>,
    pub(crate) span: Span,
}

/// The words of a `.lib`, as written, quotes gone.
fn words(line: &Line) -> Option<Vec<String>> {
    let text = line.text.as_str();
    let mut rest = text[text.find(char::is_whitespace).unwrap_or(text.len())..].trim();
    let mut words = Vec::new();
    while let Some(first) = rest.chars().next() {
        let quote = ['"', '\''].contains(&first);
        let body = if quote { &rest[1..] } else { rest };
        let end = match quote {
            true => body.find(first)?,
            false => body.find(char::is_whitespace).unwrap_or(body.len()),
        };
        words.push(body[..end].to_owned());
        rest = body[end + usize::from(quote)..].trim_start();
    }
    Some(words)
}

/// Reads a `.lib` that is no beginning of a section.
pub(crate) fn call(line: &Line) -> Result<Call, Finding> {
    let span = line.whole();
    let words = words(line).unwrap_or_default();
    let (file, section) = match words.as_slice() {
        [file] => (file.clone(), None),
        [file, section] => (file.clone(), Some(section.to_lowercase())),
        _ => (String::new(), None),
    };
    if file.is_empty() || file.contains('\0') {
        let finding = Finding::new(Code::Syntax, span, ".lib names no file");
        return Err(finding.help("write .lib \"file.lib\" or .lib \"file.lib\" section"));
    }
    Ok(Call { file, section, span })
}

/// The lines of a file, sorted by the section that they stand in.
pub(crate) struct Sections {
    /// In none.
    pub(crate) common: Vec<Line>,
    /// With their names, in order.
    pub(crate) named: Vec<(String, Span, Vec<Line>)>,
}

impl Sections {
    /// Sorts lines. A `.lib` with one word begins a section if an `.endl` follows before the next such.
    pub(crate) fn of(lines: Vec<Line>) -> Self {
        let mut ended = ends(&lines).into_iter();
        let mut all = Self { common: Vec::new(), named: Vec::new() };
        let mut open = false;
        for line in lines {
            let begins = ended.next().unwrap_or(false);
            if begins {
                let name = words(&line).and_then(|words| words.into_iter().next());
                let name = name.unwrap_or_default().to_lowercase();
                all.named.push((name, line.whole(), Vec::new()));
                open = true;
            } else if open && line.head() == ".endl" {
                open = false;
            } else if let Some((.., inside)) = all.named.last_mut().filter(|_| open) {
                inside.push(line);
            } else {
                all.common.push(line);
            }
        }
        all
    }

    /// The lines of a section.
    pub(crate) fn take(self, wanted: &str, site: Span) -> Result<Vec<Line>, Finding> {
        let known: Vec<String> = self.named.iter().map(|(name, ..)| name.clone()).collect();
        let mut found = self.named.into_iter().filter(|(name, ..)| name == wanted).peekable();
        if found.peek().is_none() {
            let message = format!("the file has no section '{}'", crate::number::clip(wanted));
            let known = known.iter().map(String::as_str);
            return Err(Finding::new(Code::LibSection, site, message)
                .help(crate::finding::suggest(wanted, "section", known)));
        }
        Ok(found.flat_map(|(.., lines)| lines).collect())
    }
}

/// Of each line whether it begins a section.
fn ends(lines: &[Line]) -> Vec<bool> {
    let mut begins = vec![false; lines.len()];
    let mut open = None;
    for (at, line) in lines.iter().enumerate() {
        match line.head().as_str() {
            ".lib" if words(line).is_some_and(|words| words.len() == 1) => open = Some(at),
            ".endl" => {
                if let Some(from) = open.take() {
                    begins[from] = true;
                }
            }
            _ => {}
        }
    }
    begins
}
