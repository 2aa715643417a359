//! The page of `mint gallery`, as HTML without scripts.

use std::fmt::Write as _;

use indicatif::{HumanBytes, HumanCount};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The beginning of each page, by which the command knows its own.
pub(crate) const MARK: &str = "<!doctype html><!-- written by mint gallery -->";

/// What a path of a link keeps as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const STYLE: &str = "
:root { color-scheme: light dark; --back: #f6f6f4; --card: #fff; --text: #1c1c1a; --faint: #63635e; --line: #ddddd8;
  --warn: #8a5300; --warn-back: #fff3dc; }
@media (prefers-color-scheme: dark) {
  :root { --back: #161614; --card: #21211f; --text: #eeeeea; --faint: #a5a59f; --line: #383835; --warn: #ffcf87;
    --warn-back: #3a2c13; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 0; }
header { margin-bottom: 1rem; } .faint { color: var(--faint); }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
article { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; min-width: 0; overflow: hidden; }
.poster { display: grid; place-items: center; position: relative; aspect-ratio: 4 / 3; background: var(--back); }
.poster img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.text { padding: .75rem; } .text > * { margin: 0 0 .5rem; }
.person { background: var(--warn-back); color: var(--warn); border-radius: .3rem; padding: .4rem .5rem; }
ul { list-style: none; padding: 0; font-size: .85rem; } a { color: inherit; }
";

/// An entry on the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Card {
    pub(crate) entry: String,
    pub(crate) prompt: String,
    pub(crate) status: String,
    /// What waits for a person.
    pub(crate) person: Option<String>,
    pub(crate) credits: Option<f64>,
    /// The link of the picture.
    pub(crate) poster: Option<String>,
    pub(crate) files: Vec<Listed>,
}

/// A file on the page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) link: String,
    pub(crate) bytes: Option<u64>,
    pub(crate) triangles: Option<u64>,
    pub(crate) extensions: Vec<String>,
}

/// The link from the folder of the page to a file; both are relative to mint.toml.
pub(crate) fn relative(out: &str, path: &str) -> String {
    let (out, path) = (parts(out), parts(path));
    let shared = out.iter().zip(&path).take_while(|(out, path)| out == path).count();
    let link: Vec<_> = out[shared..].iter().map(|_| "..").chain(path[shared..].iter().copied()).collect();
    utf8_percent_encode(&link.join("/"), KEPT).to_string()
}

fn parts(path: &str) -> Vec<&str> {
    path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect()
}

/// The whole page.
pub(crate) fn page(project: &str, cards: &[Card]) -> String {
    let total = cards.iter().filter_map(|card| card.credits).fold(0.0, |sum, credits| sum + credits);
    let waiting = cards.iter().filter(|card| card.person.is_some()).count();
    let project = escaped(project);
    let mut page = format!(
        "{MARK}\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{project}</title><style>{STYLE}</style></head><body>\n\
         <header><h1>{project}</h1><p class=\"faint\">{} entries, {total} credits, {waiting} wait for a person</p></header>\n\
         <main>\n",
        cards.len(),
    );
    cards.iter().for_each(|card| add(&mut page, card));
    page.push_str("</main></body></html>\n");
    page
}

fn add(page: &mut String, card: &Card) {
    let Card { entry, prompt, status, person, credits, poster, files } = card;
    let entry = escaped(entry);
    let picture = match poster {
        Some(link) => format!("<img src=\"{}\" alt=\"{entry}\">", escaped(link)),
        None => "<span class=\"faint\">no picture</span>".to_owned(),
    };
    let cost = credits.map(|credits| format!(", {credits} credits")).unwrap_or_default();
    let size: u64 = files.iter().filter_map(|file| file.bytes).sum();
    let _ = writeln!(
        page,
        "<article><div class=\"poster\">{picture}</div><div class=\"text\"><h2>{entry}</h2><p>{}</p>\
         <p class=\"faint\">{}{cost}, {}</p>",
        escaped(prompt),
        escaped(status),
        HumanBytes(size),
    );
    if let Some(person) = person {
        let _ = writeln!(page, "<p class=\"person\">{}</p>", escaped(person));
    }
    if !files.is_empty() {
        let items: String = files.iter().map(item).collect();
        let _ = writeln!(page, "<ul>{items}</ul>");
    }
    page.push_str("</div></article>\n");
}

fn item(file: &Listed) -> String {
    let mut facts = String::new();
    if let Some(bytes) = file.bytes {
        let _ = write!(facts, " {}", HumanBytes(bytes));
    }
    if let Some(triangles) = file.triangles {
        let _ = write!(facts, ", {} triangles", HumanCount(triangles));
    }
    if !file.extensions.is_empty() {
        let _ = write!(facts, ", {}", escaped(&file.extensions.join(", ")));
    }
    format!(
        "<li><a href=\"{}\">{}</a><span class=\"faint\">{facts}</span></li>",
        escaped(&file.link),
        escaped(&file.name)
    )
}

/// A text as content or as an attribute in quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        for (out, path, link) in [
            ("assets", "assets/models/lamp.glb", "models/lamp.glb"),
            ("./assets/", "assets/a b/100%.png", "a%20b/100%25.png"),
            ("a/b", "a/c/x.png", "../c/x.png"),
            (".", "models/x#y?.glb", "models/x%23y%3F.glb"),
            ("assets", "assets/javascript:alert(1).png", "javascript%3Aalert%281%29.png"),
        ] {
            assert_eq!(relative(out, path), link);
        }
    }

    #[test]
    fn everything_is_escaped() {
        let hostile = "\"><script>alert('x')</script>&amp;";
        let file = Listed {
            name: hostile.into(),
            link: hostile.into(),
            bytes: Some(1),
            triangles: Some(1_000),
            extensions: vec![hostile.into()],
        };
        let card = Card {
            entry: hostile.into(),
            prompt: hostile.into(),
            status: hostile.into(),
            person: Some(hostile.into()),
            credits: Some(2.5),
            poster: Some(hostile.into()),
            files: vec![file],
        };
        let page = page(hostile, &[card]);
        assert!(!page.contains("<script") && !page.contains("alert('"), "{page}");
        // Twice for the project, 2 times the entry, prompt, status, person, poster, and the 3 texts of a file.
        assert_eq!(page.matches("&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;").count(), 11);
        assert!(page.contains("1,000 triangles") && page.contains(", 2.5 credits, 1 B"), "{page}");
    }
}
