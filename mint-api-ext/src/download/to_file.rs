//! A download of one file to a path.

use std::future::IntoFuture;
use std::path::{Path, PathBuf, is_separator};
use std::sync::Arc;

use futures::future::BoxFuture;

use super::FetchedFile;
use super::download::Download;
use super::file_name::checked_path;
use super::naming::Naming;
use crate::error::{Error, ErrorKind};

/// A download of one file to a path; await it for the [`FetchedFile`].
#[derive(Debug)]
#[must_use = "a download does nothing until it is awaited"]
pub struct ToFile {
    download: Download,
    path: PathBuf,
}

impl Download {
    /// Saves one file under this path, whatever the API or [`named`](Self::named) call it, and makes missing directories.
    /// Await the result.
    ///
    /// The rest is as in [`to_dir`](Self::to_dir) for the directory of the path: a partial file is continued, only a whole
    /// and checked file gets the name, and `mint-manifest.json` beside it records the file. The next download fetches it
    /// only if it has changed. A file that no download wrote is not replaced, unless
    /// [`Overwrite::Always`](crate::download::Overwrite::Always) says so. The extension stays, whatever the content is.
    ///
    /// # Errors
    ///
    /// Before any file is requested: [`ErrorKind::InvalidArgument`] if several files are selected, or if the path does not
    /// end in a file name that every file system accepts; [`ErrorKind::Download`] if no file is selected. Later: the errors
    /// of [`to_dir`](Self::to_dir) and of [`Report::complete`](crate::download::Report::complete).
    ///
    /// # Examples
    ///
    /// ```
    /// # use mint_api_ext::simulator::{Script, Simulator};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
    /// # let operation = mint.attach(id)?.wait().await?.into_operation();
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// let file = mint.download(&operation).preferred().to_file(directory.join("assets/rider.glb")).await?;
    /// println!("{} {} bytes", file.path.display(), file.bytes);
    /// # assert!(directory.join("assets/rider.glb").is_file());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// Dropping it stops the download. A partial file that can be continued stays.
    pub fn to_file(self, path: impl AsRef<Path>) -> ToFile {
        ToFile { download: self, path: path.as_ref().to_owned() }
    }
}

impl IntoFuture for ToFile {
    type Output = Result<FetchedFile, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { mut download, path } = self;
            let (directory, name) = split(&path).map_err(|why| {
                let text = format!("could not save a file as `{}`: {why}", path.display());
                Error::new(ErrorKind::InvalidArgument, text)
            })?;
            let directory = download.directory(directory);
            download.naming = Naming::By(Arc::new(move |_| name.clone()));
            download.run_one(directory).await
        })
    }
}

/// The directory of a path and the name of its file; the error says why the path names no file.
fn split(path: &Path) -> Result<(&Path, String), String> {
    let ends_in_separator = path.to_string_lossy().ends_with(is_separator);
    let name = path.file_name().filter(|_| !ends_in_separator).ok_or("the path must end in the name of a file")?;
    let name = name.to_str().ok_or("its name is not Unicode; choose another one")?;
    match checked_path(name)? {
        composed if composed == name => Ok((path.parent().unwrap_or(Path::new("")), composed)),
        _ => Err("its name is not in the composed form of Unicode (NFC); choose another one".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file() {
        for (path, directory, name) in
            [("rider.glb", "", "rider.glb"), ("a/.b/../rider", "a/.b/..", "rider"), ("/rider.glb", "/", "rider.glb")]
        {
            assert_eq!(split(Path::new(path)), Ok((Path::new(directory), name.to_owned())));
        }
        for (path, why) in [
            ("", "must end in the name"),
            ("/", "must end in the name"),
            ("a/..", "must end in the name"),
            ("a/", "must end in the name"),
            ("a/nul.glb", "use \"_nul.glb\""),
            ("a/b?.glb", "use \"b_.glb\""),
            ("mint-manifest.json", "the manifest"),
            ("a/rider.glb.part", "use \"rider.glb.part_\""),
            ("e\u{301}.glb", "NFC"),
        ] {
            assert!(split(Path::new(path)).is_err_and(|error| error.contains(why)), "{path}");
        }
    }
}
