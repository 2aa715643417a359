//! The tree of records in a binary FBX file.

/// 7.4, the last version with 32-bit offsets.
pub(super) const VERSION: u32 = 7400;

const MAGIC: &[u8] = b"Kaydara FBX Binary  \0\x1a\0";

/// Ends a list of records.
const NULL_RECORD: [u8; 13] = [0; 13];

const FOOTER_ID: [u8; 16] =
    [0xfa, 0xbc, 0xab, 0x09, 0xd0, 0xc8, 0xd4, 0x66, 0xb1, 0x76, 0xfb, 0x83, 0x1c, 0xf7, 0x26, 0x7e];
const FOOTER_END: [u8; 16] =
    [0xf8, 0x5a, 0x8c, 0x6a, 0xde, 0xf5, 0xd9, 0x7e, 0xec, 0xe9, 0x0c, 0xe3, 0x75, 0x8f, 0x29, 0x0b];

/// A name with values and child records.
pub(super) struct Record {
    name: &'static str,
    properties: Vec<Property>,
    children: Vec<Self>,
}

/// A value of a record.
pub(super) enum Property {
    I32(i32),
    I64(i64),
    F64(f64),
    Text(String),
    Raw(Vec<u8>),
    I32s(Vec<i32>),
    F64s(Vec<f64>),
}

/// A record that has no values and no children yet.
pub(super) fn record(name: &'static str) -> Record {
    Record { name, properties: Vec::new(), children: Vec::new() }
}

/// A file with these top records.
pub(super) fn file(records: &[Record]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend(VERSION.to_le_bytes());
    for record in records {
        record.write(&mut file);
    }
    file.extend(NULL_RECORD);

    file.extend(FOOTER_ID);
    file.resize(file.len().next_multiple_of(16) + 4, 0);
    file.extend(VERSION.to_le_bytes());
    file.extend([0; 120]);
    file.extend(FOOTER_END);
    file
}

impl Record {
    /// Adds a value.
    pub(super) fn with(mut self, property: impl Into<Property>) -> Self {
        self.properties.push(property.into());
        self
    }

    /// Adds a child.
    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    fn write(&self, file: &mut Vec<u8>) {
        let start = file.len();
        // Space for the offset of the record's end.
        file.extend([0; 4]);
        file.extend((self.properties.len() as u32).to_le_bytes());
        let properties: Vec<u8> = self.properties.iter().flat_map(Property::bytes).collect();
        file.extend((properties.len() as u32).to_le_bytes());
        file.push(self.name.len() as u8);
        file.extend(self.name.as_bytes());
        file.extend(properties);
        if !self.children.is_empty() {
            for child in &self.children {
                child.write(file);
            }
            file.extend(NULL_RECORD);
        }
        let end = file.len() as u32;
        file[start..start + 4].copy_from_slice(&end.to_le_bytes());
    }
}

impl Property {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::I32(number) => tagged(b'I', &number.to_le_bytes()),
            Self::I64(number) => tagged(b'L', &number.to_le_bytes()),
            Self::F64(number) => tagged(b'D', &number.to_le_bytes()),
            Self::Text(text) => sized(b'S', text.as_bytes()),
            Self::Raw(bytes) => sized(b'R', bytes),
            Self::I32s(numbers) => array(b'i', numbers.iter().map(|n| n.to_le_bytes())),
            Self::F64s(numbers) => array(b'd', numbers.iter().map(|n| n.to_le_bytes())),
        }
    }
}

fn tagged(tag: u8, data: &[u8]) -> Vec<u8> {
    [&[tag], data].concat()
}

fn sized(tag: u8, data: &[u8]) -> Vec<u8> {
    [&[tag], &(data.len() as u32).to_le_bytes()[..], data].concat()
}

fn array<const N: usize>(tag: u8, numbers: impl ExactSizeIterator<Item = [u8; N]>) -> Vec<u8> {
    let count = numbers.len() as u32;
    let uncompressed = 0;
    let mut bytes = vec![tag];
    bytes.extend([count, uncompressed, count * N as u32].into_iter().flat_map(u32::to_le_bytes));
    bytes.extend(numbers.flatten());
    bytes
}

macro_rules! impl_from {
    ($($from:ty => $variant:ident,)*) => {$(
        impl From<$from> for Property {
            fn from(value: $from) -> Property {
                Property::$variant(value.into())
            }
        }
    )*};
}

impl_from! {
    i32 => I32,
    i64 => I64,
    f64 => F64,
    &'static str => Text,
    String => Text,
    Vec<u8> => Raw,
    Vec<i32> => I32s,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_is_laid_out_as_specified() {
        let mut file = b"before".to_vec();
        let inner = record("In").with(vec![7, -1]);
        record("Out").with("hi").child(inner).write(&mut file);

        let inner = b"\x41\0\0\0\x01\0\0\0\x15\0\0\0\x02In\
            i\x02\0\0\0\0\0\0\0\x08\0\0\0\x07\0\0\0\xff\xff\xff\xff";
        let outer = b"\x4e\0\0\0\x01\0\0\0\x07\0\0\0\x03OutS\x02\0\0\0hi";
        assert_eq!(file, [b"before", &outer[..], inner, &[0; 13]].concat());
    }
}
