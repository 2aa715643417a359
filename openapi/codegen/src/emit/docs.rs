//! Documentation, which quotes names, versions and values of the document.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, File, Lit, LitStr, Meta};

use crate::prepare::comment;

/// Makes all documentation a text that can be a comment.
pub(super) fn settle(file: &mut File) {
    Settle.visit_file_mut(file);
}

struct Settle;

impl VisitMut for Settle {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if let Meta::NameValue(pair) = &mut attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(literal) = &mut pair.value
            && let Lit::Str(text) = &mut literal.lit
        {
            *text = LitStr::new(&comment(&text.value()), text.span());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::emit::{Settings, generate};

    #[test]
    fn texts_that_rustc_refuses_in_comments_are_written_otherwise() {
        let text = "a\rb\u{202e}";
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": text, "version": text},
            "servers": [{"url": "https://a.example", "description": text}, {"url": format!("https://a.example/{text}")}],
            "security": [{text: []}],
            "paths": {"/a": {"get": {
                "description": text,
                "parameters": [{"name": text, "in": "query", "description": text, "schema": {"type": "string"}}],
                "responses": {"200": {"description": text, "content": {"application/json": {"schema": {"enum": [text]}}}}},
            }}},
            "components": {"securitySchemes": {text: {"type": "http", "scheme": "bearer", "description": text}}},
        });
        let rust = generate(&document, &Settings::default()).unwrap().rust;
        assert!(!rust.contains(['\r', '\u{202e}']), "{rust}");
        syn::parse_file(&rust).unwrap();
        assert!(rust.contains(r#""a\rb"#), "a value is sent as it is");
    }
}
