use super::*;

fn all() -> Vec<Vec<u8>> {
    vec![
        glb(PLAIN_DETAIL),
        glb(OPTIMIZED_DETAIL),
        obj(PLAIN_DETAIL),
        stl(PLAIN_DETAIL),
        fbx(PLAIN_DETAIL),
        usdz(PLAIN_DETAIL),
        png(IMAGE_SIDE, IMAGE_SIDE),
        webp(IMAGE_SIDE, IMAGE_SIDE),
        jpeg(PANORAMA.0, PANORAMA.1),
        spz(POINTS),
        rad(POINTS),
        wav(1),
    ]
}

#[test]
fn same_bytes_on_every_run() {
    assert!(all() == all());
}

#[test]
fn default_sizes_are_small() {
    for file in all() {
        assert!((100..64 * 1024).contains(&file.len()), "{}", file.len());
    }
}

#[test]
fn size_follows_detail() {
    for build in [glb, obj, stl, fbx, usdz] {
        assert!(build(OPTIMIZED_DETAIL).len() * 2 < build(PLAIN_DETAIL).len());
    }
    for build in [spz, rad] {
        assert!(build(POINTS / 4).len() * 2 < build(POINTS).len());
    }
}

#[test]
fn out_of_range_sizes_are_clamped() {
    for build in [glb, obj, stl, fbx, usdz] {
        assert!(build(0) == build(3));
        assert!(build(u32::MAX) == build(128));
    }
    for build in [spz, rad] {
        assert!(build(0) == build(1));
        assert!(build(u32::MAX) == build(131_072));
    }
    for build in [png, webp, jpeg] {
        assert!(build(0, 0) == build(1, 1));
        assert!(build(u32::MAX, 1) == build(8192, 1));
    }
}
