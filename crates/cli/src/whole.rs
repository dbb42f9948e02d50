//! What is said of an option's word that is no whole number, in words for people instead of the parser's.

use std::error::Error as _;
use std::num::{IntErrorKind, ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The same error, or one with plain words where a number would not be read.
pub fn plainly(error: clap::Error) -> clap::Error {
    let reason = error.source().and_then(|source| source.downcast_ref::<ParseIntError>());
    let (Some(reason), Some(ContextValue::String(option)), Some(ContextValue::String(word))) =
        (reason, error.get(ContextKind::InvalidArg), error.get(ContextKind::InvalidValue))
    else {
        return error;
    };
    let words = match reason.kind() {
        IntErrorKind::Zero => "it must be 1 or more",
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            "there is no room for a number that large"
        }
        _ if word.starts_with('-') && word.len() > 1 => "it must not be negative",
        _ => "write a whole number, in digits",
    };
    clap::Error::raw(
        ErrorKind::ValueValidation,
        format!(
            "invalid value '{word}' for '{option}': {words}\n\nFor more information, try '--help'.\n"
        ),
    )
}

#[cfg(test)]
mod tests {
    use clap::Arg;
    use clap::error::ErrorKind;

    use super::plainly;
    use crate::args::grammar;

    fn refused(verb: &str, option: &str, word: &str) -> String {
        let words = ["memspike", verb, &format!("{option}={word}")];
        let error = grammar().try_get_matches_from(words).expect_err("a refusal");
        assert_eq!(error.kind(), ErrorKind::ValueValidation, "{words:?}: {error}");
        plainly(error).to_string()
    }

    #[test]
    fn a_word_that_is_no_whole_number_is_refused_in_plain_words() {
        assert_eq!(
            refused("run", "--threads", "0"),
            "error: invalid value '0' for '--threads <N>': it must be 1 or more\n\nFor more information, try '--help'.\n"
        );
        for (word, said) in [
            ("x", "write a whole number, in digits"),
            ("1.5", "write a whole number, in digits"),
            ("-1", "it must not be negative"),
            ("99999999999999999999", "no room for a number that large"),
        ] {
            let all = refused("classify", "--seeds", word);
            assert!(all.contains(&format!("'{word}' for '--seeds <N>'")), "{all}");
            assert!(all.contains(said), "{all}");
        }
    }

    #[test]
    fn no_option_of_any_verb_says_what_the_parser_of_numbers_says() {
        let mut checked = 0;
        for verb in grammar().get_subcommands() {
            for option in verb.get_arguments().filter_map(Arg::get_long) {
                for word in ["0", "-1", "x", "99999999999999999999999"] {
                    let words = ["memspike", verb.get_name(), &format!("--{option}={word}")];
                    let Err(error) = grammar().try_get_matches_from(words) else { continue };
                    let said = plainly(error).to_string();
                    for parsers in
                        ["digit found", "non-zero type", "too large to fit", "empty string"]
                    {
                        assert!(!said.contains(parsers), "{words:?}: {said}");
                    }
                    checked += 1;
                }
            }
        }
        assert!(checked > 200, "{checked}");
    }
}
