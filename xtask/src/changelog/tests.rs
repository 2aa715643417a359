use expect_test::{Expect, expect};
use serde_json::json;

use super::*;

#[track_caller]
fn check(changelog: &str, expected: Expect) {
    let added = add(changelog, "- New.\n  - More.\n").unwrap();
    expected.assert_eq(&added);
    // A second entry comes after the first one.
    let twice = add(&added, "- Newer.\n").unwrap();
    assert_eq!(twice, added.replacen("  - More.\n", "  - More.\n- Newer.\n", 1));
}

#[test]
fn the_entry_is_the_last_of_its_section() {
    check(
        "# Changelog\n\n## [Unreleased]\n\n### Changed\n\n- Old.\n\n### Fixed\n\n- Bug.\n\n## [1.0.0]\n\n### Changed\n\n- First.\n",
        expect![[r#"
            # Changelog

            ## [Unreleased]

            ### Changed

            - Old.
            - New.
              - More.

            ### Fixed

            - Bug.

            ## [1.0.0]

            ### Changed

            - First.
        "#]],
    );
}

#[test]
fn the_section_is_made_in_its_place() {
    check(
        "## [Unreleased]\n\n### Added\n\n- Old.\n\n### Removed\n\n- Gone.\n",
        expect![[r#"
            ## [Unreleased]

            ### Added

            - Old.

            ### Changed

            - New.
              - More.

            ### Removed

            - Gone.
        "#]],
    );
    check(
        "## [Unreleased]\n\n## [1.0.0]\n\n- First.\n",
        expect![[r#"
            ## [Unreleased]

            ### Changed

            - New.
              - More.

            ## [1.0.0]

            - First.
        "#]],
    );
    check(
        "## [Unreleased]\n\n### Changed\n\n[Unreleased]: https://example.com\n",
        expect![[r#"
            ## [Unreleased]

            ### Changed

            - New.
              - More.

            [Unreleased]: https://example.com
        "#]],
    );
    check(
        "## [unreleased]",
        expect![[r#"
            ## [unreleased]

            ### Changed

            - New.
              - More.
        "#]],
    );
}

#[test]
fn without_the_part_there_is_no_place() {
    assert!(add("# Changelog\n\n## [1.0.0]\n", "- New.\n").is_err());
}

#[test]
fn an_entry_names_what_is_felt_and_counts_the_rest() {
    let old: serde_json::Value = serde_json::from_str(crate::testing::DOCUMENT).unwrap();
    let mut new = old.clone();
    new["info"]["title"] = json!("Large API");
    new["components"]["schemas"]["Thing"]["properties"]["size"] = json!({"type": "integer"});
    new["paths"]["/things"] = json!({"get": {"responses": {"204": {"description": "None."}}}});
    let drift = openapi_client_codegen::diff::diff(&old, &new).unwrap();
    expect![[r#"
        - The document of the API is version 2, taken on 2026-01-02; suggested version bump: minor (0.x: the third number), because function `Client::get_things` is new (3 public items change):
          - `Thing.size`: the optional property is new (D342)
          - GET /things is new (D101)
          - one change that no client feels
    "#]].assert_eq(&entry(&drift, "2", "2026-01-02"));

    let drift = openapi_client_codegen::diff::diff(&new, &old).unwrap();
    expect![[r#"
        - The document of the API is version 3, taken on 2026-01-03; suggested version bump: major (0.x: the second number), because function `Client::get_things` is gone (3 public items change):
          - **Breaking:** GET /things is gone (D102)
          - **Breaking:** `Thing.size`: the optional property is gone (D343)
          - one change that no client feels
    "#]].assert_eq(&entry(&drift, "3", "2026-01-03"));
}
