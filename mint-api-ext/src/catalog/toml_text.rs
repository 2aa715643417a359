//! JSON values as TOML, and back.

use serde_json::{Map, Value};
use toml_edit::{Document, Item, Key, TableLike};

/// Writes an object as the table of this path: its values in the order of their names, then its tables in that order, each
/// under its full name.
///
/// A null is left out. An array must hold no objects.
pub(super) fn write(path: &[&str], value: &Value) -> String {
    let mut text = String::new();
    if let Value::Object(object) = value {
        table(&mut text, &mut path.iter().map(|name| key(name)).collect(), object);
    }
    text
}

fn table(text: &mut String, path: &mut Vec<String>, object: &Map<String, Value>) {
    let mut fields: Vec<_> = object.iter().collect();
    fields.sort_by_key(|(name, _)| *name);
    let (tables, values): (Vec<_>, Vec<_>) = fields.into_iter().partition(|(_, value)| value.is_object());
    if !path.is_empty() && (!values.is_empty() || tables.is_empty()) {
        text.push_str(&format!("\n[{}]\n", path.join(".")));
    }
    for (name, value) in values {
        if let Some(value) = scalar(value) {
            text.push_str(&format!("{} = {value}\n", key(name)));
        }
    }
    for (name, value) in tables {
        if let Value::Object(object) = value {
            path.push(key(name));
            table(text, path, object);
            path.pop();
        }
    }
}

fn key(name: &str) -> String {
    Key::new(name).to_string()
}

fn scalar(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Bool(flag) => (*flag).into(),
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => match number.as_i64() {
            Some(integer) => integer.into(),
            None => number.as_f64()?.into(),
        },
        Value::Array(items) => toml_edit::Value::Array(items.iter().filter_map(scalar).collect()),
        Value::Null | Value::Object(_) => return None,
    })
}

/// Reads a text; the error says what is wrong and in which line.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let document = Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.get(..at).unwrap_or(text).matches('\n').count() + 1;
        format!("line {line} is not TOML ({})", error.message().replace('\n', "; "))
    })?;
    Ok(object(document.as_table()))
}

fn object(table: &dyn TableLike) -> Value {
    table.iter().filter_map(|(name, item)| Some((name.to_owned(), of_item(item)?))).collect::<Map<_, _>>().into()
}

fn of_item(item: &Item) -> Option<Value> {
    match item {
        Item::Value(value) => of_value(value),
        Item::Table(table) => Some(object(table)),
        Item::ArrayOfTables(tables) => Some(tables.iter().map(|table| object(table)).collect()),
        Item::None => None,
    }
}

fn of_value(value: &toml_edit::Value) -> Option<Value> {
    Some(match value {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(integer) => (*integer.value()).into(),
        toml_edit::Value::Float(float) => (*float.value()).into(),
        toml_edit::Value::Boolean(flag) => (*flag.value()).into(),
        toml_edit::Value::Datetime(time) => time.value().to_string().into(),
        toml_edit::Value::Array(array) => array.iter().filter_map(of_value).collect(),
        toml_edit::Value::InlineTable(table) => object(table),
    })
}
