//! What changes upstream write, and what they refuse.

use super::*;

/// The document with one field more in a reply, in the version 2.0.0.
fn growing() -> String {
    newer().replacen("\"name\": {", "\"size\": {\"type\": \"integer\"}, \"name\": {", 1)
}

#[test]
fn what_changed_is_told_and_goes_into_the_changelog_once() {
    let fixture = Fixture::in_sync();
    let changelog = || read(&fixture.workspace.changelog());
    assert_eq!(changelog(), "# Changelog\n\n## [Unreleased]\n");

    let regenerated = fixture.regen(&growing(), 2).unwrap();
    assert_eq!(regenerated.files[0], ("CHANGELOG.md".into(), Change::Changed));
    assert_eq!(regenerated.end(), Exit::Done);
    let drift = regenerated.drift.as_ref().unwrap().to_text();
    assert!(
        drift.contains("Thing.size") && regenerated.to_string().ends_with(&format!("\n\n{drift}")),
        "{regenerated}"
    );
    let once = changelog();
    expect![[r#"
        # Changelog

        ## [Unreleased]

        ### Changed

        - The document of the API is version 2.0.0, taken on 2026-01-02; suggested version bump: minor (0.x: the third number), because field `types::Thing::size` is new:
          - `Thing.size`: the optional property is new (D342)
          - one change that no client feels
    "#]].assert_eq(&once);

    let again = fixture.regen(&growing(), 3).unwrap();
    assert_eq!(changes(&again), [Change::Unchanged; 3]);
    assert!(!again.to_string().contains("suggested version bump"), "{again}");
    assert_eq!(changelog(), once);

    fixture.regen(DOCUMENT, 4).unwrap();
    assert!(changelog().starts_with(once.trim_end()) && changelog().contains("**Breaking:** "), "{}", changelog());
}

#[test]
fn another_order_is_written_and_is_no_change() {
    let fixture = Fixture::in_sync();
    let files = fixture.files();
    let turned = DOCUMENT.replacen(
        "\"title\": \"Small API\",\n    \"version\": \"1.0.0\"",
        "\"version\": \"1.0.0\",\n    \"title\": \"Small API\"",
        1,
    );
    let regenerated = fixture.regen(&turned, 2).unwrap();
    assert_eq!(changes(&regenerated), [Change::Changed, Change::Changed, Change::Unchanged]);
    assert_ne!(fixture.files(), files);
    assert_eq!(read(&fixture.workspace.changelog()), "# Changelog\n\n## [Unreleased]\n");
}

#[test]
fn a_changelog_without_a_place_refuses_the_document() {
    for text in [None, Some("# Changelog\n")] {
        let fixture = Fixture::in_sync();
        fs::remove_file(fixture.workspace.changelog()).unwrap();
        if let Some(text) = text {
            fs::write(fixture.workspace.changelog(), text).unwrap();
        }
        let files = fixture.files();
        let problem = fixture.regen(&growing(), 2).unwrap_err();
        assert!(problem.what.contains("CHANGELOG.md"), "{problem}");
        assert_eq!(fixture.files(), files);
        // Where nothing changed, it is not needed.
        fixture.regen(DOCUMENT, 2).unwrap();
    }
}

#[test]
fn what_was_changed_by_hand_is_not_compared() {
    let fixture = Fixture::in_sync();
    edit(&fixture.workspace.document(), "Small API", "Our API");
    let regenerated = fixture.regen(&growing(), 2).unwrap();
    assert!(regenerated.to_string().starts_with("note       the document before is missing or not the one"));
    assert_eq!(read(&fixture.workspace.changelog()), "# Changelog\n\n## [Unreleased]\n");
}

#[test]
fn by_force_it_is_written_and_what_is_broken_is_told() {
    let fixture = Fixture::in_sync();
    let lowering = read(&fixture.workspace.lowering());
    let regenerated = fixture.force(&DOCUMENT.replacen("3.1.0", "4.0.0", 1), 2).unwrap();
    assert_eq!(regenerated.end(), Exit::Failed);
    expect![[r#"
        note       what changed cannot be told: 1 construct(s) of the document cannot be turned into Rust:
        note         R003 at /openapi: `4.0.0` is neither 3.0, 3.1 nor 3.2; convert the document to OpenAPI 3.1 first
        changed    openapi/openapi.json
        changed    openapi/openapi.lock
        version    1.0.0
        sha256     03ed2ba22d88e24fbd1d40af7a77d13eb051ca4540c40931ca1d0ec202bfab8e
        broken     no client can be generated
                     1 construct(s) of the document cannot be turned into Rust:
                       R003 at /openapi: `4.0.0` is neither 3.0, 3.1 nor 3.2; convert the document to OpenAPI 3.1 first
                     fix: pass a document of OpenAPI 3.0, 3.1 or 3.2
    "#]]
    .assert_eq(&regenerated.to_string());
    assert_eq!(read(&fixture.workspace.lowering()), lowering);
    assert_eq!(fixture.lock().date, "2026-01-02");
    assert!(matches!(&check(&fixture.workspace).unwrap()[..], [Finding::Broken(_)]));
    // What is generated from the operations that are left is told, and nothing is lost.
    let fixture = Fixture::in_sync();
    let regenerated = fixture.force(&DOCUMENT.replacen("\"in\": \"path\"", "\"in\": \"body\"", 1), 2).unwrap();
    assert_eq!(regenerated.end(), Exit::Failed);
    assert!(read(&fixture.workspace.lowering()).contains("R101"));
    // Force is for what is in the way, and changes nothing where nothing is.
    let fixture = Fixture::in_sync();
    assert_eq!(fixture.force(DOCUMENT, 2).unwrap().end(), Exit::Done);
}

#[test]
fn an_overlay_that_does_not_fit_refuses_the_document() {
    let fixture = Fixture::in_sync();
    let action = r#",
        {"target": "$.components.schemas.Thing.properties.name", "update": {"maxLength": 5},
         "x-provenance": {"source": "the makers", "confidence": "H"}}
  ]
}
"#;
    edit(&fixture.workspace.overlay(), "\n  ]\n}\n", action);
    fixture.regen(DOCUMENT, 1).unwrap();
    let files = fixture.files();
    let without = DOCUMENT.replacen("\"name\": {", "\"title\": {", 1);
    let problem = fixture.regen(&without, 2).unwrap_err();
    assert_eq!(fixture.files(), files);
    expect![[r#"
        `day-2.md` cannot be taken; nothing was written
          `openapi/overlay.json`: actions[1] (`$.components.schemas.Thing.properties.name`) is dead
          the document has nothing at `$.components.schemas.Thing.properties.name`
          fix: point each action at the new place, or remove it when it is not needed any more; then cargo xtask regen --from openapi/openapi.json; or write it all the same, to mend it there: --force"#]].assert_eq(&problem.to_string());

    let regenerated = fixture.force(&without, 2).unwrap();
    assert_eq!(regenerated.end(), Exit::Failed);
    assert!(matches!(&check(&fixture.workspace).unwrap()[..], [Finding::OutOfDate(_)]));
}

#[test]
fn a_source_with_an_etag_takes_the_place_of_one_without() {
    let fixture = Fixture::in_sync();
    let url = |path: &str| Origin { kind: OriginKind::Url, location: format!("https://api.mint.gg/{path}") };
    let taken = |origin: Origin, etag: Option<&str>| Taken {
        document: openapi_client_codegen::parse_json(DOCUMENT).unwrap(),
        origin,
        etag: etag.map(str::to_owned),
        path: None,
        notes: Vec::new(),
    };
    let file = fixture.lock().origin;
    for (from, etag, expected) in [
        (url("a"), None, (&file, None)),
        (url("a"), Some("1"), (&url("a"), Some("1"))),
        (url("a"), Some("2"), (&url("a"), Some("2"))),
        (url("b"), None, (&url("a"), Some("2"))),
        (url("a"), None, (&url("a"), None)),
        (url("b"), Some("3"), (&url("b"), Some("3"))),
    ] {
        fixture.take(&taken(from, etag), 9).unwrap();
        let lock = fixture.lock();
        assert_eq!((&lock.origin, lock.etag.as_deref()), expected);
        assert_eq!((lock.date.as_str(), lock.version.as_str()), ("2026-01-01", "1.0.0"));
    }
}

#[test]
fn a_missing_parent_is_named_once() {
    let fixture = Fixture::in_sync();
    let action = |name: &str| {
        format!(
            r#",
        {{"target": "$.components.schemas.Thing.properties", "update": {{"{name}": {{}}}},
         "x-provenance": {{"source": "the makers", "confidence": "H"}}}}"#
        )
    };
    edit(&fixture.workspace.overlay(), "\n  ]\n}\n", &format!("{}{}\n  ]\n}}\n", action("a"), action("b")));
    fixture.regen(DOCUMENT, 1).unwrap();
    let problem = fixture.regen(&DOCUMENT.replacen("\"components\"", "\"x-components\"", 1), 2).unwrap_err();
    expect![[r#"
        `day-2.md` cannot be taken; nothing was written
          `openapi/overlay.json`: 2 actions are dead: 1-2
          the document has nothing at `$.components`
          fix: point each action at the new place, or remove it when it is not needed any more; then cargo xtask regen --from openapi/openapi.json; or write it all the same, to mend it there: --force"#]].assert_eq(&problem.to_string());
}

#[test]
fn a_required_scheme_that_is_not_defined_refuses_the_document() {
    let fixture = Fixture::in_sync();
    let without = DOCUMENT.replacen("\"paths\"", "\"security\": [{\"key\": []}],\n  \"paths\"", 1);
    let problem = fixture.regen(&without, 2).unwrap_err();
    expect![[r#"
        `day-2.md` cannot be taken; nothing was written
          1 security requirement(s) name a scheme that the document does not define
          `key` is required, and `components.securitySchemes` does not define it
          fix: define it by an action of `openapi/overlay.json`, or ask who publishes the document to define it; or write it all the same, to mend it there: --force"#]].assert_eq(&problem.to_string());
    fixture.force(&without, 2).unwrap();
    assert!(matches!(&check(&fixture.workspace).unwrap()[..], [Finding::Broken(_)]));
}

#[test]
fn what_regen_takes_check_takes() {
    for version in ["1.0", "1", "null", "[1]"] {
        let fixture = Fixture::in_sync();
        fixture.regen(&DOCUMENT.replacen("\"1.0.0\"", version, 1), 2).unwrap();
        assert_eq!(check(&fixture.workspace).unwrap(), [], "{version}");
    }
}
