//! What an error of the system means for whoever gave the path.

use std::io::{self, ErrorKind};

/// The same error with its remedy in its words, if there is one to be named. The kind stays.
#[must_use]
pub fn advised(error: io::Error) -> io::Error {
    let remedy = match error.kind() {
        ErrorKind::StorageFull => "make room, or write to another disk",
        ErrorKind::QuotaExceeded => "make room within your quota, or write to another disk",
        ErrorKind::FileTooLarge => "raise the limit of a file's size (ulimit -f)",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "the file or its folder is protected; name another"
        }
        ErrorKind::NotADirectory => "a part of the path is a file and no folder",
        ErrorKind::AlreadyExists => "there is a file of this name; name another",
        ErrorKind::NotFound => "the folder around it does not exist; make it first",
        _ => return error,
    };
    explained(error, remedy)
}

fn explained(error: io::Error, remedy: &str) -> io::Error {
    // What has words of its own has been explained.
    if error.get_ref().is_some() {
        return error;
    }
    io::Error::new(error.kind(), format!("{}: {remedy}", plain(&error)))
}

/// What the system says, without the number of the error, which helps nobody who has its words.
#[must_use]
pub fn plain(error: &io::Error) -> String {
    let words = error.to_string();
    words.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The same for what was to be read.
pub(crate) fn advised_reader(error: io::Error) -> io::Error {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "check the path",
        ErrorKind::PermissionDenied => "it is protected; ask for the right to read it",
        ErrorKind::NotADirectory => "a part of the path is a file and no folder",
        _ => return error,
    };
    explained(error, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_kind_and_is_explained_once() {
        let error = advised(advised(ErrorKind::StorageFull.into()));
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(error.to_string().matches("make room").count(), 1, "{error}");
        let own = advised(io::Error::new(ErrorKind::FileTooLarge, "more than is read"));
        assert_eq!(own.to_string(), "more than is read");
    }

    #[test]
    fn an_error_without_a_remedy_stays_as_it_is() {
        let error = advised(ErrorKind::BrokenPipe.into());
        assert_eq!(error.to_string(), io::Error::from(ErrorKind::BrokenPipe).to_string());
    }
}
