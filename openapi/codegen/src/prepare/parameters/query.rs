//! Parameters in the query: in the form that the document names (OpenAPI 3.1.1, section 4.8.12.4).

use serde_json::{Map, Value, json};

use super::{Parameter, Parameters};
use crate::model::media_types::is_json;
use crate::model::pointer::Pointer;
use crate::plan::{Form, Separator};
use crate::report::Code;

/// How many parameters an operation gets before objects in the query stay whole.
pub(super) const MAX_PARAMETERS: usize = 100;

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
            ("deepObject", _) => Form::Deep(self.lists),
            _ => {
                let styles = "a query has `form`, `spaceDelimited`, `pipeDelimited` and `deepObject`";
                return self.reject(at, format!("style `{name}`; {styles}"));
            }
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
        if matches!(form, Form::Deep(_)) {
            return self.deep(parameter, schema, &[], at, to);
        }
        let resolved = self.schemas.resolved(schema);
        let (schema, form) = if resolved.get("type") == Some(&"array".into()) {
            if !self.schemas.is_list_of_scalars(&resolved) {
                return self.refuse(at, "a list of objects or lists");
            }
            (self.schemas.named_list(schema, &resolved), form)
        } else if let Some(Value::Object(properties)) = resolved.get("properties") {
            return self.object(parameter, &resolved, properties, form, at, to);
        } else if resolved.get("type") == Some(&"object".into()) {
            let values = resolved.get("additionalProperties").filter(|values| values.is_object());
            let values = values.cloned().unwrap_or_else(|| json!({}));
            if !self.schemas.is_scalar(&values) {
                return self.refuse(at, "an object with objects or lists in it");
            }
            (json!({"type": "object", "additionalProperties": self.schemas.named_scalar(&values)}), form)
        } else if self.schemas.is_scalar(schema) {
            (self.schemas.named_scalar(schema), Form::Exploded)
        } else if self.schemas.is_union_of_scalars_and_lists(&resolved) {
            (self.schemas.named_scalar(schema), form)
        } else {
            return self.refuse(at, "a union with objects in it");
        };
        parameter.insert("schema".into(), schema);
        // progenitor writes the exploded form, though not of tuples.
        let form = Some(form).filter(|form| *form != Form::Exploded || self.schemas.may_be_tuple(&parameter["schema"]));
        to.push(Parameter { form, ..Parameter::plain(parameter) });
    }

    /// A parameter of style `deepObject`; an object becomes one for each of its properties, and so do those in it.
    ///
    /// `within` are the schemas that it is in.
    fn deep(
        &mut self,
        mut parameter: Map<String, Value>,
        schema: &Value,
        within: &[&Map<String, Value>],
        at: &Pointer,
        to: &mut Vec<Parameter>,
    ) {
        let resolved = self.schemas.resolved(schema);
        let others = resolved.get("additionalProperties").filter(|others| others.is_object());
        let is_of = |name: &str| resolved.get("type").is_some_and(|found| found == name);
        let schema =
            if let Some(Value::Object(properties)) = resolved.get("properties").filter(|own| **own != json!({})) {
                // One that is in itself would have parameters without end, and one that is in many others too many.
                if others.is_none() && !within.contains(&&resolved) && to.len() < MAX_PARAMETERS {
                    let within = [within, &[&resolved]].concat();
                    return self.deep_properties(&parameter, &resolved, properties, &within, at, to);
                }
                self.log.add(Code::W108, at, "names and values, as an object of any properties");
                json!({"type": "object", "additionalProperties": {}})
            } else if is_of("array") {
                self.schemas.named_list(schema, &resolved)
            } else if is_of("object") {
                json!({"type": "object", "additionalProperties": self.inner(others)})
            } else {
                self.schemas.named_scalar(schema)
            };
        let form = (!self.schemas.is_scalar(&schema) || schema == json!({})).then_some(Form::Deep(self.lists));
        parameter.insert("schema".into(), schema);
        to.push(Parameter { form, ..Parameter::plain(parameter) });
    }

    fn deep_properties(
        &mut self,
        parameter: &Map<String, Value>,
        resolved: &Map<String, Value>,
        properties: &Map<String, Value>,
        within: &[&Map<String, Value>],
        at: &Pointer,
        to: &mut Vec<Parameter>,
    ) {
        let whole = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        let wire = |name: &str| format!("{whole}[{name}]");
        self.log.add(Code::L111, at, properties.keys().map(|name| wire(name)).collect::<Vec<_>>().join(", "));
        for (name, schema) in properties {
            let required = is_required_in(parameter, resolved, name);
            if let Value::Object(property) = json!({"name": wire(name), "in": "query", "required": required}) {
                self.deep(property, schema, within, at, to);
            }
        }
    }

    /// The schema of the values in a list or map.
    fn inner(&self, schema: Option<&Value>) -> Value {
        let schema = schema.cloned().unwrap_or_else(|| json!({}));
        if self.schemas.is_scalar(&schema) { self.schemas.named_scalar(&schema) } else { schema }
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
        let is_scalar = |schema: &Value| self.schemas.is_scalar(schema);
        let has_others = resolved.get("additionalProperties").is_some_and(Value::is_object);
        if has_others || form != Form::Exploded && !properties.values().all(is_scalar) {
            return self.refuse(at, "an object with objects in it, or with any properties");
        }
        if let Form::Separated(_) = form {
            self.log.add(Code::W108, at, "names and values, as an object of any properties");
            parameter.insert("schema".into(), json!({"type": "object", "additionalProperties": {}}));
            return to.push(Parameter { form: Some(form), ..Parameter::plain(parameter) });
        }
        self.log.add(Code::L111, at, properties.keys().cloned().collect::<Vec<_>>().join(", "));
        for (name, schema) in properties {
            self.is_required = is_required_in(&parameter, resolved, name);
            let Value::Object(mut property) = json!({"name": name, "in": "query", "required": self.is_required}) else {
                continue;
            };
            let inner = self.schemas.resolved(schema);
            if !inner.get("type").is_some_and(|of| of == "object") {
                self.styled(property, schema, Form::Exploded, at, to);
            } else if self.is_required {
                self.log.add(Code::W121, at, format!("`{name}`"));
                property.insert("schema".into(), json!({"type": "object", "additionalProperties": {}}));
                to.push(Parameter { form: Some(Form::Json), ..Parameter::plain(property) });
            } else {
                self.refuse(at, &format!("`{name}` is an object in an object"));
            }
        }
    }

    /// A parameter with a media type: its value is JSON.
    fn in_json(&mut self, mut parameter: Map<String, Value>, content: &Value, at: &Pointer, to: &mut Vec<Parameter>) {
        let Some((media_type, described)) = self.json_content(content, at) else { return };
        let schema = described.get("schema").cloned().unwrap_or_else(|| json!({}));
        let schema = match self.schemas.is_scalar(&schema) {
            true => self.schemas.named_scalar(&schema),
            false => {
                self.log.add(Code::W108, at, format!("`{media_type}`"));
                json!({})
            }
        };
        parameter.insert("schema".into(), schema);
        to.push(Parameter { form: Some(Form::Json), ..Parameter::plain(parameter) });
    }

    /// A parameter that is a text outside the query, and has a media type: its value is any JSON.
    pub(super) fn in_json_text(
        &mut self,
        mut parameter: Map<String, Value>,
        content: &Value,
        at: &Pointer,
        to: &mut Vec<Parameter>,
    ) {
        let Some((media_type, _)) = self.json_content(content, at) else { return };
        self.log.add(Code::W108, at, format!("`{media_type}`"));
        parameter.insert("schema".into(), json!({}));
        to.push(Parameter::plain(parameter));
    }

    /// The media type of a parameter, of which the generator supports JSON only, and what the document says of it.
    fn json_content<'a>(&mut self, content: &'a Value, at: &Pointer) -> Option<(&'a String, &'a Value)> {
        let mut described = content.as_object().into_iter().flatten();
        match (described.next(), described.next()) {
            (Some((media_type, described)), None) if is_json(media_type) => return Some((media_type, described)),
            (Some((media_type, _)), None) => {
                self.reject(at, format!("a parameter in `{media_type}`; the generator writes JSON"))
            }
            _ => self.reject(at, "a parameter with no media type, or with several; `content` has exactly one"),
        }
        None
    }

    fn refuse(&mut self, at: &Pointer, what: &str) {
        let reason = format!("{what}; the generator writes scalars, lists of them, and objects of them");
        self.reject(at, reason);
    }
}

/// Whether each call needs a property of a parameter.
fn is_required_in(parameter: &Map<String, Value>, resolved: &Map<String, Value>, property: &str) -> bool {
    let required = resolved.get("required").and_then(Value::as_array);
    parameter.get("required") == Some(&true.into()) && required.is_some_and(|all| all.contains(&property.into()))
}
