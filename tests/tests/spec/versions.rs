//! The table of versions in the guide has the versions that the workspace depends on.

const GUIDE: &str = include_str!("../../../mint-api-ext/src/guide/versions.rs");
const WORKSPACE: &str = include_str!("../../../Cargo.toml");

/// The version in a line such as `url = "2.5.7"` or `tokio = { version = "1.48", ... }`; of a crate of ours, after its path.
fn version_of(name: &str) -> Option<&'static str> {
    let line = WORKSPACE.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "))?;
    line.split_once("version = ").map_or(line, |(_, version)| version).split('"').nth(1)
}

#[test]
fn the_guide_names_the_versions_in_use() {
    let rows = GUIDE.lines().filter_map(|line| line.strip_prefix("//! | `")?.split_once("` | "));
    let rows: Vec<_> = rows.filter_map(|(name, rest)| Some((name, rest.split_once(" |")?.0))).collect();
    assert!(rows.len() >= 8, "{rows:?}");
    for (name, shown) in rows {
        let version = version_of(name).unwrap_or_else(|| panic!("{name} is no dependency of the workspace"));
        assert!(version == shown || version.starts_with(&format!("{shown}.")), "{name}: {version}, and not {shown}");
    }
}
