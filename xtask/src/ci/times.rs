//! What an application pays for the client: `cargo xtask ci --times`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::crates::{crates, output};
use super::outsider::Outsider;
use crate::Exit;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How large the stripped quickstart may be, in bytes.
const MOST_BYTES: u64 = 16_000_000;

/// An application of a few lines.
struct Application {
    name: &'static str,
    dependencies: &'static str,
    main: &'static str,
}

const OURS: Application = Application {
    name: "mint-api-ext",
    dependencies: "mint-api-ext = { path = \"ROOT/mint-api-ext\" }",
    main: r#"
use mint_api_ext::Mint;

#[tokio::main]
async fn main() -> Result<(), mint_api_ext::Error> {
    let mint = Mint::from_env()?;
    let outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
    let files = mint.download(outcome.operation()).to_dir("lamp").await?.complete()?;
    println!("{} files", files.len());
    Ok(())
}
"#,
};

/// What the same takes without a client library, as far as one call.
const BARE_MAIN: &str = r#"
#[tokio::main]
async fn main() -> reqwest::Result<()> {
    let client = CLIENT;
    let body = serde_json::json!({"prompt": "a brass lamp"});
    let request = client.post("https://api.mint.gg/v1/model-generations").bearer_auth("key").json(&body);
    let reply: serde_json::Value = request.send().await?.error_for_status()?.json().await?;
    println!("{reply}");
    Ok(())
}
"#;

const BARE: [Application; 2] = [
    Application {
        name: "bare, on ring",
        dependencies: "reqwest = { version = \"0.13\", default-features = false, features = \
            [\"http2\", \"json\", \"rustls-no-provider\", \"system-proxy\"] }\n\
            rustls = { version = \"0.23\", default-features = false, features = [\"ring\"] }\n\
            serde_json = \"1\"",
        main: "{ let _ = rustls::crypto::ring::default_provider().install_default(); reqwest::Client::new() }",
    },
    Application {
        name: "bare, as reqwest is by default",
        dependencies: "reqwest = { version = \"0.13\", features = [\"json\"] }\nserde_json = \"1\"",
        main: "reqwest::Client::new()",
    },
];

/// What one application costs.
struct Cost {
    name: &'static str,
    crates: usize,
    /// Of clean builds: unoptimised, then optimised.
    builds: [Duration; 2],
}

/// What all of it costs; the first application is ours.
struct Costs {
    applications: Vec<Cost>,
    /// The size of the quickstart, optimised and stripped.
    quickstart: u64,
}

/// Measures and prints. Times depend on the machine and are not judged.
///
/// # Errors
///
/// When something does not build, or cannot be measured.
pub(crate) fn run(workspace: &Workspace) -> Result<Exit, Problem> {
    let folder = workspace.target().join("times");
    let mut applications = vec![cost(workspace, &OURS, OURS.main, &folder)?];
    for bare in &BARE {
        applications.push(cost(workspace, bare, &BARE_MAIN.replace("CLIENT", bare.main), &folder)?);
    }
    eprintln!("building the quickstart, optimised");
    let quickstart = quickstart(workspace, &folder)?;
    let _ = fs::remove_dir_all(&folder);
    let costs = Costs { applications, quickstart };
    print!("{costs}");
    Ok(if costs.is_within_bounds() { Exit::Done } else { Exit::Failed })
}

/// Builds an application from nothing.
fn cost(workspace: &Workspace, application: &Application, main: &str, folder: &Path) -> Result<Cost, Problem> {
    let Application { name, dependencies, .. } = application;
    let outsider = Outsider::new(workspace, "times");
    let root = workspace.root().display().to_string().replace('\\', "/");
    outsider.write("src/main.rs", main)?;
    outsider.write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"application\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [workspace]\n\n[dependencies]\n{}\n\
             tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt-multi-thread\"] }}\n",
            dependencies.replace("ROOT", &root)
        ),
    )?;
    // It also fetches what the workspace does not need.
    let crates = crates(outsider.cargo()?.arg("tree"))?.len();
    let mut builds = [Duration::ZERO; 2];
    for (build, profile) in builds.iter_mut().zip(["dev", "release"]) {
        // Minutes pass until there is a table.
        eprintln!("building {name} from nothing, profile {profile}");
        let _ = fs::remove_dir_all(folder);
        let start = Spent::now();
        let mut cargo = outsider.cargo()?;
        // From there, Cargo does not find the configuration of the workspace, which optimises the generator.
        cargo.current_dir(std::env::temp_dir()).args(["build", "--quiet", "--offline", "--profile", profile]);
        // Cargo never compiles packages of a registry incrementally; ours are in a folder here.
        cargo.env("CARGO_INCREMENTAL", "0");
        output(cargo.arg("--manifest-path").arg(outsider.manifest()).env("CARGO_TARGET_DIR", folder))?;
        *build = start.elapsed();
        eprintln!("  {:.0} s", build.as_secs_f64());
    }
    Ok(Cost { name, crates, builds })
}

/// The time that the processes took that this one waited for; on other systems than Linux, the time that passed.
struct Spent {
    began: Instant,
    processes: Option<Duration>,
}

impl Spent {
    fn now() -> Self {
        Self { began: Instant::now(), processes: user_time_of_children() }
    }

    fn elapsed(&self) -> Duration {
        match (self.processes, user_time_of_children()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.began.elapsed(),
        }
    }
}

#[cfg(target_os = "linux")]
fn user_time_of_children() -> Option<Duration> {
    let ticks = ticks_of_children(&fs::read_to_string("/proc/self/stat").ok()?)?;
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

#[cfg(not(target_os = "linux"))]
fn user_time_of_children() -> Option<Duration> {
    None
}

/// The field `cutime` (proc_pid_stat(5)). The second field is a name in parentheses, which may hold anything.
#[cfg(target_os = "linux")]
fn ticks_of_children(stat: &str) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(13)?.parse().ok()
}

/// The size of the stripped quickstart.
fn quickstart(workspace: &Workspace, folder: &Path) -> Result<u64, Problem> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--locked", "--release", "--config", "profile.release.strip=true"]);
    output(cargo.args(["-p", "mint-api-ext", "--example", "quickstart"]).env("CARGO_TARGET_DIR", folder))?;
    let file = folder.join("release/examples").join(format!("quickstart{}", std::env::consts::EXE_SUFFIX));
    let metadata = fs::metadata(&file);
    Ok(metadata
        .map_err(|error| Problem::of_path("measure", &file, error, "cargo build --release --example quickstart"))?
        .len())
}

impl Costs {
    fn is_within_bounds(&self) -> bool {
        self.quickstart <= MOST_BYTES
    }
}

impl fmt::Display for Costs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = if cfg!(target_os = "linux") { "user time" } else { "time" };
        writeln!(f, "| an application on | crates | clean build, {time} | the same, optimised |")?;
        writeln!(f, "|---|--:|--:|--:|")?;
        for Cost { name, crates, builds: [debug, release] } in &self.applications {
            writeln!(f, "| {name} | {crates} | {:.0} s | {:.0} s |", debug.as_secs_f64(), release.as_secs_f64())?;
        }
        if let Some((ours, bare)) = self.applications.split_first() {
            for Cost { name, builds, .. } in bare {
                let [debug, release] = [0, 1].map(|build| ours.builds[build].div_duration_f64(builds[build]));
                writeln!(f, "| {} / {name} | | {debug:.2} | {release:.2} |", ours.name)?;
            }
        }
        writeln!(f)?;
        let [size, most] = [self.quickstart, MOST_BYTES].map(|bytes| bytes as f64 / 1e6);
        writeln!(f, "stripped release quickstart: {size:.1} MB (at most {most:.1} MB)")?;
        if !self.is_within_bounds() {
            writeln!(f, "FAIL  beyond the bound")?;
            writeln!(f, "      fix: do without what made it larger, or raise the bound with a reason")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn the_table_compares_ours_with_bare_ones() {
        let cost = |name, seconds| Cost { name, crates: 9, builds: [seconds, 3 * seconds].map(Duration::from_secs) };
        let mut costs = Costs { applications: vec![cost("ours", 60), cost("bare", 40)], quickstart: MOST_BYTES + 1 };
        let table = costs.to_string().replace("user time", "time");
        expect![[r#"
            | an application on | crates | clean build, time | the same, optimised |
            |---|--:|--:|--:|
            | ours | 9 | 60 s | 180 s |
            | bare | 9 | 40 s | 120 s |
            | ours / bare | | 1.50 | 1.50 |

            stripped release quickstart: 16.0 MB (at most 16.0 MB)
            FAIL  beyond the bound
                  fix: do without what made it larger, or raise the bound with a reason
        "#]]
        .assert_eq(&table);
        costs.quickstart = MOST_BYTES;
        assert!(costs.is_within_bounds());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_time_of_children_is_the_sixteenth_field() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4 10 20 30 40 50 60 70 80 20 0 1 0 9 9 9";
        assert_eq!(ticks_of_children(stat), Some(70));
        assert_eq!(ticks_of_children(""), None);
    }
}
