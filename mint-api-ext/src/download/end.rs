//! Finds the end of a file by its own format.

use super::format::Format;
use super::sum::{Summary, TAIL};

/// What the format of a file says of its end.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum End {
    /// The file ends here; more bytes may follow.
    At(u64),
    /// The format does not say, or says it where the check does not look.
    Unknown,
    /// The end was not found, and the file may have one all the same; the text says why.
    NotFound(String),
    /// The file is cut off; the text says how that shows.
    CutOff(String),
}

/// The end of a file.
pub(super) fn of(format: Format, file: &Summary) -> End {
    match format {
        Format::Glb => glb(file),
        Format::Zip => zip(file),
        Format::Png => png(file),
        Format::Jpeg => jpeg(file),
        Format::WebP => webp(file),
        Format::Fbx => fbx(file),
        Format::Ktx2 => ktx2(file),
        Format::Riff => riff(file),
        Format::Avif | Format::IsoMedia => boxes(file),
        Format::Gif | Format::Other => End::Unknown,
    }
}

fn at(end: u64, length: u64) -> End {
    if end <= length { End::At(end) } else { End::CutOff(format!("it has {length} bytes, and says that it has {end}")) }
}

fn array<const N: usize>(head: &[u8], at: usize) -> Option<[u8; N]> {
    head.get(at..at + N)?.try_into().ok()
}

fn word(head: &[u8], at: usize) -> Option<u32> {
    array(head, at).map(u32::from_le_bytes)
}

/// Binary glTF: magic, version and length, each 4 bytes, little-endian (glTF 2.0, section 4.4.2).
fn glb(file: &Summary) -> End {
    match word(&file.head, 8) {
        None => End::CutOff("it ends within its header".into()),
        Some(declared @ ..12) => End::CutOff(format!("it has {} bytes, and says that it has {declared}", file.length)),
        Some(declared) => at(declared.into(), file.length),
    }
}

/// An end record after the local header or at the beginning.
fn zip(file: &Summary) -> End {
    match end_record(&file.tail) {
        Some((_, after)) => End::At(file.length - after as u64),
        // Padding may be longer than what is kept of a file.
        None if file.tail.len() == TAIL && file.tail.iter().all(|byte| *byte == 0) => {
            End::NotFound(format!("its last {TAIL} bytes are zero, so its end was not found"))
        }
        None => End::CutOff("it has no end record, so it is not a whole zip archive".into()),
    }
}

/// The end record of a zip archive, and how many bytes follow its comment. It has 22 bytes, the last two of them the length
/// of the comment.
pub(super) fn end_record(tail: &[u8]) -> Option<(&[u8], usize)> {
    let last = tail.len().checked_sub(22)?;
    (0..=last).rev().find_map(|at| {
        let record = &tail[at..at + 22];
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        let after = tail.len().checked_sub(at + 22 + comment)?;
        record.starts_with(b"PK\x05\x06").then_some((record, after))
    })
}

/// The `IEND` chunk: no data, and so always the same checksum (PNG, third edition, section 11.2.5).
fn png(file: &Summary) -> End {
    match after_last(b"\0\0\0\0IEND\xaeB\x60\x82", file) {
        Some(end) => End::At(end),
        None if file.length <= TAIL as u64 => End::CutOff("it is a PNG image without its end (`IEND`)".into()),
        None => End::NotFound(format!("it has no end (`IEND`) in its last {TAIL} bytes, so it may be cut off")),
    }
}

/// The marker `EOI` (ITU-T T.81, annex B). Decoders show an image that lacks it.
fn jpeg(file: &Summary) -> End {
    const EOI: &[u8] = b"\xff\xd9";
    match file.tail.ends_with(EOI) {
        true => End::At(file.length),
        false if file.tail.windows(EOI.len()).any(|window| window == EOI) => End::Unknown,
        false => End::NotFound("it is a JPEG image without its end (`EOI`), so it may be cut off".into()),
    }
}

/// RIFF: 4 bytes `RIFF`, the size of the rest in 4 bytes, then `WEBP`.
fn webp(file: &Summary) -> End {
    match word(&file.head, 4) {
        Some(size) if file.head.len() >= 12 => at(u64::from(size) + 8, file.length),
        _ => End::CutOff("it ends within the header of a WebP image".into()),
    }
}

/// RIFF, whose writers leave a wrong size in the header if they cannot go back to it.
fn riff(file: &Summary) -> End {
    let declared = word(&file.head, 4).map(|size| u64::from(size) + 8);
    if declared == Some(file.length) { End::At(file.length) } else { End::Unknown }
}

/// The 16 bytes at the end of every binary FBX file.
fn fbx(file: &Summary) -> End {
    const FOOTER: &[u8] = b"\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b";
    after_last(FOOTER, file).map_or(End::Unknown, End::At)
}

/// The end of the farthest level, by the level index (KTX 2.0, section 3). It is unknown if the index is longer than what
/// is kept of a file.
fn ktx2(file: &Summary) -> End {
    let range = |at| {
        let [offset, length] = [array(&file.head, at)?, array(&file.head, at + 8)?].map(u64::from_le_bytes);
        offset.checked_add(length)
    };
    let levels = word(&file.head, 40).map(|levels| levels.clamp(1, 32) as usize);
    let ends = levels.and_then(|levels| (0..levels).map(|level| range(80 + 24 * level)).collect::<Option<Vec<_>>>());
    ends.and_then(|ends| ends.into_iter().max()).map_or(End::Unknown, |end| at(end, file.length))
}

/// ISO base media: boxes, each a size of 4 bytes and a type of 4 bytes, or a size of 8 bytes after a size of 1 (ISO/IEC
/// 14496-12, section 4.2). The end is known if the header of the last box is in what is kept of the file.
fn boxes(file: &Summary) -> End {
    let mut position = 0_u64;
    loop {
        if position == file.length {
            return End::At(position);
        }
        if position > file.length {
            return at(position, file.length);
        }
        let header = usize::try_from(position).ok().and_then(|at| file.head.get(at..));
        let Some((size, kind)) = header.and_then(|header| Some((array(header, 0)?, array::<4>(header, 4)?))) else {
            return End::Unknown;
        };
        let size = match (u32::from_be_bytes(size), header.and_then(|header| array(header, 8))) {
            (1, Some(size)) => u64::from_be_bytes(size),
            (size, _) => size.into(),
        };
        // A size of 0 lasts to the end of the file. What is no box follows the last one.
        if size < 8 || !kind.iter().all(|byte| (b' '..=b'~').contains(byte)) {
            return End::Unknown;
        }
        position = position.saturating_add(size);
    }
}

/// Binary STL: a header of 80 bytes, the number of triangles in 4 bytes, and 50 bytes for each triangle. The format has no
/// signature, so a file that is too short may be of another one.
pub(super) fn stl(file: &Summary) -> End {
    let is_text = !file.head.iter().take(84).any(|byte| *byte == 0);
    // Some other encoding of the file: text in UTF-16, or gzip.
    let is_encoded = [&b"\xff\xfe"[..], b"\xfe\xff", b"\x1f\x8b"].iter().any(|start| file.head.starts_with(start));
    let declared = word(&file.head, 80).map_or(84, |triangles| 84 + 50 * u64::from(triangles));
    if declared == file.length {
        return End::At(declared);
    }
    if is_text || is_encoded || declared < file.length {
        return End::Unknown;
    }
    let length = file.length;
    End::NotFound(format!("a binary STL file like this has at least {declared} bytes, and it has {length}"))
}

/// The position after the last place of these bytes among the last bytes of a file.
fn after_last(bytes: &[u8], file: &Summary) -> Option<u64> {
    let place = file.tail.windows(bytes.len()).rposition(|window| window == bytes)?;
    Some(file.length - (file.tail.len() - place - bytes.len()) as u64)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};

    use super::super::sum::Sum;
    use super::*;
    use crate::simulator::samples;

    fn sum(bytes: &[u8]) -> Summary {
        let mut sum = Sum::default();
        sum.add(bytes);
        sum.finish()
    }

    fn end(bytes: &[u8]) -> End {
        match Format::of(bytes) {
            Format::Other => stl(&sum(bytes)),
            format => of(format, &sum(bytes)),
        }
    }

    fn image(format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(7, 5).write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn ktx2(levels: &[(u64, u64)]) -> Vec<u8> {
        let mut file = [&b"\xabKTX 20\xbb\r\n\x1a\n"[..], &[0; 68]].concat();
        file[40..44].copy_from_slice(&(levels.len() as u32).to_le_bytes());
        for (offset, length) in levels {
            file.extend([*offset, *length, *length].iter().flat_map(|number| number.to_le_bytes()));
        }
        file
    }

    fn media(brand: &[u8; 4]) -> Vec<u8> {
        let start = [&b"\0\0\0\x10ftyp"[..], brand, &[0; 4], b"\0\0\0\x08free"].concat();
        [&start[..], b"\0\0\0\x01mdat\0\0\0\0\0\0\x03\0", &[7; 0x300 - 16]].concat()
    }

    /// What is noticed of a file that is cut off.
    type Notices = fn(&End) -> bool;

    /// Whole files, and what is noticed if the last byte is missing or more bytes follow.
    #[test]
    fn whole_and_cut_files() {
        let levels = [&ktx2(&[(1000, 24), (128, 800)])[..], &[7; 1024 - 128]].concat();
        let cut_off: Notices = |cut| matches!(cut, End::CutOff(_));
        let unknown: Notices = |cut| *cut == End::Unknown;
        let not_found: Notices = |cut| matches!(cut, End::NotFound(_));
        let fbx = samples::fbx(3);
        let cases: [(&str, Vec<u8>, Notices); 11] = [
            ("GLB", samples::glb(3), cut_off),
            ("USDZ", samples::usdz(3), cut_off),
            ("PNG", image(ImageFormat::Png), cut_off),
            ("WebP", image(ImageFormat::WebP), cut_off),
            ("JPEG", image(ImageFormat::Jpeg), not_found),
            ("STL", samples::stl(3), not_found),
            ("KTX2", levels, cut_off),
            ("AVIF", media(b"avif"), cut_off),
            ("MP4", media(b"isom"), cut_off),
            ("FBX", fbx, unknown),
            ("WAV", samples::wav(1), unknown),
        ];
        for (name, whole, cut) in cases {
            let length = whole.len();
            assert_eq!(end(&whole), End::At(length as u64), "{name}");
            assert!(cut(&end(&whole[..length - 1])), "{name} {:?}", end(&whole[..length - 1]));
            for after in [&b"\n"[..], &[0; 64], &[7; 64], b"PK\x05\x06"] {
                let end = end(&[&whole, after].concat());
                assert!(matches!(end, End::At(_) | End::Unknown), "{name} {end:?}");
            }
            // No beginning of a file panics.
            (0..length.min(2048)).for_each(|cut| drop(end(&whole[..cut])));
        }
    }

    #[test]
    fn ends_that_are_not_known() {
        for (name, file) in [
            ("a WAV from a pipe", [&b"RIFF\xff\xff\xff\xffWAVEfmt "[..], &[0; 40]].concat()),
            ("MP4 whose index comes last", [&media(b"isom")[..], b"\0\0\0\x10moov", &[0; 8]].concat()),
            ("a box to the end", b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\0mdat...".to_vec()),
            ("a box that has no size", b"\0\0\0\x07ftypisom\0\0\0\0".to_vec()),
            ("no box", b"\0\0\0\x10ftypavif\0\0\0\0\x07\x07\x07\x07\x07\x07\x07\x07".to_vec()),
            ("KTX2 without its index", ktx2(&[(0, 0)])[..90].to_vec()),
            ("KTX2 whose level ends nowhere", ktx2(&[(u64::MAX, 2)])),
            ("KTX2 with too many levels", ktx2(&[(80, 1); 40])),
            ("JPEG and another picture", b"\xff\xd8\xff\xe0\xff\xd9 and more".to_vec()),
            ("text in UTF-16", [&b"\xff\xfe"[..], &b"s\0o\0l\0i\0d\0 \0".repeat(10)].concat()),
            ("short text and padding", [&b"solid lamp\nfacet normal 0 0 1\n".repeat(3)[..], &[0; 64]].concat()),
            ("gzip", [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &[9; 90]].concat()),
        ] {
            assert_eq!(end(&file), End::Unknown, "{name}");
        }
    }
}
