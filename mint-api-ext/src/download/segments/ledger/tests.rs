use proptest::prelude::*;

use super::*;

const MIB: u64 = 1024 * 1024;

/// Writes up to `bytes` of a connection's segment; how many that were.
fn write(ledger: &mut Ledger, id: Id, bytes: u64) -> u64 {
    let (start, taken) = ledger.take(id, bytes);
    ledger.wrote(id, start + taken);
    taken
}

#[test]
fn ranges_grow_together() {
    let mut ranges = Ranges::first(10);
    ranges.add(20, 30);
    ranges.add(40, 50);
    assert_eq!((ranges.bytes(), ranges.prefix()), (30, 10));
    assert_eq!([0, 10, 15, 30, 45, 50].map(|from| ranges.hole(from, 60)), {
        [Some((10, 20)), Some((10, 20)), Some((15, 20)), Some((30, 40)), Some((50, 60)), Some((50, 60))]
    });
    assert_eq!(ranges.hole(45, 50), None);
    ranges.add(10, 20);
    ranges.add(25, 45);
    assert_eq!(ranges, Ranges::first(50));
    let stored: Ranges = serde_json::from_str("[[30,40],[9,3],[0,10],[5,20]]").unwrap();
    assert_eq!(serde_json::to_string(&stored.within(35)).unwrap(), "[[0,20],[30,35]]");
}

#[test]
fn segments_of_several_connections() {
    let mut ledger = Ledger::new(64 * MIB, Ranges::first(4 * MIB), Ranges::default());
    assert_eq!(ledger.claim(1, Some(3 * MIB)), None, "not where nothing is missing");
    assert_eq!(ledger.claim(1, Some(4 * MIB)), Some((4 * MIB, 64 * MIB)));
    assert_eq!((ledger.take(1, MIB), ledger.claim(2, None)), ((4 * MIB, MIB), None));
    ledger.share_among(2);
    assert_eq!(ledger.claim(2, None), Some((21 * MIB, 31 * MIB + 3 * MIB / 4)));
    ledger.wrote(1, 5 * MIB);
    // The reply goes on, but what follows is another's.
    assert_eq!(write(&mut ledger, 1, 99 * MIB), 16 * MIB);
    assert!(ledger.is_full(1) && !ledger.is_full(2));
    assert_eq!(write(&mut ledger, 1, MIB), 0);
    assert_eq!(write(&mut ledger, 2, MIB), MIB);
    ledger.release(2);
    // What follows is written, so the segment does not grow.
    assert!(ledger.is_full(1));
    assert_eq!(ledger.claim(3, None).map(|(start, _)| start), Some(22 * MIB));
    ledger.release(1);
    assert_eq!(ledger.written, Ranges::first(22 * MIB));
}

#[test]
fn an_idle_connection_gets_half_and_all_that_is_released() {
    let mut ledger = Ledger::new(8 * MIB, Ranges::default(), Ranges::default());
    ledger.claim(1, None);
    assert_eq!(ledger.share(2), Some((4 * MIB, 8 * MIB)));
    assert_eq!(write(&mut ledger, 2, 99 * MIB), 4 * MIB);
    ledger.release(2);
    assert_eq!(write(&mut ledger, 1, 4 * MIB - WORTH_SHARING + 1), 4 * MIB - WORTH_SHARING + 1);
    assert_eq!(ledger.share(2), None);
    ledger.release(1);
    assert_eq!(ledger.claim(2, None), Some((4 * MIB - WORTH_SHARING + 1, 4 * MIB)));
    write(&mut ledger, 2, MIB);
    assert!(ledger.is_whole());
}

proptest! {
    /// Whatever connections do: no byte is taken twice, every byte is written in the end, and nothing else counts.
    #[test]
    fn every_byte_is_taken_once(
        total in 1..40 * MIB,
        steps in prop::collection::vec((0..6_usize, 0..8_usize, 1..3 * MIB), 0..200),
    ) {
        let mut ledger = Ledger::new(total, Ranges::first(total / 9), Ranges::default());
        let mut taken = Ranges::first(total / 9);
        let mut begun = std::collections::BTreeMap::new();
        for (what, id, bytes) in steps {
            match what {
                0 if !begun.contains_key(&id) => drop(ledger.claim(id, None)),
                1 if !begun.contains_key(&id) => drop(ledger.share(id)),
                2 => ledger.share_among(bytes % 9 + 1),
                3 if !begun.contains_key(&id) => ledger.release(id),
                _ => {
                    if let Some(end) = begun.remove(&id) {
                        ledger.wrote(id, end);
                    }
                    let (start, bytes) = ledger.take(id, bytes);
                    if bytes > 0 {
                        let before = taken.bytes();
                        taken.add(start, start + bytes);
                        prop_assert_eq!(taken.bytes(), before + bytes, "taken twice");
                        begun.insert(id, start + bytes);
                    }
                }
            }
            prop_assert!(ledger.written.bytes() <= taken.bytes());
        }
        for (id, end) in begun {
            ledger.wrote(id, end);
        }
        prop_assert_eq!(&ledger.written, &taken);
        (0..8).for_each(|id| ledger.release(id));
        while ledger.claim(9, None).is_some() {
            while write(&mut ledger, 9, 5 * MIB) > 0 {}
        }
        prop_assert!(ledger.is_whole());
        prop_assert_eq!(ledger.written, Ranges::first(total));
    }
}
