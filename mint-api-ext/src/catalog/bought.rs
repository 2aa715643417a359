//! What was bought for each entry.

use super::{Catalog, EntryId};

/// What was bought for an entry: its files, and what it cost.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bought {
    /// The entry. The definition may have it no longer.
    pub entry: EntryId,
    /// The credits that all steps of all its versions cost, failed ones included. `None` if no cost is recorded.
    pub credits: Option<f64>,
    /// The files: the path from the directory of the definition, and the bytes.
    pub files: Vec<(String, Option<u64>)>,
}

impl Catalog {
    /// What the lock records as bought, in the order of the entries. It needs no network.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::catalog::Catalog;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// std::fs::write(directory.join("mint.toml"), "project = 'harbour-7f3a'")?;
    /// let catalog = Catalog::open(directory)?;
    /// let credits: f64 = catalog.bought().iter().filter_map(|bought| bought.credits).sum();
    /// println!("{credits} credits so far");
    /// # Ok(())
    /// # }
    /// ```
    pub fn bought(&self) -> Vec<Bought> {
        let entries = self.lock.entries().map(|(id, locked)| {
            let records = locked.versions.values().flat_map(|version| version.records());
            let costs = records.filter_map(|record| record.credits);
            Bought {
                entry: id.clone(),
                credits: costs.reduce(|sum, credits| sum + credits),
                files: locked.files.iter().map(|(path, file)| (path.clone(), file.bytes)).collect(),
            }
        });
        entries.collect()
    }
}
