//! Lists of numbers in HDF5: elements of variable length, which lie in collections of the global heap (HDF5 File Format
//! Specification 3.0, III.E). The crate hdf5-pure reads texts there, and no numbers.

use std::collections::BTreeMap;

use hdf5_pure::{Dataset, Datatype, DatatypeByteOrder};
use memspike_npy::Type;

/// What a collection begins with: its signature and its version.
const COLLECTION: &[u8] = b"GCOL\x01";
/// Bytes of a collection's head, and of that of each object in it.
const HEAD: usize = 16;
/// Bytes of an element: how many numbers, where its collection is, which object in it. Addresses have eight bytes.
const ELEMENT: usize = 16;

/// Where the objects of a collection lie in the file, by their number: begin and length.
type Objects = BTreeMap<u16, (usize, usize)>;

/// The global heap of a file.
pub struct Heap<'b> {
    bytes: &'b [u8],
    collections: BTreeMap<u64, Objects>,
    /// Objects that may still be found: no file has more than its bytes have heads.
    left: usize,
}

/// A dataset of lists.
pub struct Lists {
    elements: Vec<u8>,
    number: Type,
}

impl Lists {
    /// The lists of a dataset of a file of so many bytes.
    pub fn of(dataset: &Dataset, length: u64) -> Result<Self, String> {
        let Datatype::VariableLength { is_string: false, base_type, .. } =
            dataset.datatype().map_err(|error| error.to_string())?
        else {
            return Err("holds no lists".to_owned());
        };
        let name = numpy_name(&base_type).ok_or("holds lists of something else than numbers")?;
        let number = Type::of(&name).ok_or_else(|| format!("holds lists of the type {name}"))?;
        bounded(dataset, length)?;
        let elements = dataset.read_raw().map_err(|error| error.to_string())?;
        if !elements.len().is_multiple_of(ELEMENT) {
            return Err("has addresses that are not of eight bytes".to_owned());
        }
        Ok(Self { elements, number })
    }

    /// How many lists.
    pub fn len(&self) -> usize {
        self.elements.len() / ELEMENT
    }

    /// How many numbers all have.
    pub fn numbers(&self) -> u64 {
        (0..self.len()).map(|at| u64::from(word(&self.elements[at * ELEMENT..]))).sum()
    }

    /// The numbers of a list.
    pub fn numbers_of(&self, at: usize, heap: &mut Heap<'_>) -> Result<Vec<f64>, String> {
        let element = &self.elements[at * ELEMENT..][..ELEMENT];
        let count = word(element) as usize;
        if count == 0 {
            return Ok(Vec::new());
        }
        let address = long(&element[4..]);
        let object = heap.object(address, word(&element[12..]))?;
        let width = self.number.width();
        let own = count.checked_mul(width).and_then(|length| object.get(..length));
        let own = own.ok_or("a list is longer than what its file has of it")?;
        Ok(own.chunks_exact(width).map(|bytes| self.number.value(bytes)).collect())
    }
}

impl<'b> Heap<'b> {
    /// That of a file with these bytes.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, collections: BTreeMap::new(), left: bytes.len() / HEAD }
    }

    fn object(&mut self, address: u64, index: u32) -> Result<&'b [u8], String> {
        if !self.collections.contains_key(&address) {
            let damaged = "the heap of its lists is damaged";
            let objects = self.collection(address).ok_or(damaged)?;
            self.left = self.left.checked_sub(objects.len()).ok_or(damaged)?;
            self.collections.insert(address, objects);
        }
        let objects = &self.collections[&address];
        let place = u16::try_from(index).ok().and_then(|index| objects.get(&index));
        let (begin, length) = *place.ok_or("a list is not where the file says")?;
        Ok(&self.bytes[begin..][..length])
    }

    /// The objects of a collection that lie within it, and within the file.
    fn collection(&self, address: u64) -> Option<Objects> {
        let begin = usize::try_from(address).ok()?;
        let all = self.bytes.get(begin..)?;
        let length = usize::try_from(long(all.get(8..HEAD)?)).ok()?;
        let all = all.starts_with(COLLECTION).then(|| all.get(..length))??;
        let mut objects = Objects::new();
        let mut at = HEAD;
        while let Some(head) = all.get(at..at + HEAD) {
            let index = u16::from_le_bytes([head[0], head[1]]);
            // The rest is free.
            if index == 0 || objects.len() > self.left {
                break;
            }
            let own = usize::try_from(long(&head[8..])).ok()?;
            let end = (at + HEAD).checked_add(own)?;
            all.get(..end)?;
            objects.insert(index, (begin + at + HEAD, own));
            at = end.checked_next_multiple_of(8)?;
        }
        Some(objects)
    }
}

/// Refuses a dataset that declares more than a file of so many bytes can hold.
pub fn bounded(dataset: &Dataset, length: u64) -> Result<(), String> {
    /// What any file may declare: an empty set's chunk.
    const SMALL: u64 = 64 << 10;
    let wrong = |error: hdf5_pure::Error| error.to_string();
    let product = |sizes: Vec<u64>| sizes.iter().try_fold(1_u64, |n, size| n.checked_mul(*size));
    let whole = product(dataset.shape().map_err(wrong)?);
    let chunk = product(dataset.chunk_shape().map_err(wrong)?.unwrap_or_default());
    let width = dataset.element_size().map_err(wrong)?;
    let bytes = whole.zip(chunk).and_then(|(whole, chunk)| whole.max(chunk).checked_mul(width));
    let most = memspike_files::inflated_at_most(length).saturating_add(SMALL);
    match bytes {
        Some(bytes) if bytes <= most => Ok(()),
        _ => Err(format!("declares more than a file of {length} bytes can hold")),
    }
}

/// A type of HDF5 by its name in NumPy.
fn numpy_name(datatype: &Datatype) -> Option<String> {
    let (order, kind, size) = match datatype {
        Datatype::FloatingPoint { size, byte_order, .. } => (byte_order, 'f', size),
        Datatype::FixedPoint { size, byte_order, layout } => {
            (byte_order, if layout.signed { 'i' } else { 'u' }, size)
        }
        _ => return None,
    };
    let order = match order {
        DatatypeByteOrder::LittleEndian => '<',
        DatatypeByteOrder::BigEndian => '>',
        DatatypeByteOrder::Vax => return None,
    };
    Some(format!("{order}{kind}{size}"))
}

fn word(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn long(bytes: &[u8]) -> u64 {
    u64::from(word(bytes)) | u64::from(word(&bytes[4..])) << 32
}
