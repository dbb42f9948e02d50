//! Words of commands that people are shown, as a shell reads them.

use std::path::Path;

/// A word for a shell, in quotes if it needs them.
pub fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-+=./:,@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A path as such a word.
pub fn path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::quoted;

    #[test]
    fn a_shell_reads_the_word_that_was_meant() {
        for word in ["core", "my core", "it's", "a$b`c`", "", "*", "a\"b\\c", "#1"] {
            let script = format!("printf %s {}", quoted(word));
            let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
            assert_eq!(String::from_utf8(output.stdout).expect("text"), word);
        }
    }
}
