//! Runs a test in a process of its own.

use std::env;
use std::process::Command;

const MARK: &str = "MINT_API_TEST_CHILD";

/// Runs `check` in a child process with these variables. `test` is the full name of the calling test.
///
/// The tests of one process share its environment, which is unsafe to change, and the call sites of `tracing`.
pub(crate) fn in_child(test: &str, variables: &[(&str, &str)], check: impl FnOnce()) {
    if env::var(MARK).is_ok_and(|running| running == test) {
        return check();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, test);
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    // With a wrong name, the child would run no test and succeed.
    assert!(output.status.success() && text.contains("1 passed"), "{test} in a child process:\n{text}");
}

pub(crate) fn block_on(future: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}
