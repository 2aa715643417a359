//! An overlay does what the specification says, or leaves the document as it is.

use openapi_client_codegen::overlay::{Modifier, Overlay, Verdict, apply, apply_as_specified};
use openapi_client_codegen::parse_json;

/// The input is an object with a `document` and an `overlay`. Each action alone has one outcome: one that is applied gives
/// what the specification gives, and one that is dead or conflicting changes nothing. An update of one place that was applied
/// changes nothing the next time.
pub fn check(data: &[u8]) {
    let Some(input) = std::str::from_utf8(data).ok().and_then(|text| parse_json(text).ok()) else { return };
    let (document, overlay) = (input["document"].clone(), input["overlay"].clone());
    let Ok(overlay) = Overlay::from_value(overlay) else { return };
    let all = apply(&document, &overlay);
    assert_eq!(all.outcomes.len(), overlay.actions.len());

    let mut document = document;
    for (action, outcome) in overlay.actions.iter().zip(&all.outcomes) {
        let mut alone = overlay.clone();
        alone.actions = vec![action.clone()];
        let applied = apply(&document, &alone);
        let [found] = &applied.outcomes[..] else { panic!("an action has not one outcome") };
        assert_eq!((found.verdict, &found.why), (outcome.verdict, &outcome.why), "an action depends on later ones");
        match found.verdict {
            Verdict::Applied => {
                let specified = apply_as_specified(&document, &alone);
                assert!(specified.is_ok_and(|specified| specified == applied.document), "applied: {found}");
            }
            Verdict::Dead | Verdict::Conflicting => assert_eq!(applied.document, document, "not applied: {found}"),
            _ => {}
        }
        if matches!(action.modifier, Modifier::Update(_)) && is_one_place(&found.target) {
            let again = apply(&applied.document, &alone);
            assert_eq!(again.document, applied.document, "applied twice: {}", again.outcomes[0]);
        }
        document = applied.document;
    }
    assert_eq!(document, all.document, "one action after the other gives another document");
}

/// Whether a query selects at most one place.
fn is_one_place(query: &str) -> bool {
    !query.contains(['*', '?', ',', ':']) && !query.contains("..")
}
