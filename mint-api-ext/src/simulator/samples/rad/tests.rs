use super::*;

/// Parses the header at `at`; also returns the offset behind it.
fn read_header(file: &[u8], at: usize, magic: &[u8; 4]) -> (Value, usize) {
    assert_eq!(file[at..at + 4], *magic);
    let length = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
    let meta = serde_json::from_slice(&file[at + 8..][..length]).unwrap();
    (meta, at + 8 + length.next_multiple_of(8))
}

fn size(value: &Value) -> usize {
    value.as_u64().unwrap().try_into().unwrap()
}

/// What a property stores of `splat`, before rounding.
fn stored(property: &str, splat: &Splat) -> Vec<f32> {
    match property {
        "center" => splat.position.to_vec(),
        "alpha" => vec![splat.alpha * 255.0],
        "rgb" => splat.color.map(|channel| channel * 255.0).to_vec(),
        "scales" => splat.log_scale.map(|x| 1.0 + (x + 12.0) / 21.0 * 254.0).to_vec(),
        "orientation" => splat.rotation[..3].to_vec(),
        _ => panic!("unknown property {property}"),
    }
}

fn check_property(property: &Value, data: &[u8], splats: &[Splat]) {
    let name = property["property"].as_str().unwrap();
    let (numbers, tolerance): (Vec<f32>, f32) = match property["encoding"].as_str().unwrap() {
        "f32" => {
            let words = data.chunks_exact(4);
            (words.map(|word| f32::from_le_bytes(word.try_into().unwrap())).collect(), 0.0)
        }
        "r8" => {
            assert_eq!([&property["min"], &property["max"]], [0, 1]);
            (data.iter().map(|&byte| byte.into()).collect(), 0.501)
        }
        "ln_0r8" => {
            assert_eq!([&property["min"], &property["max"]], [-12.0, 9.0]);
            (data.iter().map(|&byte| byte.into()).collect(), 0.501)
        }
        encoding => panic!("unknown encoding {encoding}"),
    };
    let axes = stored(name, &splats[0]).len();
    assert_eq!(numbers.len(), axes * splats.len());
    for (i, splat) in splats.iter().enumerate() {
        for (axis, expected) in stored(name, splat).into_iter().enumerate() {
            let number = numbers[axis * splats.len() + i];
            assert!((number - expected).abs() <= tolerance, "{name}: {number}, {expected}");
        }
    }
}

/// Checks one chunk and returns the offset behind it.
fn check_chunk(file: &[u8], at: usize, base: usize, splats: &[Splat]) -> usize {
    let (meta, at) = read_header(file, at, b"RADC");
    assert_eq!(meta["version"], 1);
    assert_eq!(size(&meta["base"]), base);
    assert_eq!(size(&meta["count"]), splats.len());
    let length = size(&meta["payloadBytes"]);
    assert_eq!(file[at..at + 8], (length as u64).to_le_bytes());
    let payload = &file[at + 8..][..length];

    let mut end = 0;
    let mut names = Vec::new();
    for property in meta["properties"].as_array().unwrap() {
        assert_eq!(size(&property["offset"]), end);
        let data = &payload[end..][..size(&property["bytes"])];
        check_property(property, data, splats);
        end += data.len().next_multiple_of(8);
        names.push(property["property"].as_str().unwrap());
    }
    assert_eq!(end, length);
    assert_eq!(names, ["center", "alpha", "rgb", "scales", "orientation"]);
    at + 8 + length
}

#[test]
fn reads_back_as_the_cloud() {
    for points in [1, 7, 1000, 65_537] {
        let file = rad(points);
        let splats = cloud(points);
        let (meta, start) = read_header(&file, 0, b"RAD0");
        assert_eq!(meta["version"], 1);
        assert_eq!(meta["type"], "gsplat");
        assert_eq!(size(&meta["count"]), splats.len());
        assert_eq!(meta["comment"], GENERATOR);

        let ranges = meta["chunks"].as_array().unwrap();
        assert_eq!(ranges.len(), splats.len().div_ceil(size(&meta["chunkSize"])));
        let mut at = start;
        for (index, (range, splats)) in ranges.iter().zip(splats.chunks(65_536)).enumerate() {
            assert_eq!(size(&range["offset"]), at - start);
            let end = check_chunk(&file, at, index * 65_536, splats);
            assert_eq!(size(&range["bytes"]), end - at);
            at = end;
        }
        assert_eq!(at, file.len());
        assert_eq!(size(&meta["allChunkBytes"]), at - start);
    }
}
