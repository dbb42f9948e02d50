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

/// A folder that is being written.
pub struct Folder<C> {
    create: C,
    header: Header,
    sums: Sums,
    bytes: Rc<RefCell<u64>>,
}

impl<W: Write, C: FnMut(&str) -> io::Result<W>> Folder<C> {
    /// An empty folder whose files `create` opens, those with comments under this header.
    pub fn new(create: C, header: Header) -> Self {
        Self { create, header, sums: Rc::default(), bytes: Rc::default() }
    }

    /// Writes a file at once.
    pub fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let text = self.header.on(name, text);
        let mut file = self.file(name)?;
        file.write_all(text.as_bytes())?;
        file.flush()
    }

    /// A file to be written piece by piece; its sum is taken when it goes.
    pub fn file(&mut self, name: &str) -> io::Result<Summed<BufWriter<W>>> {
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
pub struct Summed<W> {
    inner: W,
    name: String,
    digest: Sha256,
    sums: Sums,
    bytes: Rc<RefCell<u64>>,
}

impl<W: Write> Write for Summed<W> {
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

impl<W> Drop for Summed<W> {
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
