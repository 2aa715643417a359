use std::cmp::Reverse;

use serde_json::Value;

use super::json::Json;

/// What tells a member of a union from the others.
pub(crate) struct Member {
    /// The JSON types it may be.
    pub(crate) types: &'static [&'static str],
    /// The values of an enum of strings.
    pub(crate) values: &'static [&'static str],
    /// The values of the discriminator that stand for it.
    pub(crate) tags: &'static [&'static str],
    /// Properties that have one of few values, written as JSON.
    pub(crate) constants: &'static [(&'static str, &'static [&'static str])],
    /// The names of its properties, sorted.
    pub(crate) names: &'static [&'static str],
    /// The properties that are always there.
    pub(crate) required: &'static [&'static str],
    /// Whether it takes properties of any name.
    pub(crate) any_name: bool,
}

/// The members of a union that a value may be, the likeliest first.
///
/// Scalars are told apart by their JSON type, objects by the discriminator, else by properties with one value, else by
/// the names of their properties.
pub(crate) fn candidates(json: &Json<'_>, tag: &str, members: &[Member]) -> Vec<usize> {
    let ranks: &[&str] = match json {
        Json::Scalar(Value::Bool(_)) => &["boolean"],
        Json::Scalar(Value::Number(number)) if number.is_f64() => &["number", "integer"],
        Json::Scalar(Value::Number(_)) => &["integer", "number"],
        Json::Scalar(_) => &[],
        Json::Text(_) => &["string"],
        Json::List(_) => &["array"],
        Json::Object(_) => &["object"],
    };
    let rank = |member: &Member| ranks.iter().position(|name| member.types.contains(name));
    let mut fitting: Vec<usize> = (0..members.len()).filter(|index| rank(&members[*index]).is_some()).collect();
    match json {
        Json::Object(_) => {
            if let Some(found) = json.get(tag).filter(|_| !tag.is_empty()).and_then(Json::as_str) {
                let tagged = |index: &usize| members[*index].tags.contains(&found);
                // A value that stands for no member is a new one.
                let untagged = |index: &usize| members[*index].tags.is_empty();
                let any = fitting.iter().any(tagged);
                fitting.retain(|index| if any { tagged(index) } else { untagged(index) });
            }
            if fitting.len() > 1 { by_properties(json, members, &fitting) } else { fitting }
        }
        Json::Text(text) => {
            let has = |index: &usize| members[*index].values.contains(&&**text);
            fitting.sort_by_key(|index| (!has(index), !members[*index].values.is_empty(), members[*index].types.len()));
            fitting
        }
        _ => {
            fitting.sort_by_key(|index| (members[*index].types.len() == 6, rank(&members[*index])));
            fitting
        }
    }
}

/// What an object has of a member.
struct Fit {
    index: usize,
    /// How far the values of properties speak for it.
    agreement: i32,
    /// Whether all that is always there is there.
    complete: bool,
    /// How many of the names are its own.
    present: usize,
    /// Whether a name is there that no other member has.
    only_here: bool,
}

/// The members that an object may be by its properties.
///
/// A member fits if a name that only it has is present, or if all present names are its own. Of several that fit, the
/// one with most of the names comes first, then the one the document names first.
fn by_properties(object: &Json<'_>, members: &[Member], among: &[usize]) -> Vec<usize> {
    let mut fits: Vec<Fit> = Vec::with_capacity(among.len());
    for index in among.iter().copied() {
        if let Some(agreement) = agreement(object, &members[index]) {
            let complete = members[index].required.iter().all(|name| object.get(name).is_some());
            fits.push(Fit { index, agreement, complete, present: 0, only_here: false });
        }
    }
    let names = object.properties();
    for (name, _) in names {
        let mut holders = 0;
        let mut last = 0;
        for (place, fit) in fits.iter_mut().enumerate() {
            if members[fit.index].names.binary_search(&&**name).is_ok() {
                fit.present += 1;
                (holders, last) = (holders + 1, place);
            }
        }
        if holders == 1 {
            fits[last].only_here = true;
        }
    }
    fits.retain(|fit| {
        let member = &members[fit.index];
        fit.only_here
            || (!names.is_empty() && fit.present == names.len())
            || member.any_name
            || fit.agreement > 0
            || (names.is_empty() && !member.required.is_empty() && fit.complete)
    });
    fits.sort_by_key(|fit| (-fit.agreement, !fit.complete, Reverse(fit.present), members[fit.index].any_name));
    // Names alone decide for one member. If that one does not decode, another would drop what is not its own.
    if fits.iter().all(|fit| members[fit.index].constants.is_empty()) {
        fits.truncate(1);
    }
    fits.iter().map(|fit| fit.index).collect()
}

/// How far the properties with few values speak for a member, or `None` when one of them rules it out.
fn agreement(object: &Json<'_>, member: &Member) -> Option<i32> {
    let mut agreement = 0_i32;
    for (name, values) in member.constants {
        let Some(found) = object.get(name).filter(|value| !value.is_null()) else { continue };
        match (values.iter().any(|value| found.is_spelled(value)), values.len()) {
            (true, 1) => agreement += 2,
            (true, _) => agreement += 1,
            (false, 1) => return None,
            (false, _) => agreement -= 1,
        }
    }
    Some(agreement)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;

    use super::*;

    const OBJECT: Member = Member {
        types: &["object"],
        values: &[],
        tags: &[],
        constants: &[],
        names: &[],
        required: &[],
        any_name: false,
    };

    #[test]
    fn members_by_names() {
        let members =
            [Member { names: &["pano", "shared"], ..OBJECT }, Member { names: &["glb", "obj", "shared"], ..OBJECT }];
        for (names, member) in [
            (&[][..], None),
            (&["shared"], Some(0)),
            (&["shared", "glb"], Some(1)),
            (&["glb", "new"], Some(1)),
            (&["shared", "new"], None),
            (&["new"], None),
            (&["pano", "glb", "obj"], Some(1)),
            (&["pano", "glb"], Some(0)),
        ] {
            let object = names.iter().map(|name| ((*name).into(), Json::Scalar(Value::Null))).collect();
            assert_eq!(candidates(&Json::Object(object), "", &members).first().copied(), member, "{names:?}");
        }
        assert!(candidates(&Json::Text("text".into()), "", &members).is_empty());
    }

    #[test]
    fn members_by_type_tag_and_constant() {
        let members = [
            Member { types: &["string"], ..OBJECT },
            Member { types: &["string"], values: &["a"], ..OBJECT },
            Member { types: &["number"], ..OBJECT },
            Member { tags: &["cat"], names: &["claws", "kind"], ..OBJECT },
            Member { tags: &["dog"], names: &["claws", "kind"], ..OBJECT },
            Member { constants: &[("is", &["true"])], names: &["is"], ..OBJECT },
            Member { constants: &[("is", &["false"])], names: &["is"], ..OBJECT },
            Member { types: &["array"], ..OBJECT },
        ];
        for (value, expected) in [
            (serde_json::json!("a"), &[1, 0][..]),
            (serde_json::json!("b"), &[0, 1]),
            (serde_json::json!(1), &[2]),
            (serde_json::json!({"kind": "dog", "claws": 1}), &[4]),
            (serde_json::json!({"is": false}), &[6]),
            (serde_json::json!([]), &[7]),
            (serde_json::json!(true), &[]),
        ] {
            assert_eq!(candidates(&Json::deserialize(&value).unwrap(), "kind", &members), expected, "{value}");
        }
    }
}
