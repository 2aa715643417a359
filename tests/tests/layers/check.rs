//! Compares the paths in a crate's source with a table of its layers.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

/// The modules in the root of a crate, from the ground up, each with the modules that it may use.
pub(crate) type Table<'a> = &'a [(&'a str, &'a [&'a str])];

/// Finds the errors in the arrows between the layers of a crate, one text each.
///
/// It follows the `mod` lines from `lib.rs`, except those under `#[cfg(test)]` or for fuzz targets, and reads every path that begins with
/// `crate` or `super`, in a `use`, in other code and in the arguments of macros. An arrow reads
/// `file:line  lower -> higher  (crate::higher)`. A path into the root of the crate that names no layer is wrong, too,
/// since it hides an arrow, and so is a line of the table that the code does not need.
pub(crate) fn check(src_dir: &Path, table: Table<'_>) -> Vec<String> {
    let mut walk = Walk { table, src_dir, used: BTreeSet::new(), wrong: Vec::new() };
    walk.file(&src_dir.join("lib.rs"), &[]);
    for (place, (layer, uses)) in table.iter().enumerate() {
        for used in *uses {
            if !table[..place].iter().any(|(below, _)| below == used) {
                walk.wrong.push(format!("table  {layer} -> {used}  (`{used}` is not below `{layer}`)"));
            }
            if !walk.used.contains(&((*layer).to_owned(), (*used).to_owned())) {
                walk.wrong.push(format!("table  {layer} -> {used}  (no code needs it)"));
            }
        }
    }
    walk.wrong
}

struct Walk<'a> {
    table: Table<'a>,
    src_dir: &'a Path,
    /// The arrows in the code that the table allows.
    used: BTreeSet<(String, String)>,
    wrong: Vec<String>,
}

impl Walk<'_> {
    /// Reads the file of a module.
    fn file(&mut self, file: &Path, module: &[String]) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let tokens =
            TokenStream::from_str(&numbered(&text)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.tokens(tokens, file, module);
    }

    fn tokens(&mut self, tokens: TokenStream, file: &Path, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at..] {
                [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] if hash.as_char() == '#' => {
                    at += if is_test_only(attribute) { item_length(&tokens[at..]) } else { 2 };
                }
                [TokenTree::Ident(item), TokenTree::Ident(name), body, ..] if item == "mod" => {
                    let inner = [module, &[name.to_string()]].concat();
                    self.module(body, file, &inner);
                    at += 3;
                }
                [TokenTree::Ident(start), rest @ ..] if keyword(start).is_some() => {
                    self.path(start, rest, file, module);
                    at += 1;
                    // The `super`s after the first are part of this path.
                    while let [TokenTree::Punct(_), TokenTree::Punct(_), TokenTree::Ident(next), ..] = &tokens[at..]
                        && keyword(next).is_some()
                    {
                        at += 3;
                    }
                }
                [TokenTree::Group(group), ..] => {
                    self.tokens(group.stream(), file, module);
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Reads a module, which has a body or a file of its own.
    fn module(&mut self, body: &TokenTree, file: &Path, module: &[String]) {
        let layer = &module[0];
        if module.len() == 1 && !self.table.iter().any(|(known, _)| known == layer) {
            self.wrong.push(format!("lib.rs  `{layer}` is not in the table"));
        }
        match body {
            TokenTree::Group(body) => self.tokens(body.stream(), file, module),
            _ => {
                let path: PathBuf = self.src_dir.join(module.iter().collect::<PathBuf>());
                let beside = path.with_extension("rs");
                let inside = path.join("mod.rs");
                self.file(if inside.is_file() { &inside } else { &beside }, module);
            }
        }
    }

    /// Checks a path that begins with `crate` or `super`.
    fn path(&mut self, start: &Ident, rest: &[TokenTree], file: &Path, module: &[String]) {
        let (Some(layer), Some((start, line))) = (module.first(), keyword(start)) else { return };
        let at = format!("{}:{line}", file.strip_prefix(self.src_dir).unwrap_or(file).display());
        let depth = if start == "crate" { 0 } else { module.len() - 1 };
        self.rest(layer, rest, depth, &at);
    }

    /// Checks the rest of a path. `depth` is the number of modules between it and the root of the crate.
    fn rest(&mut self, layer: &str, rest: &[TokenTree], depth: usize, at: &str) {
        match rest {
            // `crate as root` would hide every arrow.
            [TokenTree::Ident(renamed), ..] if renamed == "as" && depth == 0 => self.arrow(layer, "as", at),
            [TokenTree::Punct(colon), TokenTree::Punct(_), next, more @ ..] if colon.spacing() == Spacing::Joint => {
                match next {
                    TokenTree::Ident(next) if keyword(next).is_some() => {
                        self.rest(layer, more, depth.saturating_sub(1), at)
                    }
                    TokenTree::Group(group) if depth > 0 => {
                        for member in members(group) {
                            match &member[..] {
                                [TokenTree::Ident(next), more @ ..] if keyword(next).is_some() => {
                                    self.rest(layer, more, depth.saturating_sub(1), at);
                                }
                                _ => {}
                            }
                        }
                    }
                    first if depth == 0 => self.first(layer, first, at),
                    _ => {}
                }
            }
            // Not a path, such as `pub(crate)`.
            _ => {}
        }
    }

    /// Checks the first part after the root of the crate: a name, `*` or a group of paths.
    fn first(&mut self, layer: &str, first: &TokenTree, at: &str) {
        match first {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                members(group)
                    .iter()
                    .filter_map(|member| member.first())
                    .for_each(|first| self.first(layer, first, at));
            }
            name => self.arrow(layer, &name.to_string(), at),
        }
    }

    fn arrow(&mut self, from: &str, to: &str, at: &str) {
        let allowed = self.table.iter().find(|(layer, _)| *layer == from).map_or(&[][..], |(_, uses)| uses);
        if allowed.contains(&to) {
            self.used.insert((from.to_owned(), to.to_owned()));
        } else if from != to {
            self.wrong.push(format!("{at}  {from} -> {to}  (crate::{to})"));
        }
    }
}

/// The members of a group in a `use`.
fn members(group: &Group) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
    tokens.split(is_comma).map(<[_]>::to_vec).collect()
}

/// Adds the line to each `crate` and `super` in a source text, as in `crate_12`. Tokens know their line only with a feature
/// of `proc-macro2` that would compile every macro crate of the workspace again.
fn numbered(text: &str) -> String {
    let lines = text.lines().zip(1_usize..);
    let numbered = lines.map(|(line, number)| {
        ["crate", "super"].iter().fold(line.to_owned(), |line, word| with_number(&line, word, number)) + "\n"
    });
    numbered.collect()
}

/// The line with the number behind each occurrence of the word, which is no part of another one.
fn with_number(line: &str, word: &str, number: usize) -> String {
    let is_inside = |character: char| character.is_alphanumeric() || character == '_';
    let mut numbered = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        numbered.push_str(before);
        numbered.push_str(word);
        if !before.ends_with(is_inside) && !after.starts_with(is_inside) {
            numbered.push_str(&format!("_{number}"));
        }
        rest = after;
    }
    numbered + rest
}

/// The keyword and the line of a numbered `crate` or `super`.
fn keyword(ident: &Ident) -> Option<(String, usize)> {
    let ident = ident.to_string();
    let (keyword, line) = ident.split_once('_')?;
    matches!(keyword, "crate" | "super").then_some(())?;
    Some((keyword.to_owned(), line.parse().ok()?))
}

/// Whether an attribute compiles its item only in tests, or for fuzz targets.
fn is_test_only(attribute: &Group) -> bool {
    let text: String = attribute.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text == "cfg(any(test,fuzzing))" || text.starts_with("cfg(all(test,")
}

/// How many tokens an item has, from its first attribute to its `;` or body.
fn item_length(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(end) => matches!(end.as_char(), ';' | ','),
        TokenTree::Group(body) => body.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1)
}

#[cfg(test)]
mod tests;
