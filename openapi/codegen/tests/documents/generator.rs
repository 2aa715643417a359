//! Values that a schema of JSON Schema 2020-12 admits, more or less: what does not fit is for a validator to sort out.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// Makes values of the schemas of one document.
pub(crate) struct Generator<'a> {
    document: &'a Value,
    random: Random,
}

/// Deeper than this, values hold only what they must.
const DEEP: usize = 5;

/// Deeper than this, there is no value.
const DEEPEST: usize = 24;

impl<'a> Generator<'a> {
    /// The seed makes the values.
    pub(crate) fn new(document: &'a Value, seed: &str) -> Self {
        let seed = seed.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
        Self { document, random: Random(seed) }
    }

    pub(crate) fn value(&mut self, schema: &Value, depth: usize) -> Option<Value> {
        let Value::Object(schema) = schema else {
            return (schema != &Value::Bool(false)).then(|| self.any());
        };
        if depth > DEEPEST {
            return None;
        }
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return self.random.one_of(values).cloned();
        }
        if schema.get("nullable") == Some(&true.into()) && self.random.below(6) == 0 {
            return Some(Value::Null);
        }
        // All that must hold at once: what is typed here, what is referred to, all of `allOf`, one of each union.
        let mut parts = Vec::new();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.document.pointer(&percent_decoded(reference.strip_prefix('#')?))?;
            parts.push(self.value(target, depth + 1)?);
        }
        for member in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            parts.push(self.value(member, depth + 1)?);
        }
        for keyword in ["oneOf", "anyOf"] {
            let members: Vec<_> = schema.get(keyword).and_then(Value::as_array).into_iter().flatten().collect();
            if let Some(member) = self.random.one_of(&members) {
                parts.push(self.value(member, depth + 1)?);
            }
        }
        let inner = parts.iter().any(|part| !part.is_object());
        if parts.is_empty() || (!inner && schema.contains_key("properties")) {
            parts.push(self.typed(schema, depth)?);
        }
        merged(parts)
    }

    fn typed(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let given: Vec<&str> = match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => implied(schema).into_iter().collect(),
        };
        Some(match *self.random.one_of(&given).unwrap_or(&"any") {
            "null" => Value::Null,
            "boolean" => (self.random.below(2) == 0).into(),
            "string" => self.string(schema),
            "integer" => self.number(schema, &[0.0, 1.0, 7.0, -3.0, 1e6])?,
            "number" => self.number(schema, &[0.0, 0.5, 3.0, -2.25, 1e9])?,
            "array" => self.array(schema, depth)?,
            "object" => self.object(schema, depth)?,
            _ => self.any(),
        })
    }

    fn any(&mut self) -> Value {
        let values = [json!("any"), json!(1), json!(0.5), json!(true), json!(["any"]), json!({"any": 1})];
        self.random.one_of(&values).cloned().unwrap_or_default()
    }

    fn string(&mut self, schema: &Map<String, Value>) -> Value {
        let text = match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => "2026-07-01T10:00:00.000+02:00",
            Some("date") => "2026-07-01",
            Some("uuid") => "123e4567-e89b-12d3-a456-426614174000",
            Some("uri" | "url") => "https://example.com/a",
            Some("email") => "a@example.com",
            Some("ipv4") => "192.0.2.1",
            _ => ["text", "a", "", "Größe", "0", "2026-07-01", "abc123"][self.random.below(7)],
        };
        let length = |keyword: &str| schema.get(keyword).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let mut text: String = text.chars().take(length("maxLength").unwrap_or(usize::MAX)).collect();
        while text.chars().count() < length("minLength").unwrap_or_default().min(1000) {
            text.push('a');
        }
        text.into()
    }

    fn number(&mut self, schema: &Map<String, Value>, usual: &[f64]) -> Option<Value> {
        let of = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
        let bounds = [of("minimum"), of("maximum"), of("exclusiveMinimum").map(|bound| bound + 1.0)];
        let multiple = of("multipleOf").map(|step| step * 3.0);
        let choices: Vec<f64> = usual.iter().copied().chain(bounds.into_iter().flatten()).chain(multiple).collect();
        let number = *self.random.one_of(&choices)?;
        Some(if number.fract() == 0.0 && number.abs() < 1e15 { json!(number as i64) } else { json!(number) })
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let places = schema.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
        let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or_default().min(50);
        let least = usize::try_from(least).unwrap_or_default();
        let wanted = if depth > DEEP { least } else { least.max(places.len()) + self.random.below(3) };
        let items = schema.get("items").cloned().unwrap_or(Value::Bool(true));
        let mut list = Vec::new();
        for place in 0..wanted {
            match self.value(places.get(place).unwrap_or(&items), depth + 1) {
                Some(item) => list.push(item),
                None => break,
            }
        }
        Some(list.into())
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<&str> = names.filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if !is_required && (depth > DEEP || self.random.below(2) == 0) {
                continue;
            }
            match self.value(property, depth + 1) {
                Some(value) => drop(object.insert(name.clone(), value)),
                None if is_required => return None,
                None => {}
            }
        }
        let others = schema.get("additionalProperties").filter(|_| depth <= DEEP);
        if let Some(others) = others.filter(|others| others.is_object()) {
            for name in ["other", "größer", "@type"].iter().take(self.random.below(4)) {
                object.extend(self.value(others, depth + 1).map(|value| ((*name).to_owned(), value)));
            }
        }
        let absent: Vec<_> = required.into_iter().filter(|name| !object.contains_key(*name)).collect();
        for name in absent {
            object.insert(name.to_owned(), "any".into());
        }
        Some(object.into())
    }
}

/// The type that the keywords of a schema are for.
fn implied(schema: &Map<String, Value>) -> Option<&'static str> {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.contains_key(*keyword));
    if has(&["properties", "additionalProperties", "required", "patternProperties", "propertyNames"]) {
        return Some("object");
    }
    if has(&["items", "prefixItems", "minItems", "maxItems", "contains"]) {
        return Some("array");
    }
    if has(&["pattern", "minLength", "maxLength", "format", "contentEncoding"]) {
        return Some("string");
    }
    has(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]).then_some("number")
}

/// One value of several that must hold at once: all properties, or the scalar.
fn merged(parts: Vec<Value>) -> Option<Value> {
    if parts.iter().all(Value::is_object) {
        let mut all = Map::new();
        for part in parts {
            let Value::Object(part) = part else { continue };
            all.extend(part);
        }
        return Some(all.into());
    }
    parts.into_iter().find(|part| !part.is_object())
}

fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}
