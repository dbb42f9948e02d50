//! The folder of an export, written file by file, with a sum of each.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::rc::Rc;

use sha2::{Digest, Sha256};

use super::header::Header;

/// Sums by name of file.
type Sums = Rc<RefCell<BTreeMap<String, String>>>;

/// Opens a file by its name.
type Create<'f> = dyn FnMut(&str) -> io::Result<Box<dyn Write>> + 'f;

/// A folder that is being written.
pub struct Folder<'f> {
    create: &'f mut Create<'f>,
    header: Header,
    sums: Sums,
    bytes: Rc<RefCell<u64>>,
}

impl<'f> Folder<'f> {
    /// An empty folder whose files `create` opens, those with comments under this header.
    pub fn new(create: &'f mut Create<'f>, header: Header) -> Self {
        Self { create, header, sums: Rc::default(), bytes: Rc::default() }
    }

    /// Writes a file at once.
    pub fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let text = self.header.on(name, text);
        let mut file = self.file(name)?;
        file.write_all(text.as_bytes())?;
        file.flush()
    }

    /// A file to be written piece by piece; its sum is taken when it goes. A second one of the same name is refused.
    pub fn file(&mut self, name: &str) -> io::Result<Summed> {
        let first = self.sums.borrow_mut().insert(name.to_owned(), String::new()).is_none();
        if !first {
            let words = format!("two files of the folder are '{name}': give the core another name");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, words));
        }
        Ok(Summed {
            inner: BufWriter::new((self.create)(name)?),
            name: name.to_owned(),
            digest: Sha256::new(),
            sums: Rc::clone(&self.sums),
            bytes: Rc::clone(&self.bytes),
        })
    }

    /// Writes the list of sums; the number of files and of bytes.
    pub fn finish(mut self) -> io::Result<(usize, u64)> {
        let mut text = String::new();
        for (name, sum) in self.sums.borrow().iter() {
            let _ = writeln!(text, "{sum}  {name}");
        }
        self.text("SHA256SUMS", &text)?;
        let bytes = *self.bytes.borrow();
        Ok((self.sums.borrow().len(), bytes))
    }
}

/// A file that keeps the sum of what passes.
pub struct Summed {
    inner: BufWriter<Box<dyn Write>>,
    name: String,
    digest: Sha256,
    sums: Sums,
    bytes: Rc<RefCell<u64>>,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        *self.bytes.borrow_mut() += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Drop for Summed {
    fn drop(&mut self) {
        let sum = hexadecimal(&std::mem::take(&mut self.digest));
        self.sums.borrow_mut().insert(std::mem::take(&mut self.name), sum);
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::new_with_prefix(text))
}

fn hexadecimal(digest: &Sha256) -> String {
    digest.clone().finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Folder, Header};

    #[test]
    fn a_second_file_of_a_name_is_refused() {
        let mut create = |_: &str| Ok(Box::new(io::sink()) as Box<dyn io::Write>);
        let mut folder = Folder::new(&mut create, Header::new("MIT-0", ""));
        folder.text("check_counter.v", "module").expect("the first");
        let error = folder.text("check_counter.v", "module").expect_err("the second");
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
}
