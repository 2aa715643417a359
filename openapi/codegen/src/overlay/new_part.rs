//! The part of an update that a document does not have yet.

use serde_json::{Map, Value};

use super::edit::{PRIMITIVE, Refusal, different_kinds, kind};
use crate::model::grammar::is_method;
use crate::model::operations::additional;
use crate::model::pointer::Pointer;

/// The part of an update that is new to the node; descriptions of the known parts are added to `there`.
///
/// # Errors
///
/// When the document has another value at the same place.
pub(super) fn new_part(
    target: &Value,
    update: Value,
    at: &Pointer,
    there: &mut Vec<String>,
) -> Result<Option<Value>, Refusal> {
    let there_before = there.len();
    let new = match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            let mut new = Map::new();
            for (name, value) in update {
                let inner_at = at.join(&name);
                match target.get(&name) {
                    None => {
                        new.insert(name, value);
                    }
                    Some(_) if is_named(&at.tokens(), &name) => there.push(inner_at.to_string()),
                    Some(inner) => {
                        if let Some(value) = new_part(inner, value, &inner_at, there)? {
                            new.insert(name, value);
                        }
                    }
                }
            }
            (!new.is_empty()).then_some(Value::Object(new))
        }
        (Value::Array(target), Value::Array(update)) => {
            let (known, new): (Vec<_>, Vec<_>) = update.into_iter().partition(|element| target.contains(element));
            there.extend(known.iter().map(|element| format!("{element} in {at}")));
            (!new.is_empty()).then_some(Value::Array(new))
        }
        (target, update) if *target == update => None,
        (target, update) if kind(target) == PRIMITIVE && kind(&update) == PRIMITIVE => {
            let why = format!("{at} is {target}, and the action says {update}");
            return Err(Refusal::Incompatible(why));
        }
        (target, update) => return Err(different_kinds(target, &update, at)),
    };
    if new.is_none() && there.len() == there_before {
        there.push(at.to_string());
    }
    Ok(new)
}

/// Whether `name` names a path, operation, component, property or reply, rather than a field.
///
/// Two of these are never merged, since the result would be neither of them.
fn is_named(at: &[String], name: &str) -> bool {
    match at {
        [paths] if paths == "paths" => true,
        [paths, _] if paths == "paths" => is_method(name) || name == "query",
        [paths, _, field] if paths == "paths" && field == additional::BY_METHOD => true,
        [components, _] if components == "components" => true,
        // A property or component may itself be called `properties` or `responses`.
        [before @ .., last] if last == "properties" || last == "responses" => !is_named(before, last),
        _ => false,
    }
}
