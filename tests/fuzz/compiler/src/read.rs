//! The readers of `cargo xtask regen` agree with each other, and read what is written of what they read.

use std::collections::BTreeMap;

use openapi_client_codegen::canonical;
use openapi_client_codegen::source::{Lock, Part, bundle, merge, read, read_page, reference_pages};
use serde_json::Value;

/// Begins a line with the name of the file that follows.
const FILE: &str = "=== ";

/// The input is a text, and more files after lines such as `=== lamp.yaml`.
///
/// A document means the same with other line ends, in its canonical text, and in a block of a page. A page is a document, or
/// none, whoever reads it. A list of pages has no page twice. A bundle without unresolved references is one file.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let files = files(text);
    for text in files.values() {
        check_document(text);
        check_links(text);
        if let Ok(lock) = Lock::parse(text) {
            assert_eq!(Lock::parse(&lock.to_text()).ok(), Some(lock), "a lock is read otherwise");
        }
    }
    check_merge(&files);
    check_bundle(&files);
}

/// The files of an input, by name; the first one has none.
fn files(text: &str) -> BTreeMap<&str, String> {
    let (mut files, mut name) = (BTreeMap::new(), "");
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(FILE) {
            Some(next) => name = next.trim(),
            None => files.entry(name).or_insert_with(String::new).push_str(line),
        }
    }
    files
}

fn check_document(text: &str) {
    let document = read(text);
    match (&document, read_page(text)) {
        (Ok(document), Ok(Some(page))) => assert_eq!(*document, page, "a page is another document"),
        (Ok(_), other) => panic!("`read` reads a document, and `read_page` gives {other:?}"),
        (Err(_), Ok(Some(_))) => panic!("`read_page` reads a document, and `read` gives {document:?}"),
        (Err(_), Ok(None) | Err(_)) => {}
    }
    let Ok(document) = document else { return };
    let written = canonical(&document);
    assert_eq!(read(&written).ok().as_ref(), Some(&document), "the canonical text is another document");
    // No line of the canonical text is a fence, and a fence has three characters (CommonMark 0.31, section 4.5).
    let page = |fence: &str| read(&format!("# Page\n\n{fence}json\n{written}\n{fence}\n")).ok();
    for fence in ["```", "~~~~"] {
        assert_eq!(page(fence).as_ref(), Some(&document), "in a block, it is another document");
    }
    assert_eq!(page("``"), None, "two backticks are a fence");
    if !text.contains('\r') {
        let other = read(&text.replace('\n', "\r\n"));
        assert_eq!(other.ok(), Some(document), "with other line ends, it is another document");
    }
}

fn check_links(text: &str) {
    let pages = reference_pages(text);
    for (index, page) in pages.iter().enumerate() {
        assert!(!pages[..index].contains(page), "{page} is listed twice");
        assert!(page.contains("api-reference/") && !page.contains('#'), "{page} is no page of the reference");
        // A target in angle brackets has none itself, and another one has no space (CommonMark 0.31, section 6.3).
        let link = if page.contains('>') { format!("[a]({page})") } else { format!("[a](<{page}>)") };
        assert_eq!(reference_pages(&link), std::slice::from_ref(page), "{page} is listed otherwise");
    }
}

fn check_merge(files: &BTreeMap<&str, String>) {
    let documents = files.iter().filter_map(|(name, text)| Some(((*name).to_owned(), read(text).ok()?)));
    let parts: Vec<Part> = documents.map(|(name, document)| Part { name, document }).collect();
    for Part { document, .. } in &parts {
        let twice = ["a", "b"].map(|name| Part { name: name.to_owned(), document: document.clone() });
        let merged = merge(&twice).ok().map(|merged| without_tags(&merged));
        assert_eq!(merged, Some(without_tags(document)), "a document merged with itself is another one");
    }
    let backwards: Vec<Part> = parts.iter().rev().cloned().collect();
    let (forth, back) = (merge(&parts).ok(), merge(&backwards).ok());
    assert_eq!(forth.as_ref().map(without_tags), back.as_ref().map(without_tags), "the order of the pages counts");
}

/// A document without its tags, which are a list without repetitions in the order of the parts.
fn without_tags(document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(fields) = document.as_object_mut() {
        fields.remove("tags");
    }
    document
}

fn check_bundle(files: &BTreeMap<&str, String>) {
    const ROOT: &str = "file:///api/";
    let name_of = |uri: &str| uri.strip_prefix(ROOT).map(str::to_owned);
    let root = format!("{ROOT}openapi.yaml");
    let text_of = |uri: &str| match name_of(uri).as_deref() {
        Some("openapi.yaml") => files.get("").cloned().ok_or("no document"),
        Some(name) => files.get(name).cloned().ok_or("no such file"),
        None => Err("outside of the folder"),
    };
    let Ok(bundled) = bundle(&root, text_of) else { return };
    if bundled.unresolved.is_empty() {
        let text = canonical(&bundled.document);
        let again = bundle(&root, |uri| if uri == root { Ok(text.as_str()) } else { Err("a second file") });
        let again = again.unwrap_or_else(|error| panic!("a bundle cannot be bundled: {error}"));
        assert!(again.unresolved.is_empty(), "a bundle refers to {:?}", again.unresolved);
        assert_eq!(again.document, bundled.document, "a bundle is bundled otherwise");
    }
}
