//! Files that are no models.
#![cfg(unix)]

use std::path::Path;

use memspike_foreign::{Library, OpenError};

#[test]
fn a_file_that_is_no_library_is_told_by_its_name() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let error = Library::open(&path).expect_err("a text");
    assert!(
        matches!(&error, OpenError::Load { path: told, .. } if told.ends_with("Cargo.toml")),
        "{error}"
    );
    let error = Library::open(Path::new("/nowhere/model.so")).expect_err("nothing");
    assert!(error.to_string().contains("/nowhere/model.so"), "{error}");
}

#[test]
fn a_library_that_is_no_model_lacks_its_functions() {
    let error = Library::open(Path::new("libm.so.6")).expect_err("a library of mathematics");
    assert!(
        matches!(&error, OpenError::NoModel { message, .. } if message.contains("memspike_version")),
        "{error}"
    );
}
