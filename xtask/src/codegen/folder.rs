//! A document whose references lead to other files of its folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use openapi_client_codegen::source::{Bundle, bundle};
use openapi_client_codegen::{Error, canonical};
use url::Url;

use crate::input::{Input, MOST_BYTES, read_text};
use crate::problem::Problem;

/// Makes one document of a file and those of its folder that it refers to. `None` if it refers to none, or cannot be read.
pub(super) fn bundled(input: &mut Input) -> Result<Option<Bundle>, Problem> {
    let Some(path) = &input.path else { return Ok(None) };
    let problem = |error| Problem::of_path("read", path, error, "check the path");
    let path = path.canonicalize().map_err(problem)?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    // The path is absolute.
    let Ok(root) = Url::from_file_path(&path) else { return Ok(None) };
    let mut first = Some(input.text.clone());
    let bundle = bundle(root.as_str(), |uri| first.take().map_or_else(|| text_of(uri, &folder), Ok));
    match bundle {
        Ok(bundle) if bundle.is_one_file() => Ok(None),
        Ok(bundle) => {
            input.text = canonical(&bundle.document);
            Ok(Some(bundle))
        }
        Err(error @ Error::Rejected(_)) => {
            Err(Problem::new("cannot bundle the files of the document", error, "pass a smaller document"))
        }
        // The generator says what is wrong with it.
        Err(_) => Ok(None),
    }
}

/// The text of a file in the folder. Links out of the folder are not followed.
fn text_of(uri: &str, folder: &Path) -> Result<String, String> {
    let path = path_of(uri).ok_or("only files are read, and nothing is fetched")?;
    let path = path.canonicalize().map_err(|error| error.to_string())?;
    if !path.starts_with(folder) {
        return Err("it is outside of the folder of the document".to_owned());
    }
    let file = File::open(&path).map_err(|error| error.to_string())?;
    let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
    read_text(&name, file, MOST_BYTES).map_err(|problem| problem.to_string())
}

/// The file that a URI names (RFC 8089).
fn path_of(uri: &str) -> Option<PathBuf> {
    let uri = Url::parse(uri).ok().filter(|uri| uri.scheme() == "file")?;
    uri.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io;

    use super::*;

    #[test]
    fn files_of_the_folder_are_read_and_no_others() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("an api é");
        fs::create_dir_all(folder.join("sub folder")).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let schemas = "A: {$ref: 'sub%20folder/a.yaml'}, B: {$ref: '../b.yaml'}, C: {$ref: 'https://a.b/c.yaml'}";
        write("openapi.yaml", &format!("openapi: 3.1.0\npaths: {{}}\ncomponents: {{schemas: {{{schemas}}}}}\n"));
        write("sub folder/a.yaml", "properties: {b: {$ref: ../b.json}}");
        write("b.json", r#"{"type": "string"}"#);
        fs::write(around.path().join("b.yaml"), "type: object").unwrap();
        let mut input = Input::read(&folder.join("openapi.yaml"), io::empty()).unwrap();
        let bundle = bundled(&mut input).unwrap().unwrap();
        let schemas = &bundle.document["components"]["schemas"];
        assert_eq!(schemas["A"]["properties"]["b"]["$ref"], "#/components/schemas/b");
        assert_eq!(schemas["b"]["type"], "string");
        let reasons: Vec<_> = bundle.unresolved.iter().map(|unresolved| unresolved.reason.as_str()).collect();
        assert!(reasons[0].ends_with("it is outside of the folder of the document"), "{reasons:?}");
        assert!(reasons[1].ends_with("only files are read, and nothing is fetched"), "{reasons:?}");
        assert_eq!(input.text, canonical(&bundle.document));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_out_of_the_folder_is_not_followed() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("api");
        fs::create_dir(&folder).unwrap();
        fs::write(around.path().join("secret.yaml"), "type: object").unwrap();
        std::os::unix::fs::symlink(around.path().join("secret.yaml"), folder.join("a.yaml")).unwrap();
        let text = "openapi: 3.1.0\npaths: {}\ncomponents: {schemas: {A: {$ref: a.yaml}}}\n";
        fs::write(folder.join("openapi.yaml"), text).unwrap();
        let mut input = Input::read(&folder.join("openapi.yaml"), io::empty()).unwrap();
        let bundle = bundled(&mut input).unwrap().unwrap();
        assert_eq!(bundle.unresolved.len(), 1);
        assert!(!input.text.contains("object"));
    }

    #[test]
    fn a_document_of_one_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("openapi.yaml");
        for text in ["openapi: 3.1.0\npaths: {}\n", "openapi: ["] {
            fs::write(&path, text).unwrap();
            let mut input = Input::read(&path, io::empty()).unwrap();
            assert!(bundled(&mut input).unwrap().is_none());
            assert_eq!(input.text, text);
        }
    }
}
