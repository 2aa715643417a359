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
    /// How many properties it has.
    pub(crate) names: usize,
    /// The properties that are always there.
    pub(crate) required: &'static [&'static str],
    /// Whether it takes properties of any name.
    pub(crate) any_name: bool,
    /// What the items of a list or the values of a map are, if it is one.
    pub(crate) items: &'static [Self],
}

/// The members of a union, and which of them have a property of a name.
pub(crate) struct Members {
    pub(crate) members: &'static [Member],
    pub(crate) holders: Holders,
    /// The same of what the members' items are.
    pub(crate) item_holders: Holders,
}

/// The members that have a property of a name.
type Holders = fn(&str) -> &'static [usize];

/// The members of a union that a value may be, the likeliest first.
///
/// Scalars are told apart by their JSON type, objects by the discriminator, else by properties with one value, else by
/// the names of their properties.
pub(crate) fn candidates(json: &Json<'_>, tag: &str, union: &Members) -> Vec<usize> {
    let members = union.members;
    let ranks: &[&str] = match json {
        Json::Null => &[],
        Json::Bool(_) => &["boolean"],
        Json::Number(number) if number.is_f64() => &["number", "integer"],
        Json::Number(_) => &["integer", "number"],
        Json::Text(_) => &["string"],
        Json::List(_) => &["array"],
        Json::Object(_) => &["object"],
    };
    let rank = |member: &Member| ranks.iter().position(|name| member.types.contains(name));
    let mut fitting: Vec<usize> = (0..members.len()).filter(|index| rank(&members[*index]).is_some()).collect();
    by_items(json, union, &mut fitting);
    match json {
        Json::Object(_) => {
            if let Some(found) = json.get(tag).filter(|_| !tag.is_empty()) {
                let tagged = |index: &usize| members[*index].tags.iter().any(|tag| found.is_called(tag));
                if fitting.iter().any(tagged) {
                    fitting.retain(tagged);
                } else if matches!(found, Json::Text(_)) {
                    // A value that stands for no member is a new one.
                    fitting.retain(|index| members[*index].tags.is_empty());
                }
            }
            if fitting.len() < 2 {
                return fitting;
            }
            by_properties(json, &mut fitting.iter().map(|index| (*index, &members[*index])), union.holders)
        }
        Json::Text(text) => by_rank(fitting, &|index| {
            let Member { values, types, .. } = &members[index];
            [(!values.contains(&&**text)).into(), (!values.is_empty()).into(), types.len() as isize, 0, 0]
        }),
        _ => by_rank(fitting, &|index| {
            let member = &members[index];
            [(member.types.len() == 6).into(), rank(member).unwrap_or_default() as isize, 0, 0, 0]
        }),
    }
}

/// Sorts by what `rank` returns; equal ones keep their order. `rank` is no type parameter, so that sorting is compiled once.
fn by_rank(mut indices: Vec<usize>, rank: &dyn Fn(usize) -> [isize; 5]) -> Vec<usize> {
    indices.sort_by_key(|index| rank(*index));
    indices
}

/// Of lists and maps of objects, leaves those that the first object in a value may be of, before the other members.
fn by_items(json: &Json<'_>, union: &Members, fitting: &mut Vec<usize>) {
    let is_object = |json: &&Json<'_>| matches!(json, Json::Object(_));
    let first = match json {
        Json::List(list) => list.iter().find(is_object),
        Json::Object(properties) => properties.iter().map(|(_, value)| value).find(is_object),
        _ => None,
    };
    let Some(first) = first else { return };
    let items = fitting.iter().filter_map(|index| Some((*index, union.members[*index].items.first()?)));
    let items: Vec<_> = items.filter(|(_, item)| item.types.contains(&"object")).collect();
    if items.len() < 2 {
        return;
    }
    let chosen = by_properties(first, &mut items.iter().copied(), union.item_holders);
    let others = fitting.iter().copied().filter(|index| items.iter().all(|(item, _)| item != index));
    *fitting = chosen.into_iter().chain(others).collect();
}

/// Whether a member has each name that any of them has; one that lacks some would drop what the value is besides.
pub(crate) fn has_all_names(json: &Json<'_>, member: usize, union: &Members) -> bool {
    let is_own = |name: &str| {
        let holders = (union.holders)(name);
        holders.is_empty() || holders.contains(&member)
    };
    union.members[member].any_name || json.properties().iter().all(|(name, _)| is_own(name))
}

/// What an object has of a member.
struct Fit<'a> {
    index: usize,
    member: &'a Member,
    /// How far the values of properties speak for it.
    agreement: isize,
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
/// one with most of the names comes first, then the one with the fewest other names, then the one the document names
/// first.
fn by_properties(
    object: &Json<'_>,
    members: &mut dyn ExactSizeIterator<Item = (usize, &Member)>,
    holders: Holders,
) -> Vec<usize> {
    let mut fits: Vec<Fit<'_>> = Vec::with_capacity(members.len());
    for (index, member) in members {
        if let Some(agreement) = agreement(object, member) {
            let complete = member.required.iter().all(|name| object.get(name).is_some());
            fits.push(Fit { index, member, agreement, complete, present: 0, only_here: false });
        }
    }
    let names = object.properties();
    for (name, _) in names {
        let holders = holders(name);
        let mut fitting = fits.iter_mut().filter(|fit| holders.contains(&fit.index));
        let first = fitting.next();
        let others = fitting.map(|fit| fit.present += 1).count();
        if let Some(first) = first {
            first.present += 1;
            first.only_here |= others == 0;
        }
    }
    fits.retain(|fit| {
        fit.only_here
            || (!names.is_empty() && fit.present == names.len())
            || fit.member.any_name
            || fit.agreement > 0
            || (names.is_empty() && !fit.member.required.is_empty() && fit.complete)
    });
    let mut sorted = by_rank((0..fits.len()).collect(), &|place| {
        let Fit { member, agreement, complete, present, .. } = &fits[place];
        [-agreement, (!complete).into(), -(*present as isize), member.any_name.into(), member.names as isize]
    });
    // Names alone decide for one member. If that one does not decode, another would drop what is not its own.
    if fits.iter().all(|fit| fit.member.constants.is_empty()) {
        sorted.truncate(1);
    }
    sorted.into_iter().map(|place| fits[place].index).collect()
}

/// How far the properties with few values speak for a member, or `None` when one of them rules it out.
fn agreement(object: &Json<'_>, member: &Member) -> Option<isize> {
    let mut agreement = 0;
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
        names: 0,
        required: &[],
        any_name: false,
        items: &[],
    };
    const A: Member = Member { names: 1, ..OBJECT };
    const B: Member = Member { names: 2, ..OBJECT };

    fn union(members: Vec<Member>, holders: Holders, item_holders: Holders) -> Members {
        Members { members: members.leak(), holders, item_holders }
    }

    fn of_none(_: &str) -> &'static [usize] {
        &[]
    }

    #[test]
    fn members_by_names() {
        let members = union(
            vec![Member { names: 2, ..OBJECT }, Member { names: 3, ..OBJECT }],
            |name| match name {
                "pano" => &[0],
                "shared" => &[0, 1],
                "glb" | "obj" => &[1],
                _ => &[],
            },
            of_none,
        );
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
            let object = names.iter().map(|name| ((*name).into(), Json::Null)).collect();
            assert_eq!(candidates(&Json::Object(object), "", &members).first().copied(), member, "{names:?}");
        }
        assert!(candidates(&Json::Text("text".into()), "", &members).is_empty());
    }

    /// A member with other names would say that these may come.
    #[test]
    fn of_members_that_fit_equally_the_one_with_the_fewest_names_is_chosen() {
        let members = union(
            vec![Member { names: 2, ..OBJECT }, Member { names: 1, ..OBJECT }],
            |name| match name {
                "pano" => &[0],
                "preview" => &[0, 1],
                _ => &[],
            },
            of_none,
        );
        for (names, member) in [(&["preview"][..], 1), (&["pano", "preview"], 0)] {
            let object = names.iter().map(|name| ((*name).into(), Json::Null)).collect();
            assert_eq!(candidates(&Json::Object(object), "", &members).first(), Some(&member), "{names:?}");
        }
    }

    #[test]
    fn members_by_what_is_in_them() {
        const LIST: Member = Member { types: &["array"], ..OBJECT };
        const MAP: Member = Member { any_name: true, ..OBJECT };
        let members = union(
            vec![
                Member { items: &[A], ..LIST },
                Member { items: &[B], ..LIST },
                Member { items: &[Member { types: &["string"], ..OBJECT }], ..LIST },
                Member { items: &[A], ..MAP },
                Member { items: &[B], ..MAP },
            ],
            of_none,
            |name| match name {
                "a" => &[0, 3],
                "b" | "c" => &[1, 4],
                _ => &[],
            },
        );
        for (value, expected) in [
            (serde_json::json!([{"a": 1}]), &[0, 2][..]),
            (serde_json::json!(["x", {"b": 1}]), &[1, 2]),
            (serde_json::json!([{"new": 1}]), &[2]),
            (serde_json::json!(["x"]), &[0, 1, 2]),
            (serde_json::json!([]), &[0, 1, 2]),
            (serde_json::json!({"key": {"c": 1}}), &[4]),
            (serde_json::json!({"key": {"a": 1}}), &[3]),
        ] {
            assert_eq!(candidates(&Json::deserialize(&value).unwrap(), "", &members), expected, "{value}");
        }
    }

    #[test]
    fn members_that_would_drop_what_is_anothers() {
        let holders: Holders = |name| match name {
            "a" => &[0],
            "b" | "c" => &[1],
            _ => &[],
        };
        let members = union(vec![A, B], holders, of_none);
        for (value, of_a, of_b) in [
            (serde_json::json!({"a": 1, "new": 1}), true, false),
            (serde_json::json!({"b": 1, "c": 1}), false, true),
            (serde_json::json!({"a": 1, "b": 1}), false, false),
            (serde_json::json!([]), true, true),
        ] {
            let json = Json::deserialize(&value).unwrap();
            let has_all = |member| has_all_names(&json, member, &members);
            assert_eq!((has_all(0), has_all(1)), (of_a, of_b), "{value}");
        }
    }

    #[test]
    fn members_by_type_tag_and_constant() {
        const TAGGED: Member = Member { names: 2, ..OBJECT };
        const FIXED: Member = Member { names: 1, ..OBJECT };
        let members = union(
            vec![
                Member { types: &["string"], ..OBJECT },
                Member { types: &["string"], values: &["a"], ..OBJECT },
                Member { types: &["number"], ..OBJECT },
                Member { tags: &["cat"], ..TAGGED },
                Member { tags: &["dog"], ..TAGGED },
                Member { constants: &[("is", &["true"])], ..FIXED },
                Member { constants: &[("is", &["false"])], ..FIXED },
                Member { types: &["array"], ..OBJECT },
                Member { tags: &["1.0", "False"], ..TAGGED },
            ],
            |name| match name {
                "kind" | "claws" => &[3, 4, 8],
                "is" => &[5, 6],
                _ => &[],
            },
            of_none,
        );
        for (value, expected) in [
            (serde_json::json!("a"), &[1, 0][..]),
            (serde_json::json!("b"), &[0, 1]),
            (serde_json::json!(1), &[2]),
            (serde_json::json!({"kind": "dog", "claws": 1}), &[4]),
            (serde_json::json!({"kind": "cow", "claws": 1}), &[]),
            (serde_json::json!({"kind": 1, "claws": 1}), &[8]),
            (serde_json::json!({"kind": false, "claws": 1}), &[8]),
            (serde_json::json!({"kind": 2, "claws": 1}), &[3]),
            (serde_json::json!({"is": false}), &[6]),
            (serde_json::json!([]), &[7]),
            (serde_json::json!(true), &[]),
        ] {
            assert_eq!(candidates(&Json::deserialize(&value).unwrap(), "kind", &members), expected, "{value}");
        }
    }
}
