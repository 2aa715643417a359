//! Bounds of numbers, lengths and counts.

use serde_json::{Map, Value};

use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

/// The exclusive bounds, each with the bound that it is a flag of in 3.0.
const EXCLUSIVE: [(&str, &str); 2] = [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")];

const OF_NUMBERS: [&str; 3] = ["minimum", "maximum", "multipleOf"];

/// The bounds of lengths and counts.
const OF_COUNTS: [&str; 6] = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

/// Makes all bounds of a schema those of 3.0.
pub(super) fn lower(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    // Most schemas have none, which a look at each keyword shows sooner than a search for each bound.
    if schema.keys().any(|keyword| is_bound(keyword)) {
        exclusive(schema, at, log);
        numbers(schema, at, log);
    }
}

fn is_bound(keyword: &str) -> bool {
    let is_exclusive = EXCLUSIVE.iter().any(|(exclusive, _)| *exclusive == keyword);
    is_exclusive || OF_NUMBERS.contains(&keyword) || OF_COUNTS.contains(&keyword)
}

/// Rewrites a numeric exclusive bound as the bound and a flag, as in 3.0.
fn exclusive(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let tighter = [f64::max as fn(f64, f64) -> f64, f64::min];
    for ((exclusive, inclusive), tighter) in EXCLUSIVE.into_iter().zip(tighter) {
        let Some(bound) = schema.get(exclusive).cloned() else {
            continue;
        };
        let Some(number) = bound.as_f64() else {
            // A flag is the spelling of 3.0; without a bound it has no meaning.
            if !bound.is_boolean() || !schema.contains_key(inclusive) {
                schema.shift_remove(exclusive);
                log.add(Code::W007, &at.join(exclusive), "it has no bound; left out");
            }
            continue;
        };
        let other = schema.get(inclusive).and_then(Value::as_f64);
        if other.is_some_and(|other| other != number && tighter(other, number) == other) {
            schema.shift_remove(exclusive);
        } else {
            schema.insert(inclusive.into(), bound);
            schema.insert(exclusive.into(), true.into());
        }
        log.add(Code::L008, &at.join(exclusive), format!("bound of {number}"));
    }
}

/// Makes bounds of integers 64-bit integers, and bounds of lengths and counts natural numbers.
fn numbers(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let is_integer = schema.get("type") == Some(&"integer".into());
    let of = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    if is_integer && of("minimum").is_some() && of("maximum").is_some_and(|bound| i64::try_from(bound).is_err()) {
        schema.insert("format".into(), "uint64".into());
    }
    for keyword in OF_NUMBERS {
        let Some(bound) = schema.get(keyword) else { continue };
        let right = if is_integer { integer(bound).map(Value::from) } else { bound.as_f64().map(|_| bound.clone()) };
        keep_or_drop(schema, keyword, right, at, log);
    }
    for keyword in OF_COUNTS {
        let Some(bound) = schema.get(keyword) else { continue };
        let right = integer(bound).filter(|bound| *bound >= 0).map(Value::from);
        keep_or_drop(schema, keyword, right, at, log);
    }
    for (exclusive, inclusive) in EXCLUSIVE {
        if !schema.contains_key(inclusive) {
            schema.shift_remove(exclusive);
        }
    }
}

fn keep_or_drop(schema: &mut Map<String, Value>, keyword: &str, right: Option<Value>, at: &Pointer, log: &mut Log) {
    match right {
        Some(bound) => drop(schema.insert(keyword.into(), bound)),
        None => {
            let bound = schema.shift_remove(keyword).unwrap_or_default();
            log.add(Code::W004, &at.join(keyword), format!("{bound} is not checked"));
        }
    }
}

/// The value of a number that is an integer; `1e+09` and `3.0` are integers, too.
fn integer(bound: &Value) -> Option<i64> {
    if let Some(integer) = bound.as_i64() {
        return Some(integer);
    }
    let number = bound.as_f64()?;
    // A double above 2^53 may be another integer than the one written.
    (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use crate::lower::schema::tests::check;

    #[test]
    fn exclusive_bounds() {
        check(
            json!({"type": "integer", "exclusiveMinimum": 0}),
            expect![[r#"{"type":"integer","exclusiveMinimum":true,"minimum":0} L008"#]],
        );
        check(
            json!({"type": "number", "exclusiveMaximum": 5, "maximum": 4}),
            expect![[r#"{"type":"number","maximum":4} L008"#]],
        );
        check(json!({"type": "number", "exclusiveMaximum": true}), expect![[r#"{"type":"number"} W007"#]]);
    }

    #[test]
    fn numbers() {
        check(
            json!({"type": "integer", "minimum": 1e9, "maximum": 18446744073709551615_u64}),
            expect![[r#"{"type":"integer","minimum":1000000000} W004"#]],
        );
        check(
            json!({"type": "integer", "minimum": 0, "maximum": 18446744073709551615_u64}),
            expect![[r#"{"type":"integer","minimum":0,"format":"uint64"} W004"#]],
        );
        check(
            json!({"type": "string", "maxLength": 3.0, "minLength": -1}),
            expect![[r#"{"type":"string","maxLength":3} W004"#]],
        );
    }
}
