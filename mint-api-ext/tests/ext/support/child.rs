//! Tests that need a process of their own: each runs itself again in one.

use std::env;
use std::process::Command;

const MARK: &str = "MINT_API_EXT_TEST_CHILD";

/// For `SSL_CERT_FILE` of a process: in debug, reading all certificates of the system takes longer than what most tests do.
pub(crate) const FEW_CERTIFICATES: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/loopback/src/tls/certificate.pem");

/// Runs `check` in a child process, in paused time; `test` is the full name of the calling test.
///
/// All tests of a process share what `tracing` knows of call sites: one first met while another thread makes a
/// subscriber may stay silent for good.
pub(crate) fn in_child(test: &str, check: impl Future<Output = ()>) {
    if env::var(MARK).is_ok_and(|running| running == test) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        return runtime.enable_all().start_paused(true).build().unwrap().block_on(check);
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, test);
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    // A name that no test has would pass with nothing run.
    assert!(output.status.success() && text.contains("1 passed"), "{test} in a child process:\n{text}");
}
