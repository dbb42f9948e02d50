//! A Parquet file of one column of whole numbers, `a`, written by hand, so that it may say what is not so.

#![allow(dead_code, reason = "tests use parts")]

/// A page.
#[derive(Clone)]
pub struct Page {
    pub is_dictionary: bool,
    pub values: u32,
    pub encoding: u32,
    pub data: Vec<u8>,
    /// Bytes that it is said to have when it is decoded.
    pub plain: u32,
    /// Bytes that it is said to have in the file; as many as it has if left out.
    pub stored: Option<u32>,
}

impl Page {
    /// A dictionary of so many values, by what it says.
    pub fn dictionary(values: u32, data: &[u8]) -> Self {
        let plain = data.len() as u32;
        Self { is_dictionary: true, values, encoding: 0, data: data.to_vec(), plain, stored: None }
    }

    /// A run of the first value of the dictionary.
    pub fn run(values: u32) -> Self {
        let mut data = vec![1];
        varint(&mut data, u64::from(values) << 1);
        data.push(0);
        let plain = data.len() as u32;
        Self { is_dictionary: false, values, encoding: 8, data, plain, stored: None }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let stored = self.stored.unwrap_or(self.data.len() as u32);
        for number in [if self.is_dictionary { 2 } else { 0 }, self.plain, stored] {
            field(&mut out, 1, 5);
            zigzag(&mut out, number.into());
        }
        // Field 5 is the header of a page of values, 7 that of a dictionary.
        field(&mut out, if self.is_dictionary { 4 } else { 2 }, 12);
        let levels: &[u32] = if self.is_dictionary { &[] } else { &[3, 3] };
        for number in [self.values, self.encoding].iter().chain(levels) {
            field(&mut out, 1, 5);
            zigzag(&mut out, (*number).into());
        }
        out.extend([0, 0]);
        out.extend(&self.data);
        out
    }
}

/// The file.
pub struct Craft {
    pub pages: Vec<Page>,
    pub rows: u64,
    pub snappy: bool,
}

impl Craft {
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = b"PAR1".to_vec();
        let mut data_offset = 0;
        for page in &self.pages {
            if !page.is_dictionary && data_offset == 0 {
                data_offset = out.len() as u64;
            }
            out.extend(page.bytes());
        }
        let length = out.len() as u64 - 4;
        let footer = self.footer(length, data_offset);
        out.extend(&footer);
        out.extend((footer.len() as u32).to_le_bytes());
        out.extend(b"PAR1");
        out
    }

    fn footer(&self, length: u64, data_offset: u64) -> Vec<u8> {
        let mut out = Vec::new();
        number(&mut out, 1, 5, 1);
        // The schema: a root with one child, and a column of 32 bits that is required.
        field(&mut out, 1, 9);
        out.push(0x2C);
        text(&mut out, 4, "m");
        number(&mut out, 1, 5, 1);
        out.push(0);
        number(&mut out, 1, 5, 1);
        number(&mut out, 2, 5, 0);
        text(&mut out, 1, "a");
        out.push(0);
        number(&mut out, 1, 6, self.rows);
        // One row group of one column.
        field(&mut out, 1, 9);
        out.push(0x1C);
        field(&mut out, 1, 9);
        out.push(0x1C);
        number(&mut out, 2, 6, 4);
        field(&mut out, 1, 12);
        number(&mut out, 1, 5, 1);
        field(&mut out, 1, 9);
        out.push(0x15);
        zigzag(&mut out, 8);
        field(&mut out, 1, 9);
        out.push(0x18);
        varint(&mut out, 1);
        out.push(b'a');
        number(&mut out, 1, 5, self.snappy.into());
        number(&mut out, 1, 6, self.rows);
        number(&mut out, 1, 6, length);
        number(&mut out, 1, 6, length);
        number(&mut out, 2, 6, if data_offset == 0 { 4 } else { data_offset });
        if self.pages.iter().any(|page| page.is_dictionary) {
            number(&mut out, 2, 6, 4);
        }
        out.extend([0, 0]);
        number(&mut out, 1, 6, length);
        number(&mut out, 1, 6, self.rows);
        out.extend([0, 0]);
        out
    }
}

/// The head of a field, so many after the last one.
fn field(out: &mut Vec<u8>, step: u8, kind: u8) {
    out.push(step << 4 | kind);
}

fn number(out: &mut Vec<u8>, step: u8, kind: u8, value: u64) {
    field(out, step, kind);
    zigzag(out, value);
}

fn text(out: &mut Vec<u8>, step: u8, value: &str) {
    field(out, step, 8);
    varint(out, value.len() as u64);
    out.extend(value.as_bytes());
}

fn zigzag(out: &mut Vec<u8>, value: u64) {
    varint(out, value << 1);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7F {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
