//! The generator, on the effective document.

use std::collections::BTreeSet;

use mint_openapi::{Settings, effective_document, generate};

use crate::document::operations;

#[test]
fn the_same_document_gives_the_same_source_with_every_operation() {
    let settings = Settings::default().with_inner_type("crate::Inner").with_schemars();
    let source = || generate(&effective_document().unwrap(), &settings).unwrap().without_rejections().unwrap();
    let (first, second) = (source(), source());
    assert_eq!(first.rust, second.rust);
    let documented: BTreeSet<_> =
        operations().into_iter().map(|operation| (operation.method, operation.path)).collect();
    let methods = first.document.operations().map(|(path, method, _)| (method.to_uppercase(), path));
    assert_eq!(methods.collect::<BTreeSet<_>>(), documented);
}
