//! A catalog on disk.

use std::path::{Path, PathBuf};

use super::Definition;
use super::disk::read_text;
use super::lock_file::LockFile;
use super::state::State;
use crate::client::Sha256;
use crate::download::hex;
use crate::error::{Error, ErrorKind};

/// A list of wanted assets, and what was bought and downloaded for it: `mint.toml`, `mint.lock` and `.mint/`.
///
/// It is what the files said when it was opened. Open it again after a run.
///
/// # Examples
///
/// ```
/// use futures::StreamExt as _;
/// use mint_api_ext::catalog::{Catalog, Event};
/// # use mint_api_ext::simulator::Simulator;
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let temporary = tempfile::tempdir()?;
/// # let directory = temporary.path();
/// std::fs::write(directory.join("mint.toml"), "project = 'harbour-7f3a'\n[models.lamp]\nprompt = 'a brass lamp'")?;
/// let catalog = Catalog::open(directory)?;
/// let mut plan = catalog.plan()?;
/// plan.estimate(&mint).await?;
/// println!("{plan}");
///
/// let mut run = catalog.run(&mint, plan);
/// while let Some(event) = run.next().await {
///     match event? {
///         Event::Finished(summary) => assert_eq!(summary.done.len(), 1),
///         event => println!("{event}"),
///     }
/// }
/// assert!(directory.join("assets/models/lamp.glb").is_file());
/// assert!(Catalog::open(directory)?.verify()?.is_clean());
/// assert!(Catalog::open(directory)?.plan()?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(super) paths: Paths,
    pub(super) definition: Definition,
    pub(super) lock: LockFile,
    pub(super) state: State,
    /// Of the two texts.
    pub(super) fingerprint: String,
}

/// The files of a catalog.
#[derive(Clone, Debug)]
pub(super) struct Paths {
    pub(super) definition: PathBuf,
    pub(super) root: PathBuf,
    pub(super) lock: PathBuf,
    pub(super) state: PathBuf,
    pub(super) os_lock: PathBuf,
    pub(super) staging: PathBuf,
}

impl Paths {
    fn of(path: &Path) -> Self {
        let definition = if path.is_dir() { path.join("mint.toml") } else { path.to_owned() };
        let root = match definition.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let hidden = root.join(".mint");
        Self {
            lock: definition.with_extension("lock"),
            state: hidden.join("state.json"),
            os_lock: hidden.join("run.lock"),
            staging: hidden.join("staging"),
            root,
            definition,
        }
    }
}

impl Catalog {
    /// Reads the catalog of a `mint.toml`, or of the directory that holds it. It blocks while it reads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] when a file cannot be read; [`ErrorKind::InvalidArgument`] with every mistake of the definition, or
    /// when the lock holds the conflict markers of a merge, has another format or belongs to another project.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let paths = Paths::of(path.as_ref());
        let Some(text) = read_text(&paths.definition)? else {
            let text = format!(
                "there is no `{}`; write one, beginning with `project = \"a-name\"`",
                paths.definition.display()
            );
            return Err(Error::new(ErrorKind::Io, text));
        };
        let definition = Definition::parse(&paths.definition, &text)?;
        let locked = read_text(&paths.lock)?;
        let mut lock = match &locked {
            Some(text) => LockFile::parse(&paths.lock, text)?,
            None => LockFile::new(&definition.project),
        };
        if lock.project != definition.project {
            let text = format!(
                "`{}` is of the project `{}`, and the definition of `{}`; another project makes everything anew, so give the \
                 definition its name back, or remove the lock",
                paths.lock.display(),
                lock.project,
                definition.project
            );
            return Err(Error::new(ErrorKind::InvalidArgument, text));
        }
        let state = State::read(&paths.state);
        state.give_private(&mut lock);
        let mut fingerprint = Sha256::default();
        for part in [&*text, "\0", locked.as_deref().unwrap_or_default()] {
            fingerprint.update(part);
        }
        Ok(Self { paths, definition, lock, state, fingerprint: hex(&fingerprint.finalize()) })
    }

    /// What a person wrote.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }
}
