mod drift;

use expect_test::{Expect, expect};
use openapi_client_codegen::source::{Origin, OriginKind};

use super::*;
use crate::check::Finding;
use crate::check::check;
use crate::testing::{DOCUMENT, Fixture, edit, read};

fn changes(regenerated: &Regenerated) -> Vec<Change> {
    regenerated.files.iter().map(|(_, change)| *change).collect()
}

/// What is said, without what the comparison itself says.
fn said(regenerated: &Regenerated) -> String {
    let drift = regenerated.drift.as_ref().map(Drift::to_text).unwrap_or_default();
    regenerated.to_string().replace(&drift, "<drift>\n")
}

/// The document with another version.
fn newer() -> String {
    DOCUMENT.replacen("1.0.0", "2.0.0", 1)
}

fn page(block: &str) -> String {
    format!("# Get it\n\nText.\n\n````json\n{block}````\n")
}

#[test]
fn twice_changes_nothing() {
    let fixture = Fixture::empty();
    assert_eq!(changes(&fixture.regen(DOCUMENT, 1).unwrap()), [Change::Changed; 3]);
    let files = fixture.files();
    assert_eq!(read(&fixture.workspace.document()), DOCUMENT);
    assert_eq!(changes(&fixture.regen(DOCUMENT, 2).unwrap()), [Change::Unchanged; 3]);
    assert_eq!(changes(&fixture.regen_from_itself(3).unwrap()), [Change::Unchanged; 3]);
    assert_eq!(fixture.files(), files);
}

#[test]
fn every_form_of_a_document_gives_the_same_file() {
    let compact = serde_json::to_string(&openapi_client_codegen::parse_json(DOCUMENT).unwrap()).unwrap();
    let yaml = compact.replacen('{', "openapi: 3.1.0\n", 1).replacen("\"openapi\":\"3.1.0\",", "", 1);
    // The outer braces go and each of the three fields gets a line: YAML whose values are in the flow style.
    let yaml = yaml.replace(",\"paths\":", "\npaths: ").replace(",\"components\":", "\ncomponents: ");
    let yaml = yaml.replace("\"info\":", "info: ").strip_suffix('}').unwrap().to_owned();
    let forms = [
        page(DOCUMENT),
        page(&format!("{yaml}\n")),
        yaml,
        compact,
        DOCUMENT.replace('\n', "\r\n"),
        format!("\u{feff}{DOCUMENT}"),
    ];
    for text in forms {
        let fixture = Fixture::empty();
        fixture.regen(&text, 1).unwrap();
        assert_eq!(read(&fixture.workspace.document()), DOCUMENT, "{text}");
        assert_eq!(fixture.lock().sha256, sha256(DOCUMENT));
    }
}

#[test]
fn numbers_are_the_same_when_read_again() {
    // Read without care for the last digit, the first is written back with another one.
    let yaml = "openapi: 3.1.0\ninfo: {title: T, version: '1', x-n: [1.3086802819600499e-231, 1.0, 1]}\npaths: {}\n";
    let fixture = Fixture::empty();
    fixture.regen(yaml, 1).unwrap();
    assert_eq!(check(&fixture.workspace).unwrap(), []);
    assert_eq!(changes(&fixture.regen_from_itself(2).unwrap()), [Change::Unchanged; 3]);
}

#[test]
fn the_date_changes_with_the_bytes_alone() {
    let fixture = Fixture::in_sync();
    let lock = fixture.lock();
    assert_eq!((lock.date.as_str(), lock.origin.location.as_str()), ("2026-01-01", "day-1.md"));

    fixture.regen(&page(DOCUMENT), 2).unwrap();
    assert_eq!(fixture.lock(), lock);

    fixture.regen(&newer(), 3).unwrap();
    let lock = fixture.lock();
    assert_eq!((lock.date.as_str(), lock.version.as_str()), ("2026-01-03", "2.0.0"));
    assert_eq!(lock.origin.location, "day-3.md");
}

#[test]
fn a_lock_that_is_right_keeps_its_bytes() {
    let fixture = Fixture::in_sync();
    let compact = serde_json::to_string(&fixture.lock()).unwrap();
    fs::write(fixture.workspace.lock(), &compact).unwrap();
    fixture.regen(DOCUMENT, 2).unwrap();
    assert_eq!(read(&fixture.workspace.lock()), compact);
}

#[test]
fn a_wrong_version_in_the_lock_is_mended_and_the_date_kept() {
    let fixture = Fixture::in_sync();
    let lock = fixture.lock();
    fs::write(fixture.workspace.lock(), Lock { version: "9".into(), ..lock.clone() }.to_text()).unwrap();
    fixture.regen(DOCUMENT, 2).unwrap();
    assert_eq!(fixture.lock(), lock);
}

#[test]
fn a_lock_that_is_none_is_replaced() {
    let fixture = Fixture::in_sync();
    fs::write(fixture.workspace.lock(), "{}").unwrap();
    fixture.regen(DOCUMENT, 2).unwrap();
    assert_eq!(fixture.lock().date, "2026-01-02");
}

#[test]
fn a_hand_edit_is_undone() {
    let fixture = Fixture::in_sync();
    let files = fixture.files();
    fs::write(fixture.workspace.document(), newer()).unwrap();
    let regenerated = fixture.regen(DOCUMENT, 2).unwrap();
    assert_eq!(changes(&regenerated), [Change::Changed, Change::Unchanged, Change::Unchanged]);
    assert_eq!(fixture.files(), files);
}

#[test]
fn a_hand_edit_is_no_source() {
    let fixture = Fixture::in_sync();
    fs::write(fixture.workspace.document(), newer()).unwrap();
    let files = fixture.files();
    let problem = fixture.regen_from_itself(2).unwrap_err();
    assert!(problem.what.contains("`openapi/openapi.json` is not the document"), "{problem}");
    assert_eq!(fixture.files(), files);
}

#[test]
fn a_document_of_3_0_is_taken() {
    let fixture = Fixture::in_sync();
    let document = r#"{"openapi": "3.0.3", "info": {"title": "T", "version": "3"}, "paths": {}}"#;
    fixture.regen(document, 2).unwrap();
    assert_eq!(fixture.lock().version, "3");
}

#[track_caller]
fn check_refused(text: &str, expected: Expect) {
    let fixture = Fixture::in_sync();
    let files = fixture.files();
    let problem = fixture.regen(text, 2).unwrap_err();
    assert_eq!(fixture.files(), files);
    expected.assert_eq(&problem.to_string());
}

#[test]
fn what_is_no_document_leaves_the_old_files() {
    check_refused(
        "<html><body>Not found</body></html>",
        expect![[r#"
        `day-2.md` holds no OpenAPI document
          not a readable OpenAPI document: it is a page in HTML, or XML
          fix: pass the document as JSON, as YAML, or as a docs page in Markdown"#]],
    );
    check_refused(
        &page(&DOCUMENT[..DOCUMENT.len() / 2]),
        expect![[r#"
        `day-2.md` holds no OpenAPI document
          not a readable JSON document: EOF while parsing an object at line 30 column 0
          fix: pass the document as JSON, as YAML, or as a docs page in Markdown"#]],
    );
}

#[test]
fn what_cannot_be_generated_leaves_the_old_files() {
    check_refused(
        &DOCUMENT.replacen("\"in\": \"path\"", "\"in\": \"body\"", 1),
        expect![[r#"
            `day-2.md` cannot be taken; nothing was written
              no client can be generated
              1 construct(s) of the document cannot be turned into Rust:
                R101 at /paths/~1things~1{id}/get/parameters/0: a parameter in `body`; the generator writes path, query, header and cookie
              fix: add the rule that is missing to `openapi/codegen/src/lower`; or write it all the same, to mend it there: --force"#]],
    );
    check_refused(
        &DOCUMENT.replacen("3.1.0", "4.0.0", 1),
        expect![[r#"
            `day-2.md` cannot be taken; nothing was written
              no client can be generated
              1 construct(s) of the document cannot be turned into Rust:
                R003 at /openapi: `4.0.0` is neither 3.0, 3.1 nor 3.2; convert the document to OpenAPI 3.1 first
              fix: pass a document of OpenAPI 3.0, 3.1 or 3.2; or write it all the same, to mend it there: --force"#]],
    );
}

#[test]
fn what_no_request_depends_on_is_left_out_and_told() {
    let fixture = Fixture::in_sync();
    fixture.regen(&DOCUMENT.replacen("\"paths\": ", "\"servers\": 1,\n\"paths\": ", 1), 2).unwrap();
    let report = fs::read_to_string(fixture.workspace.lowering()).unwrap();
    assert!(report.contains("W007") && report.contains("`/servers`"), "{report}");
}

#[test]
fn a_folder_in_the_way_leaves_the_other_files() {
    let fixture = Fixture::in_sync();
    fs::remove_file(fixture.workspace.lowering()).unwrap();
    fs::create_dir(fixture.workspace.lowering()).unwrap();
    let files = fixture.files();
    let problem = fixture.regen(&newer(), 2).unwrap_err();
    assert!(problem.what.starts_with("cannot write `") && problem.what.contains("lowering.md"), "{problem}");
    assert_eq!(fixture.files(), files);
}

#[test]
fn it_says_what_it_did() {
    let fixture = Fixture::in_sync();
    expect![[r#"
        changed    CHANGELOG.md
        changed    openapi/openapi.json
        changed    openapi/openapi.lock
        unchanged  openapi/lowering.md
        version    2.0.0
        sha256     fef50e53b567b86c04ece853ac9351d4c790a3020342a6894e6be092a228ec0d
        constructs 6 kept, 2 lowered, 0 widened, 0 omitted

        <drift>
    "#]]
    .assert_eq(&said(&fixture.regen(&newer(), 2).unwrap()));
}

#[test]
fn a_document_that_overtakes_the_overlay_is_taken_and_what_no_longer_fits_is_listed() {
    let fixture = Fixture::in_sync();
    let newer = newer().replacen(
        "\"paths\": {",
        r#""paths": {"/ping": {"get": {"operationId": "ping", "responses": {"200": {"description": "Up."}}}},"#,
        1,
    );
    let regenerated = fixture.regen(&newer, 2).unwrap();
    assert_eq!(changes(&regenerated)[0], Change::Changed);
    let said = said(&regenerated);
    let (_, said) = said.split_once("omitted\n").unwrap();
    expect![[r#"
        overlay    actions[0] (`$.paths`) is superseded: the document has /paths/~1ping
        next       mend `openapi/overlay.json`: `cargo xtask check` says how

        <drift>
    "#]]
    .assert_eq(said);
    assert_eq!(check(&fixture.workspace).unwrap().len(), 1);
}

#[test]
fn without_an_overlay_nothing_is_written() {
    let fixture = Fixture::in_sync();
    fs::write(fixture.workspace.overlay(), "[]").unwrap();
    let files = fixture.files();
    let problem = fixture.regen(&newer(), 2).unwrap_err();
    assert_eq!(problem.what, "`openapi/overlay.json` is no overlay");
    assert_eq!(fixture.files(), files);
}
