//! What Cargo.toml says of the tests of a library.

use cargo_metadata::MetadataCommand;

use crate::sources::sources;

/// Whether a text has an example in its documentation that is Rust.
fn has_example(text: &str) -> bool {
    let fences = text.lines().filter_map(|line| {
        let line = line.trim_start();
        line.strip_prefix("/// ```").or_else(|| line.strip_prefix("//! ```"))
    });
    // Every second one ends a block.
    fences.step_by(2).any(|language| language.is_empty() || language.starts_with("rust"))
}

/// A library without tests of its own is not built a second time for them, nor its documentation searched for examples.
#[test]
fn a_library_says_that_it_has_no_tests_exactly_if_it_has_none() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    for package in &metadata.packages {
        let libraries = package.targets.iter().filter(|target| target.is_lib());
        for library in libraries {
            let sources = sources(library.src_path.parent().expect("its folder").as_std_path());
            let name = &package.name;
            let tests = sources.iter().any(|text| text.contains("#[test]"));
            assert_eq!(library.test, tests, "{name}: `test` in [lib] of its Cargo.toml");
            let examples = sources.iter().any(|text| has_example(text));
            assert_eq!(library.doctest, examples, "{name}: `doctest` in [lib] of its Cargo.toml");
        }
    }
}
