//! Comparing servers.

use std::collections::BTreeMap;

use super::comparison::Findings;
use super::document::{Located, same};
use super::fields;
use super::rule::Rule;

/// Compares the servers that two objects name.
pub(super) fn compare<'a>(before: &Located<'a>, after: &Located<'a>, found: &mut Findings<'a>) {
    let (old, new) = (of(before), of(after));
    for (url, server) in &new {
        let Some(was) = old.get(url) else {
            found.add(Rule::D120, &server.at, format!("`{url}` is new"));
            continue;
        };
        if let Some((was, is)) =
            fields::changed(was, server, "variables").filter(|(was, is)| !same(was.value, is.value))
        {
            let at = if is.value.is_null() { was.at } else { is.at };
            found.add(Rule::D122, &at, format!("the variables of `{url}` change"));
        }
        fields::others(was, server, &["url", "variables"], &["description", "name"], found);
    }
    for (url, server) in old.iter().filter(|(url, _)| !new.contains_key(*url)) {
        found.add(Rule::D121, &server.at, format!("`{url}` is gone"));
    }
    let first = |place: &Located<'a>| place.get("servers").and_then(|servers| servers.items().next());
    if let (Some(was), Some(is)) = (first(before), first(after))
        && let (Some(was), Some(url)) = (was.text("url"), is.text("url"))
        && was != url
    {
        found.add(Rule::D123, &is.at, format!("`{url}` comes first, not `{was}`"));
    }
}

fn of<'a>(place: &Located<'a>) -> BTreeMap<&'a str, Located<'a>> {
    let servers = place.get("servers");
    servers.iter().flat_map(Located::items).filter_map(|server| Some((server.text("url")?, server))).collect()
}
