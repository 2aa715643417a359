//! Mutates JSON as a tree, since bytes that were changed at random seldom are JSON.

use serde_json::{Map, Value};

/// Mutates the bytes of a text; returns how many there are then, at most as many as its last argument.
pub type Bytes = fn(&mut [u8], usize, usize) -> usize;

/// Changes the JSON in the first `size` bytes of `data` in a few places, and returns its new size, at most `max_size`.
///
/// What is no JSON, and sometimes what is, is left to `bytes`. `words` are JSON texts that are put in, as values and, if they
/// are strings, as keys.
pub fn json(data: &mut [u8], size: usize, max_size: usize, seed: u32, words: &[&str], bytes: Bytes) -> usize {
    let mut mutation = Mutation { random: u64::from(seed), words, bytes };
    let parsed = serde_json::from_slice::<Value>(&data[..size]).ok().filter(|_| mutation.below(16) > 0);
    let mutated = parsed.map(|mut value| {
        for _ in 0..=mutation.below(3) {
            mutation.change(&mut value);
        }
        value.to_string()
    });
    match mutated {
        Some(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => bytes(data, size, max_size),
    }
}

/// Lets libFuzzer mutate the inputs of a target as JSON, with the target's words.
#[macro_export]
macro_rules! mutate_json {
    ($words:expr) => {
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            $crate::mutate::json(data, size, max_size, seed, $words, libfuzzer_sys::fuzzer_mutate)
        });
    };
}

struct Mutation<'a> {
    random: u64,
    words: &'a [&'a str],
    bytes: Bytes,
}

impl Mutation<'_> {
    /// A number below the bound (SplitMix64; Steele, Lea and Flood, 2014).
    fn below(&mut self, bound: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default() % bound.max(1)
    }

    fn change(&mut self, value: &mut Value) {
        let all = pointers(value);
        let mut one = |of: &[String]| of[self.below(of.len())].clone();
        let (at, other) = (one(&all), one(&all));
        let copy = value.pointer(&other).cloned().unwrap_or_default();
        let key = self.key(&all);
        let Some(target) = value.pointer_mut(&at) else { return };
        match self.below(8) {
            0 => *target = self.word(),
            1 => *target = copy,
            2 => *target = Value::from_iter([(key, target.take())]),
            3 => *target = Value::from_iter([target.take(), copy]),
            4 => add(target, key, copy),
            5 => add(target, key, self.word()),
            6 => self.scalar(target),
            _ => remove(value, &at, self.below(2).eq(&0).then_some(key)),
        }
    }

    fn word(&mut self) -> Value {
        let word = self.words[self.below(self.words.len())];
        serde_json::from_str(word).unwrap_or_default()
    }

    /// A word, or a key of the value with these places.
    fn key(&mut self, places: &[String]) -> String {
        match self.word() {
            Value::String(word) if self.below(2) == 0 => word,
            _ => key_of(&places[self.below(places.len())]),
        }
    }

    fn scalar(&mut self, target: &mut Value) {
        *target = match target.take() {
            Value::String(text) => {
                let mut buffer = text.into_bytes();
                let size = buffer.len();
                buffer.resize(size + 16, 0);
                let size = (self.bytes)(&mut buffer, size, size + 16);
                String::from_utf8_lossy(&buffer[..size]).into()
            }
            Value::Number(_) => {
                let numbers = ["0", "-1", "1", "1.5", "255", "1e300", "9007199254740993", "-9223372036854775808"];
                serde_json::from_str(numbers[self.below(numbers.len())]).unwrap_or_default()
            }
            Value::Array(mut items) => {
                items.reverse();
                items.into()
            }
            Value::Bool(flag) => (!flag).into(),
            Value::Null => Value::Object(Map::new()),
            object => object.to_string().into(),
        };
    }
}

fn add(target: &mut Value, key: String, value: Value) {
    match target {
        Value::Object(fields) => drop(fields.insert(key, value)),
        Value::Array(items) => items.push(value),
        scalar => *scalar = value,
    }
}

/// Removes a value, or gives it another key.
fn remove(value: &mut Value, at: &str, renamed: Option<String>) {
    let Some((parent, last)) = at.rsplit_once('/') else { return };
    match (value.pointer_mut(parent), last.parse::<usize>().ok()) {
        (Some(Value::Object(fields)), _) => {
            let removed = fields.remove(&key_of(at));
            if let (Some(key), Some(removed)) = (renamed, removed) {
                fields.insert(key, removed);
            }
        }
        (Some(Value::Array(items)), Some(index)) if index < items.len() => drop(items.remove(index)),
        _ => {}
    }
}

/// The last part of a JSON pointer.
fn key_of(pointer: &str) -> String {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    last.replace("~1", "/").replace("~0", "~")
}

/// Every place in a value, as a JSON pointer.
fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Object(fields) => open.extend(fields.iter().map(|(name, value)| {
                let name = name.replace('~', "~0").replace('/', "~1");
                (format!("{at}/{name}"), value)
            })),
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)));
            }
            _ => {}
        }
        found.push(at);
    }
    found
}
