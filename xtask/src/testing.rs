//! A workspace to break, and a server to ask.

pub(crate) mod server;

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use openapi_client_codegen::source::{Lock, Origin, OriginKind};
use tempfile::TempDir;

use crate::input::Input;
use crate::problem::Problem;
use crate::regen::{Obstacles, Regenerated, regen};
use crate::source::{Taken, of_input};
use crate::workspace::Workspace;

/// A small document in its canonical form. Not the vendored one: a refresh of that is to change no test.
pub(crate) const DOCUMENT: &str = r##"{
  "openapi": "3.1.0",
  "info": {
    "title": "Small API",
    "version": "1.0.0"
  },
  "paths": {
    "/things/{id}": {
      "get": {
        "operationId": "getThing",
        "parameters": [
          {
            "name": "id",
            "in": "path",
            "required": true,
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The thing.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Thing"
                }
              }
            }
          }
        }
      }
    }
  },
  "components": {
    "schemas": {
      "Thing": {
        "type": "object",
        "required": [
          "name"
        ],
        "properties": {
          "name": {
            "type": [
              "string",
              "null"
            ]
          }
        }
      }
    }
  }
}
"##;

/// An overlay that fits every document with paths.
pub(crate) const OVERLAY: &str = r#"{
  "overlay": "1.1.0",
  "info": {"title": "What the small document leaves out", "version": "1"},
  "actions": [
    {
      "target": "$.paths",
      "update": {"/ping": {"get": {"operationId": "ping", "responses": {"204": {"description": "Here."}}}}},
      "x-provenance": {"source": "the makers", "confidence": "H"}
    }
  ]
}
"#;

/// A workspace in a temporary folder, which goes when this is dropped.
pub(crate) struct Fixture {
    folder: TempDir,
    pub(crate) workspace: Workspace,
}

impl Fixture {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("openapi")).unwrap();
        let workspace = Workspace::at(folder.path());
        fs::write(workspace.overlay(), OVERLAY).unwrap();
        fs::write(workspace.changelog(), "# Changelog\n\n## [Unreleased]\n").unwrap();
        Self { folder, workspace }
    }

    /// A workspace in sync, its document taken on the first day.
    pub(crate) fn in_sync() -> Self {
        let fixture = Self::empty();
        fixture.regen(DOCUMENT, 1).unwrap();
        fixture
    }

    pub(crate) fn regen(&self, text: &str, day: u32) -> Result<Regenerated, Problem> {
        let origin = Origin { kind: OriginKind::File, location: format!("day-{day}.md") };
        self.take(&of_input(Input { text: text.into(), origin, path: None })?, day)
    }

    pub(crate) fn regen_from_itself(&self, day: u32) -> Result<Regenerated, Problem> {
        let path = self.workspace.document();
        self.take(&of_input(Input::read(&path, std::io::empty()).unwrap())?, day)
    }

    pub(crate) fn take(&self, taken: &Taken, day: u32) -> Result<Regenerated, Problem> {
        regen(&self.workspace, taken, date(day), Obstacles::Refuse)
    }

    /// As [`Fixture::regen`], and writes a document that stands in the way of a client.
    pub(crate) fn force(&self, text: &str, day: u32) -> Result<Regenerated, Problem> {
        let origin = Origin { kind: OriginKind::File, location: format!("day-{day}.md") };
        let taken = of_input(Input { text: text.into(), origin, path: None })?;
        regen(&self.workspace, &taken, date(day), Obstacles::Tell)
    }

    /// Every file and its text, sorted by name.
    pub(crate) fn files(&self) -> Vec<(String, Option<String>)> {
        let entries = fs::read_dir(self.folder.path().join("openapi")).unwrap().map(Result::unwrap);
        let mut files: Vec<_> = entries
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).ok()))
            .collect();
        files.sort();
        files
    }

    pub(crate) fn lock(&self) -> Lock {
        Lock::parse(&read(&self.workspace.lock())).unwrap()
    }
}

pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// Replaces the first `from` in a file.
#[track_caller]
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = read(path);
    assert!(text.contains(from), "{}: {from}", path.display());
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, day).unwrap()
}
