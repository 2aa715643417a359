use expect_test::{Expect, expect};

use super::*;
use crate::testing::{Fixture, edit, read};

/// Changes one thing in a workspace that is in sync, and compares what `check` finds.
#[track_caller]
fn check_after(change: impl FnOnce(&Workspace), expected: Expect) {
    let fixture = Fixture::in_sync();
    assert_eq!(check(&fixture.workspace).unwrap(), []);
    change(&fixture.workspace);
    let findings = check(&fixture.workspace).unwrap();
    let text: String = findings.iter().map(|finding| format!("{}\n", shown(finding))).collect();
    expected.assert_eq(&text);
}

fn shown(finding: &Finding) -> String {
    match finding {
        Finding::OutOfDate(problem) => format!("out of date: {problem}"),
        Finding::Broken(problem) => format!("broken: {problem}"),
    }
}

/// Changes the document and the lock with it, as somebody would who edits both by hand.
fn edit_and_lock(workspace: &Workspace, from: &str, to: &str) {
    edit(&workspace.document(), from, to);
    let lock = Lock::parse(&read(&workspace.lock())).unwrap();
    let lock = Lock { sha256: sha256(&read(&workspace.document())), ..lock };
    fs::write(workspace.lock(), lock.to_text()).unwrap();
}

#[test]
fn a_word_changed_by_hand() {
    check_after(
        |workspace| edit(&workspace.document(), "Small API", "Our API"),
        expect![[r#"
            out of date: `openapi/openapi.json` was changed by hand
              its SHA-256 is b9a4da42912e1489a389b8fadc1bd4bddba333d8e06c41c6b48f0757c8bb9b41
              its lock says   44364ebadc93dd87e48ded4645f68317afebda3c8edc049727481ef07fbb3a2d
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
}

#[test]
fn a_layout_changed_by_hand() {
    check_after(
        |workspace| edit(&workspace.document(), "  \"info\"", "\t\"info\""),
        expect![[r#"
            out of date: `openapi/openapi.json` was changed by hand
              its SHA-256 is 674353391e1178c331eee2e8bf888edc9282fecd8879bad972ee01cd4f477947
              its lock says   44364ebadc93dd87e48ded4645f68317afebda3c8edc049727481ef07fbb3a2d
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
            out of date: `openapi/openapi.json` is not canonical
              its layout is not the one that regen writes: two spaces, LF, a final newline
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
    check_after(
        |workspace| edit_and_lock(workspace, "  \"info\"", "\t\"info\""),
        expect![[r#"
            out of date: `openapi/openapi.json` is not canonical
              its layout is not the one that regen writes: two spaces, LF, a final newline
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
}

#[test]
fn a_document_that_is_none() {
    check_after(
        |workspace| fs::write(workspace.document(), "{\n").unwrap(),
        expect![[r#"
            out of date: `openapi/openapi.json` cannot be used
              not a readable JSON document: EOF while parsing an object at line 2 column 0
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
    check_after(
        |workspace| fs::write(workspace.document(), b"{}\xff").unwrap(),
        expect![[r#"
            out of date: `openapi/openapi.json` cannot be used
              invalid utf-8 sequence of 1 bytes from index 2
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
    check_after(
        |workspace| fs::remove_file(workspace.document()).unwrap(),
        expect![[r#"
            out of date: `openapi/openapi.json` cannot be used
              it is missing
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "#]],
    );
}

#[test]
fn a_lock_that_is_none() {
    check_after(
        |workspace| fs::write(workspace.lock(), "{}").unwrap(),
        expect![[r#"
        out of date: `openapi/openapi.lock` cannot be used
          not a readable JSON document: openapi.lock: missing field `origin` at line 1 column 2
          fix: cargo xtask regen --from FILE (the published document, or its docs page)
    "#]],
    );
    check_after(
        |workspace| fs::remove_file(workspace.lock()).unwrap(),
        expect![[r#"
        out of date: `openapi/openapi.lock` cannot be used
          it is missing
          fix: cargo xtask regen --from FILE (the published document, or its docs page)
    "#]],
    );
}

#[test]
fn a_lock_of_another_version() {
    check_after(
        |workspace| edit(&workspace.lock(), "1.0.0", "0.9.0"),
        expect![[r#"
            out of date: `openapi/openapi.lock` has another version than the document
              the document says "1.0.0", its lock says "0.9.0"
              fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)
        "#]],
    );
}

#[test]
fn a_stale_report() {
    check_after(
        |workspace| edit(&workspace.lowering(), "# What became", "# What becomes"),
        expect![[r##"
            out of date: `openapi/lowering.md` is stale
              line 1 is    "# What becomes of the document on its way to Rust"
              it should be "# What became of the document on its way to Rust"
              fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)
        "##]],
    );
    check_after(
        |workspace| fs::remove_file(workspace.lowering()).unwrap(),
        expect![[r#"
            out of date: `openapi/lowering.md` is stale
              it is missing
              fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)
        "#]],
    );
}

#[test]
fn a_hand_edit_is_not_taken_for_the_source_of_the_report() {
    check_after(
        |workspace| {
            edit(&workspace.document(), "Small API", "Our API");
            edit(&workspace.lowering(), "# What became", "# What becomes");
        },
        expect![[r##"
            out of date: `openapi/openapi.json` was changed by hand
              its SHA-256 is b9a4da42912e1489a389b8fadc1bd4bddba333d8e06c41c6b48f0757c8bb9b41
              its lock says   44364ebadc93dd87e48ded4645f68317afebda3c8edc049727481ef07fbb3a2d
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
            out of date: `openapi/lowering.md` is stale
              line 1 is    "# What becomes of the document on its way to Rust"
              it should be "# What became of the document on its way to Rust"
              fix: cargo xtask regen --from FILE (the published document, or its docs page; the last one was `day-1.md`)
        "##]],
    );
}

#[test]
fn a_document_that_no_longer_generates() {
    check_after(
        |workspace| edit_and_lock(workspace, "\"in\": \"path\"", "\"in\": \"body\""),
        expect![[r#"
            broken: no client can be generated from `openapi/openapi.json`
              1 construct(s) of the document cannot be turned into Rust:
                R101 at /paths/~1things~1{id}/get/parameters/0: a parameter in `body`; the generator writes path, query, header and cookie
              fix: add the rule that is missing to `openapi/codegen/src/lower`
        "#]],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_no_verdict() {
    let fixture = Fixture::in_sync();
    fs::remove_file(fixture.workspace.lowering()).unwrap();
    fs::create_dir(fixture.workspace.lowering()).unwrap();
    let problem = check(&fixture.workspace).unwrap_err();
    assert!(problem.what.starts_with("cannot read `") && problem.what.contains("lowering.md"), "{problem}");
}

#[test]
fn the_first_difference_is_shown() {
    assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
    for (text, difference) in [
        ("a\nc\n", "line 2 is    \"c\"\nit should be \"b\""),
        ("a\n", "line 2 is    \"\"\nit should be \"b\""),
        ("a\nb", "line 3 is    nothing\nit should be \"\""),
        ("a\nb\n\n", "line 4 is    \"\"\nit should be nothing"),
        ("a\r\nb\r\n", "line 1 is    \"a\\r\"\nit should be \"a\""),
    ] {
        assert_eq!(first_difference(text, "a\nb\n").as_deref(), Some(difference));
    }
}

#[test]
fn the_vendored_files_are_in_sync() {
    assert_eq!(check(&Workspace::of_this_build()).unwrap(), []);
}

/// The overlay of a workspace in sync, with one more action.
fn with_action(workspace: &Workspace, action: &str) {
    let action =
        format!(",\n    {{{action}, \"x-provenance\": {{\"source\": \"s\", \"confidence\": \"M\"}}}}\n  ]\n}}\n");
    edit(&workspace.overlay(), "\n  ]\n}\n", &action);
}

#[test]
fn actions_that_no_longer_fit() {
    check_after(
        |workspace| with_action(workspace, r#""target": "$.components.schemas.Gone.properties", "update": {"a": {}}"#),
        expect![[r#"
            out of date: `openapi/overlay.json`: actions[1] (`$.components.schemas.Gone.properties`) is dead
              the document has nothing at `$.components.schemas.Gone`
              fix: point each action at the new place, or remove it when it is not needed any more; then cargo xtask regen --from openapi/openapi.json
        "#]],
    );
    check_after(
        |workspace| with_action(workspace, r#""target": "$.components.schemas", "update": {"Thing": {}}"#),
        expect![[r#"
            out of date: `openapi/overlay.json`: actions[1] (`$.components.schemas`) is superseded
              the document has /components/schemas/Thing
              fix: remove what the document has, or no longer has, from the action; remove an empty action; then cargo xtask regen --from openapi/openapi.json
        "#]],
    );
    check_after(
        |workspace| with_action(workspace, r#""target": "$.components.schemas.Thing.type", "update": "string""#),
        expect![[r#"
            out of date: `openapi/overlay.json`: actions[1] (`$.components.schemas.Thing.type`) is conflicting
              /components/schemas/Thing/type is "object", and the action says "string"
              fix: make the action agree with the document; to replace a value, remove it by an action before; then cargo xtask regen --from openapi/openapi.json
        "#]],
    );
}

#[test]
fn what_the_overlay_adds_is_in_the_report() {
    check_after(
        |workspace| {
            with_action(workspace, r#""target": "$.components.schemas", "update": {"New": {"type": "string"}}"#)
        },
        expect![[r###"
            out of date: `openapi/lowering.md` is stale
              line 19 is    "## 6 kept"
              it should be "## 7 kept"
              fix: cargo xtask regen --from openapi/openapi.json (at the root of the workspace)
        "###]],
    );
}

#[test]
fn an_overlay_that_is_none() {
    check_after(
        |workspace| fs::write(workspace.overlay(), "{}").unwrap(),
        expect![[r#"
            broken: `openapi/overlay.json` is no overlay
              the overlay cannot be used: missing field `overlay`
              fix: change what is named; `openapi/README.md` says how an action is written
        "#]],
    );
    check_after(
        |workspace| edit(&workspace.overlay(), "\"confidence\": \"H\"", "\"confidence\": \"sure\""),
        expect![[r#"
            broken: `openapi/overlay.json` is no overlay
              the overlay cannot be used: actions[0] (`$.paths`): x-provenance: unknown variant `sure`, expected one of `H`, `H-M`, `M-H`, `M`, `L-M`, `M-L`, `L`
              fix: change what is named; `openapi/README.md` says how an action is written
        "#]],
    );
    let fixture = Fixture::in_sync();
    fs::remove_file(fixture.workspace.overlay()).unwrap();
    let findings = check(&fixture.workspace).unwrap();
    let [Finding::Broken(problem)] = &findings[..] else { panic!("{findings:?}") };
    assert!(problem.what.starts_with("cannot read `") && problem.what.contains("overlay.json"), "{problem}");
    assert_eq!(problem.fix, "git checkout -- openapi/overlay.json");
}
