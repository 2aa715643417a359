//! Where the key comes from.

use mint_api_ext::simulator::API_KEY;

use crate::support::desk::{Desk, Ran};

const LAMP: &str = "[models.lamp]\nprompt = 'a lamp'\nprice = 5\n";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key() {
    let desk = Desk::of(LAMP).await;
    let ran = Ran::of(desk.keyless(&["sync", "--yes"]).output().unwrap()).ends(2);
    for part in ["MINT_API_KEY", "https://mint.gg", "mint simulator"] {
        assert!(ran.stderr.contains(part), "{part}: {ran:?}");
    }
    let ran = Ran::of(desk.keyless(&["sync", "--dry-run"]).output().unwrap()).ends(4);
    assert!(ran.stdout.contains("5 credits in all") && ran.stderr.contains("no key"), "{ran:?}");
    assert!(desk.simulator.api_requests().is_empty());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_only_its_owner_can_read() {
    use std::fs::{Permissions, create_dir_all, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::of(LAMP).await;
    create_dir_all(desk.path("home/.config/mint")).unwrap();
    let place = "home/.config/mint/key";
    desk.write(place, &format!("{API_KEY}\n"));
    let run = |name: &str, value: &str| {
        Ran::of(desk.keyless(&["sync", "--dry-run"]).env(name, desk.path(value)).output().unwrap())
    };
    for (name, value) in [("HOME", "home"), ("XDG_CONFIG_HOME", "home/.config"), ("MINT_API_KEY_FILE", place)] {
        for mode in [0o640, 0o604, 0o620] {
            set_permissions(desk.path(place), Permissions::from_mode(mode)).unwrap();
            let ran = run(name, value).ends(2);
            assert!(ran.stderr.contains("chmod 600") && !ran.stderr.contains(API_KEY), "{ran:?}");
        }
        set_permissions(desk.path(place), Permissions::from_mode(0o600)).unwrap();
        let ran = run(name, value).ends(4);
        assert!(ran.stdout.contains("798 credits"), "{ran:?}");
    }
    assert!(run("MINT_API_KEY_FILE", "none").ends(2).stderr.contains("which is no file"));
    desk.write(place, "\n");
    assert!(run("MINT_API_KEY_FILE", place).ends(2).stderr.contains("is empty"));
}
