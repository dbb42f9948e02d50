//! The compact protocol of Thrift, as far as headers of pages need it: fields are looked at or passed by, never kept.

/// Structures within each other that are passed by.
const DEPTH: u32 = 8;

/// Types of the protocol.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// Bytes that are left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Protocol<'b> {
    bytes: &'b [u8],
}

/// A field of a structure: its number and its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub number: i16,
    kind: u8,
}

impl Field {
    /// Whether it is a structure.
    pub fn is_struct(self) -> bool {
        self.kind == STRUCT
    }

    /// Whether it is a whole number of 32 bits.
    pub fn is_i32(self) -> bool {
        self.kind == I32
    }
}

impl<'b> Protocol<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.bytes.len()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(count).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A whole number with its sign in the lowest bit.
    pub fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// The next field of a structure after the one of this number; none at its end.
    pub fn field(&mut self, before: i16) -> Option<Option<Field>> {
        let head = self.byte()?;
        let kind = head & 0x0F;
        if kind == 0 {
            return Some(None);
        }
        let number = match head >> 4 {
            0 => i16::try_from(self.zigzag()?).ok()?,
            step => before.checked_add(step.into())?,
        };
        Some(Some(Field { number, kind }))
    }

    /// Passes by the value of a field.
    pub fn pass_by(&mut self, field: Field) -> Option<()> {
        self.pass_value(field.kind, DEPTH)
    }

    fn pass_value(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            I16 | I32 | I64 => self.varint().map(|_| ()),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.varint()?;
                self.pass(length)
            }
            LIST | SET => {
                let head = self.byte()?;
                let size = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                // A truth value in a list takes a byte, so nothing in it takes none, and the bytes bound the loop.
                let inner = if matches!(head & 0x0F, TRUE | FALSE) { BYTE } else { head & 0x0F };
                (0..size).try_for_each(|_| self.pass_value(inner, depth))
            }
            STRUCT => {
                let mut before = 0;
                while let Some(field) = self.field(before)? {
                    before = field.number;
                    self.pass_value(field.kind, depth)?;
                }
                Some(())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_and_passed_by() {
        // Fields 1: i32 of 300, 2: binary "ab", 5: a structure with field 1: i32 of -1, then the end.
        let bytes = [0x15, 0xD8, 0x04, 0x18, 2, b'a', b'b', 0x3C, 0x15, 1, 0, 0];
        let mut protocol = Protocol::new(&bytes);
        let first = protocol.field(0).unwrap().unwrap();
        assert!(first.number == 1 && first.is_i32());
        assert_eq!(protocol.zigzag(), Some(300));
        let text = protocol.field(1).unwrap().unwrap();
        protocol.pass_by(text).unwrap();
        let inner = protocol.field(2).unwrap().unwrap();
        assert!(inner.number == 5 && inner.is_struct());
        let mut copy = protocol;
        copy.pass_by(inner).unwrap();
        assert_eq!((copy.field(5), copy.left()), (Some(None), 0));
        assert!(protocol.field(0).unwrap().is_some());
        assert_eq!(protocol.zigzag(), Some(-1));
    }

    #[test]
    fn what_is_longer_than_its_bytes_is_refused_at_once() {
        // A text of 2^62 bytes, a list of 2^62 of them, structures without end.
        for value in [vec![BINARY], vec![LIST, 0xF5], vec![LIST, 0xF1]] {
            let mut bytes = value[1..].to_vec();
            bytes.extend([0xFF; 8]);
            bytes.push(0x3F);
            assert_eq!(Protocol::new(&bytes).pass_value(value[0], DEPTH), None);
        }
        assert_eq!(Protocol::new(&[0x1C; 1000]).pass_value(STRUCT, DEPTH), None);
    }
}
