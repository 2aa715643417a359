//! Two runs at once, and disks that do not take what is written.

use std::fs;

use mint_api_ext::simulator::API_KEY;

use crate::support::desk::{Desk, Ran};

const CATALOG: &str = "[models.lamp]\nprompt = 'a lamp'\n[audio.bell]\nprompt = 'a bell'\nfiles = ['all']\n";

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_buy_once() {
    let desk = Desk::of(CATALOG).await;
    let runs = [0, 1].map(|_| desk.spawn(&["sync", "--yes"]));
    let ran = runs.map(|run| Ran::of(run.wait_with_output().unwrap()));
    assert!(ran.iter().any(|ran| ran.code == 0), "{ran:#?}");
    for ran in ran.iter().filter(|ran| ran.code != 0) {
        let says = ["another run of this catalog holds", "plan again"];
        assert!(ran.code == 1 && says.iter().any(|says| ran.stderr.contains(says)), "{ran:#?}");
    }
    assert_eq!(desk.simulator.operations_started(), 2);
    desk.run(&["verify"]).ends(0);
    desk.run(&["sync", "--yes"]).ends(0);
    assert_eq!(desk.simulator.operations_started(), 2);
}

/// Files of more than so many blocks cannot be written, as on a full disk.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full() {
    for (blocks, started) in [("0", Some(0)), ("1", None), ("2", None), ("4", None), ("8", None)] {
        let desk = Desk::of(CATALOG).await;
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {} sync --yes", env!("CARGO_BIN_EXE_mint"));
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &script]).current_dir(desk.folder.path()).env("MINT_API_KEY", API_KEY);
        let ran = Ran::of(shell.env("MINT_API_BASE_URL", desk.simulator.base_url()).output().unwrap());
        assert!(ran.code == 1 && ran.stderr.contains("could not write"), "{blocks}: {ran:#?}");
        let now = desk.simulator.operations_started();
        assert!(started.is_none_or(|started| started == now), "{blocks}: {now}");
        desk.run(&["sync", "--yes"]).ends(0);
        desk.run(&["verify"]).ends(0);
        assert_eq!(desk.simulator.operations_started(), 2, "{blocks}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_read_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::of(CATALOG).await;
    let set = |mode| fs::set_permissions(desk.folder.path(), fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    let is_root = fs::write(desk.path("probe"), "").is_ok();
    let run = |arguments: &[&str]| if is_root { run_as_nobody(&desk, arguments) } else { Some(desk.run(arguments)) };
    let Some(ran) = run(&["sync", "--yes"]) else {
        // Not captured, so that it is seen.
        let text = "SKIPPED: root writes to read-only folders, and cannot run the command as another user here\n";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        return;
    };
    assert!(ran.ends(1).stderr.contains("make it writable"));
    run(&["sync", "--dry-run"]).unwrap().ends(4);
    assert_eq!(desk.simulator.operations_started(), 0);
    set(0o755);
    desk.run(&["sync", "--yes"]).ends(0);
    set(0o555);
    run(&["verify"]).unwrap().ends(0);
    set(0o755);
}

/// Runs the command as the user `nobody`. It returns `None` where that fails: only root can do it, and only with `setpriv`.
#[cfg(unix)]
fn run_as_nobody(desk: &Desk, arguments: &[&str]) -> Option<Ran> {
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", env!("CARGO_BIN_EXE_mint")]);
        command.args(arguments).current_dir(desk.folder.path()).env("MINT_API_KEY", API_KEY);
        command.env("MINT_API_BASE_URL", desk.simulator.base_url()).output()
    };
    run(&["--version"]).ok().filter(|version| version.status.success())?;
    Some(Ran::of(run(arguments).unwrap()))
}
