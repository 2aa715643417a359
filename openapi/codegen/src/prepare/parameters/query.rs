//! Parameters in the query: in the form that the document names (OpenAPI 3.1.1, section 4.8.12.4).

use serde_json::{Map, Value, json};

use super::{Parameter, Parameters};
use crate::model::media_types::is_json;
use crate::model::pointer::Pointer;
use crate::plan::{Form, Separator};
use crate::report::Code;

impl Parameters<'_> {
    pub(super) fn in_query(&mut self, mut parameter: Map<String, Value>, at: &Pointer, to: &mut Vec<Parameter>) {
        parameter.shift_remove("allowReserved");
        let explode = parameter.shift_remove("explode");
        let style = parameter.shift_remove("style");
        if let Some(content) = parameter.shift_remove("content") {
            return self.in_json(parameter, &content, at, to);
        }
        let name = style.as_ref().and_then(Value::as_str).unwrap_or("form");
        // By default, `form` is exploded and any other style is not.
        let exploded = explode.as_ref().and_then(Value::as_bool).unwrap_or(name == "form");
        let form = match (name, exploded) {
            ("form" | "pipeDelimited" | "spaceDelimited", true) => Form::Exploded,
            ("form", false) => Form::Separated(Separator::Comma),
            ("pipeDelimited", false) => Form::Separated(Separator::Pipe),
            ("spaceDelimited", false) => Form::Separated(Separator::Space),
            ("deepObject", _) => Form::Deep,
            _ => return self.refuse(at, &format!("style `{name}`, which is none of a query")),
        };
        let schema = parameter.shift_remove("schema").filter(Value::is_object);
        self.styled(parameter, &schema.unwrap_or_else(|| json!({"type": "string"})), form, at, to);
    }

    fn styled(
        &mut self,
        mut parameter: Map<String, Value>,
        schema: &Value,
        form: Form,
        at: &Pointer,
        to: &mut Vec<Parameter>,
    ) {
        let resolved = self.schemas.resolved(schema);
        let (schema, form) = if resolved.get("type") == Some(&"array".into()) {
            let item = resolved.get("items").cloned().unwrap_or_default();
            if form == Form::Deep {
                return self.refuse(at, "a list of style `deepObject`, which is for objects");
            }
            if !self.schemas.is_scalar(&item, 0) {
                return self.refuse(at, "a list of objects or lists");
            }
            (json!({"type": "array", "items": self.schemas.named_scalar(&item)}), form)
        } else if let Some(Value::Object(properties)) = resolved.get("properties") {
            return self.object(parameter, &resolved, properties, form, at, to);
        } else if resolved.get("type") == Some(&"object".into()) {
            let values = resolved.get("additionalProperties").filter(|values| values.is_object());
            let values = values.cloned().unwrap_or_else(|| json!({}));
            if !self.schemas.is_scalar(&values, 0) {
                return self.refuse(at, "an object with objects or lists in it");
            }
            (json!({"type": "object", "additionalProperties": self.schemas.named_scalar(&values)}), form)
        } else if form == Form::Deep {
            return self.refuse(at, "style `deepObject` for what may be no object");
        } else if self.schemas.is_scalar(schema, 0) {
            (self.schemas.named_scalar(schema), Form::Exploded)
        } else if self.schemas.is_union_of_scalars_and_lists(&resolved) {
            (self.schemas.named_scalar(schema), form)
        } else {
            return self.refuse(at, "a union with objects in it");
        };
        parameter.insert("schema".into(), schema);
        // progenitor writes the exploded form.
        let form = Some(form).filter(|form| *form != Form::Exploded);
        to.push(Parameter { value: parameter.into(), form });
    }

    /// Makes a parameter for each property of an object.
    fn object(
        &mut self,
        mut parameter: Map<String, Value>,
        resolved: &Map<String, Value>,
        properties: &Map<String, Value>,
        form: Form,
        at: &Pointer,
        to: &mut Vec<Parameter>,
    ) {
        let fits = |schema: &Value| match self.schemas.resolved(schema).get("items") {
            // Only the exploded form defines how a list in an object is written.
            Some(items) => form == Form::Exploded && self.schemas.is_scalar(items, 0),
            None => self.schemas.is_scalar(schema, 0),
        };
        if !properties.values().all(fits) || resolved.get("additionalProperties").is_some_and(Value::is_object) {
            return self.refuse(at, "an object with objects in it, or with any properties");
        }
        if let Form::Separated(_) = form {
            self.log.add(Code::W108, at, "names and values, as an object of any properties");
            parameter.insert("schema".into(), json!({"type": "object", "additionalProperties": {}}));
            return to.push(Parameter { value: parameter.into(), form: Some(form) });
        }
        let whole = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        let names = properties.keys().map(|name| match form {
            Form::Deep => format!("{whole}[{name}]"),
            _ => name.clone(),
        });
        let names: Vec<_> = names.collect();
        self.log.add(Code::L111, at, names.join(", "));
        let required = resolved.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (wire, (name, schema)) in names.iter().zip(properties) {
            let required = parameter.get("required") == Some(&true.into()) && required.contains(&name.as_str().into());
            if let Value::Object(property) = json!({"name": wire, "in": "query", "required": required}) {
                self.styled(property, schema, Form::Exploded, at, to);
            }
        }
    }

    /// A parameter with a media type, of which the generator supports JSON only.
    fn in_json(&mut self, mut parameter: Map<String, Value>, content: &Value, at: &Pointer, to: &mut Vec<Parameter>) {
        let mut described = content.as_object().into_iter().flatten();
        let (Some((media_type, described)), None) = (described.next(), described.next()) else {
            return self.refuse(at, "a parameter with no media type, or with several");
        };
        if !is_json(media_type) {
            return self.refuse(at, &format!("a parameter in `{media_type}`"));
        }
        let schema = described.get("schema").cloned().unwrap_or_else(|| json!({}));
        let schema = match self.schemas.is_scalar(&schema, 0) {
            true => self.schemas.named_scalar(&schema),
            false => {
                self.log.add(Code::W108, at, format!("`{media_type}`"));
                json!({})
            }
        };
        parameter.insert("schema".into(), schema);
        to.push(Parameter { value: parameter.into(), form: Some(Form::Json) });
    }

    fn refuse(&mut self, at: &Pointer, what: &str) {
        let reason = format!("{what}; the generator writes scalars, lists of them, and objects of them");
        self.reject(at, reason);
    }
}
