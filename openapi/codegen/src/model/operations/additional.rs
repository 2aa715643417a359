//! The operations of methods that only OpenAPI 3.2 has fields for (section 4.9).

use serde_json::{Map, Value};

/// The field of a path item that holds operations by their methods.
pub(crate) const BY_METHOD: &str = "additionalOperations";

/// The fields of a path item that hold them.
pub(crate) const FIELDS: [&str; 2] = ["query", BY_METHOD];

/// The operations of a path item, with the text of their methods.
pub(crate) fn of_item(item: &Map<String, Value>) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let query = item.get("query").map(|operation| ("query", operation));
    let more = item.get(BY_METHOD).and_then(Value::as_object).into_iter().flatten();
    let all = query.into_iter().chain(more.map(|(method, operation)| (method.as_str(), operation)));
    all.filter_map(|(method, operation)| Some((method, operation.as_object()?)))
}

/// Keeps the operations whose methods are kept.
pub(crate) fn retain(item: &mut Map<String, Value>, is_kept: impl Fn(&str) -> bool) {
    if !is_kept("query") {
        item.shift_remove("query");
    }
    if let Some(Value::Object(more)) = item.get_mut(BY_METHOD) {
        more.retain(|method, _| is_kept(method));
        if more.is_empty() {
            item.shift_remove(BY_METHOD);
        }
    }
}
