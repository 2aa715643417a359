//! What of an update a document does not say yet.

use serde_json::{Map, Value};

use super::change::{PRIMITIVE, Refusal, different_kinds, kind};
use crate::model::methods::METHODS;
use crate::model::pointer::Pointer;

/// The part of an update that is new to the node; what the document has goes to `there`.
///
/// # Errors
///
/// When the document says otherwise.
pub(super) fn news(
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
                        if let Some(value) = news(inner, value, &inner_at, there)? {
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

/// Whether what stands under a name is a thing of that name, rather than a part of what holds it.
///
/// Two such things are never merged: half of one and half of the other would be a third.
fn is_named(at: &[String], name: &str) -> bool {
    match at {
        [paths] if paths == "paths" => true,
        [paths, _] if paths == "paths" => METHODS.contains(&name),
        [components, _] if components == "components" => true,
        // A property or a component may itself have one of these names.
        [before @ .., last] if last == "properties" || last == "responses" => !is_named(before, last),
        _ => false,
    }
}
