//! A catalog that is killed again and again, against a server of its own process.
//!
//! `MINT_SOAK=100` sets how many catalogs are killed in each way; fewer are by default.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::support::desk::{Ran, mint};
use crate::support::server::Server;

/// How many catalogs are killed at once.
const AT_ONCE: usize = 3;

/// A small generator of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 33) % limit
    }
}

/// Twelve models and two worlds.
fn models_and_worlds(steps: [&str; 4]) -> String {
    let model = |number: usize| format!("[models.m{number}]\nprompt = 'model {number}'\n{}\n", steps[number % 4]);
    let worlds = "[worlds.a]\nprompt = 'a'\nfiles = 'collider'\n[worlds.b]\nprompt = 'b'\nfiles = 'poster'\n";
    (0..12).map(model).collect::<String>() + worlds
}

/// A pack and a sound.
const UNLISTED: &str = "[packs.tools]\nprompt = 'tools'\ncount = 2\n[audio.bell]\nprompt = 'bell'\n";

/// Also a pack and a sound.
fn everything() -> String {
    models_and_worlds(["", "optimize = 'light'", "convert = 'obj'", "files = ['glb', 'poster']"]) + UNLISTED
}

struct Site {
    server: Server,
    folder: TempDir,
}

/// What must be the same, however often a run is killed.
#[derive(Debug, PartialEq)]
struct End {
    credits: String,
    started: u64,
    /// Without times and ids.
    lock: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Site {
    fn of(definition: &str) -> Self {
        let site = Self { server: Server::start(), folder: tempfile::tempdir().unwrap() };
        fs::write(site.folder.path().join("mint.toml"), format!("project = 'soak'\n{definition}")).unwrap();
        // The balance suffices for all.
        site.server.set(&json!({"fault": "add_credits", "credits": 1_000_000}));
        site
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = mint(arguments);
        command.current_dir(self.folder.path()).envs(self.server.variables.clone());
        command
    }

    /// Kills a run after this time.
    fn kill_after(&self, moment: Duration) {
        let mut run = self.command(&["sync", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        run.kill().unwrap();
        run.wait().unwrap();
    }

    /// Runs until everything is done. A person sends a call again whose fate is unknown, and that Mint does not know by its name.
    /// Returns how many of these were of packs and sounds, which Mint does not list: they may have been done before.
    fn run_to_the_end(&self, seed: u64) -> u64 {
        let (mut again, mut unlisted): (Vec<String>, u64) = (Vec::new(), 0);
        let mut last = None;
        for _ in 0..10 {
            let mut arguments = vec!["sync", "--yes"];
            again.iter().for_each(|entry| arguments.extend(["--resend", entry]));
            let ran = Ran::of(self.command(&arguments).output().unwrap());
            if ran.code == 0 {
                Ran::of(self.command(&["verify"]).output().unwrap()).ends(0);
                return unlisted;
            }
            let lost = ran.stderr.lines().filter(|line| line.contains(": whether its call"));
            again = lost.filter_map(|line| line.split(':').next()).map(str::to_owned).collect();
            again.dedup();
            let is_listed = |entry: &String| entry.starts_with("models.") || entry.starts_with("worlds.");
            unlisted += again.iter().filter(|entry| !is_listed(entry)).count() as u64;
            last = Some(ran);
        }
        panic!("seed {seed} does not end: {last:#?}");
    }

    /// `differs` are the fields of the lock that depend on the way to the end.
    fn end(&self, differs: &[&str]) -> End {
        let state = self.server.state();
        let lock = fs::read_to_string(self.folder.path().join("mint.lock")).unwrap();
        let lock = lock.lines().filter(|line| !differs.iter().any(|field| line.starts_with(field)));
        let mut files = BTreeMap::new();
        read(&self.folder.path().join("assets"), &mut files);
        End {
            credits: state["creditsUsed"].to_string(),
            started: state["operationsStarted"].as_u64().unwrap(),
            lock: lock.map(str::to_owned).collect(),
            files,
        }
    }
}

fn read(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        match path.is_dir() {
            true => read(&path, files),
            false => drop(files.insert(path.file_name().unwrap().display().to_string(), fs::read(&path).unwrap())),
        }
    }
}

/// The fields of a lock that hold times and ids.
const TIMES_AND_IDS: &[&str] = &["sent_at", "done_at", "operation", "resource", "url"];

/// Kills runs of a catalog at seeded moments, each catalog up to three times. `trouble` comes before each run.
fn soak(definition: &str, by_default: usize, differs: &[&str], trouble: impl Fn(&Site, &mut Dice) + Sync) {
    let clean = Site::of(definition);
    let began = Instant::now();
    clean.run_to_the_end(0);
    let (whole, expected) = (u64::try_from(began.elapsed().as_micros()).unwrap(), clean.end(differs));
    let count = std::env::var("MINT_SOAK").ok().and_then(|count| count.parse().ok()).unwrap_or(by_default);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        return;
                    }
                    let seed = seed as u64;
                    let (site, mut dice) = (Site::of(definition), Dice(seed));
                    for _ in 0..=dice.below(3) {
                        trouble(&site, &mut dice);
                        site.kill_after(Duration::from_micros(dice.below(whole)));
                    }
                    trouble(&site, &mut dice);
                    let unlisted = site.run_to_the_end(seed);
                    let end = site.end(differs);
                    let allowed = expected.started..=expected.started + unlisted;
                    assert!(allowed.contains(&end.started), "seed {seed}: {} of {allowed:?}", end.started);
                    if end.started == expected.started {
                        assert_eq!(end.credits, expected.credits, "seed {seed}");
                    }
                    assert_eq!(end.lock, expected.lock, "seed {seed}");
                    assert!(end.files == expected.files, "seed {seed}: {:?}", end.files.keys());
                }
            });
        }
    });
}

#[test]
fn killed_at_any_moment() {
    soak(&everything(), 3, TIMES_AND_IDS, |_, _| {});
}

/// About one reply in fifty does not help.
#[test]
fn killed_while_replies_are_lost_and_urls_expire() {
    let routes = ["generateModel", "generateWorld", "generateAssetPack", "optimizeModel", "getOperation", "getModel"];
    soak(&everything(), 1, TIMES_AND_IDS, |site, dice| {
        let mut route = || routes[dice.below(routes.len() as u64) as usize];
        site.server.set(&json!({"fault": "lose_reply", "route": route()}));
        site.server.set(&json!({"fault": "lose_reply", "route": route()}));
        let headers = json!({"retry-after": "0"});
        site.server.set(&json!({"fault": "reply", "route": route(), "status": 429, "headers": headers}));
        site.server.set(&json!({"fault": "file", "kind": "glb", "effect": "expire_at", "value": 100}));
        site.server.set(&json!({"fault": "expire_urls"}));
    });
}

/// The catalog trusts a key for less time than the server remembers it. A conversion of unknown fate cannot be looked for, so that
/// the catalog has none. What is found by its name has no cost in the lock: Mint does not say it there.
#[test]
fn killed_while_the_server_forgets_keys() {
    let definition = models_and_worlds(["", "optimize = 'light'", "", "files = ['glb', 'poster']"]) + UNLISTED;
    let differs = [TIMES_AND_IDS, &["credits"]].concat();
    soak(&format!("key_lifetime = 0.5\n{definition}"), 1, &differs, |site, dice| {
        site.server.set(&json!({"fault": "forget_keys", "after_seconds": 3}));
        if dice.below(2) == 0 {
            // What was sent is trusted no longer, and then the server forgets it.
            std::thread::sleep(Duration::from_millis(600));
            site.server.set(&json!({"fault": "forget_keys"}));
        }
    });
}

#[test]
fn killed_while_the_hidden_folder_vanishes() {
    soak(&everything(), 1, TIMES_AND_IDS, |site, dice| {
        if dice.below(2) == 0 {
            let _ = fs::remove_dir_all(site.folder.path().join(".mint"));
        }
    });
}
