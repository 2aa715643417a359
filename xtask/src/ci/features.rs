//! Every feature of the published crates alone, and none.

use std::process::Stdio;

use serde_json::Value;

use super::gate::GateVerdict;
use super::packaged::PUBLISHED;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Checks each published package with each of its features alone, and with none. All together are checked by other gates.
/// A feature that only passes one on to another published package is checked there.
///
/// # Errors
///
/// When cargo does not say which features there are.
pub(crate) fn run(workspace: &Workspace) -> Result<GateVerdict, Problem> {
    let metadata = metadata(workspace)?;
    let mut verdict = GateVerdict::Pass;
    for package in PUBLISHED {
        for features in selections(package, features(&metadata, package)) {
            let shown = format!("cargo check -p {package} --no-default-features --features={features}");
            println!("{shown}");
            let mut command = workspace.cargo();
            let status = command
                .args(["check", "--quiet", "-p", package, "--no-default-features", "--features", &features])
                .status();
            if !status.map_err(Problem::of_cargo)?.success() {
                eprintln!("error: this fails: {shown}");
                verdict = GateVerdict::Fail;
            }
        }
    }
    Ok(verdict)
}

/// What cargo knows of the members of the workspace.
pub(crate) fn metadata(workspace: &Workspace) -> Result<Value, Problem> {
    let mut command = workspace.cargo();
    let output = command.args(["metadata", "--no-deps", "--format-version", "1"]).stderr(Stdio::inherit()).output();
    serde_json::from_slice(&output.map_err(Problem::of_cargo)?.stdout)
        .map_err(|error| Problem::new("cannot read the workspace", error, "run `cargo metadata` and mend what it says"))
}

/// The member of this name.
pub(crate) fn package<'a>(metadata: &'a Value, name: &str) -> Option<&'a Value> {
    metadata["packages"].as_array()?.iter().find(|package| package["name"] == name)
}

fn features(metadata: &Value, name: &str) -> Vec<String> {
    let features = package(metadata, name).and_then(|package| package["features"].as_object());
    let own = features
        .into_iter()
        .flatten()
        .filter(|(name, enables)| *name != "default" && !name.starts_with('_') && !is_passed_on(enables));
    own.map(|(name, _)| name.clone()).collect()
}

/// Each of the features alone, and none. `mint-api-ext` is refused without TLS, so that it has rustls beside each.
fn selections(package: &str, features: Vec<String>) -> Vec<String> {
    const TLS: [&str; 3] = ["aws-lc", "native-tls", "rustls"];
    match package {
        "mint-api-ext" => features
            .into_iter()
            .map(|feature| if TLS.contains(&&*feature) { feature } else { format!("rustls,{feature}") })
            .collect(),
        _ => std::iter::once(String::new()).chain(features).collect(),
    }
}

/// Whether a feature does nothing but enable features of published packages.
fn is_passed_on(enables: &Value) -> bool {
    let enables: Vec<_> = enables.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let published = |feature: &&str| feature.split_once('/').is_some_and(|(package, _)| PUBLISHED.contains(&package));
    !enables.is_empty() && enables.iter().all(published)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_off_the_workspace() {
        let metadata = metadata(&Workspace::of_this_build()).unwrap();
        assert!(features(&metadata, "openapi-client-codegen").contains(&"source".to_owned()));
        let selections = |package| selections(package, features(&metadata, package));
        assert_eq!(
            selections("mint-api"),
            ["", "aws-lc", "native-tls", "rustls", "schemars", "socks", "test-builders"]
        );
        assert_eq!(
            selections("mint-api-ext"),
            [
                "aws-lc",
                "rustls,catalog",
                "rustls,cli",
                "rustls,glb",
                "native-tls",
                "rustls,object-store",
                "rustls,progress",
                "rustls",
                "rustls,simulator",
                "rustls,unpack"
            ]
        );
    }
}
