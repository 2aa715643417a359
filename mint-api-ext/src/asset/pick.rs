//! Picks: the one file, or the two, that a use needs.

use super::{Asset, AssetKind, Assets};

impl Assets {
    /// The model to show or to work with: the optimized GLB, or the original one if there is no optimized one.
    ///
    /// The optimized GLB usually has Draco compression; see [`preferred_without_draco`](Self::preferred_without_draco).
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::{Asset, AssetKind, Assets};
    ///
    /// let glb = Asset::new(AssetKind::Glb, "https://cdn.mint.gg/a.glb");
    /// let optimized = Asset::new(AssetKind::OptimizedGlb, "https://cdn.mint.gg/b.glb");
    /// assert_eq!(Assets::from(vec![glb.clone(), optimized.clone()]).preferred(), Some(&optimized));
    /// assert_eq!(Assets::from(vec![glb.clone()]).preferred(), Some(&glb));
    /// assert_eq!(Assets::from(vec![]).preferred(), None);
    /// ```
    pub fn preferred(&self) -> Option<&Asset> {
        self.of_kind(&AssetKind::OptimizedGlb).or_else(|| self.of_kind(&AssetKind::Glb))
    }

    /// The model for a loader without Draco compression: the original GLB.
    ///
    /// The optimized GLB usually requires the extension `KHR_draco_mesh_compression`, and a loader that lacks it must
    /// refuse the file ([glTF 2.0, section 3.12](https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html)). This method
    /// never returns the optimized GLB.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::{Asset, AssetKind, Assets};
    ///
    /// let glb = Asset::new(AssetKind::Glb, "https://cdn.mint.gg/a.glb");
    /// let optimized = Asset::new(AssetKind::OptimizedGlb, "https://cdn.mint.gg/b.glb");
    /// assert_eq!(Assets::from(vec![optimized.clone(), glb.clone()]).preferred_without_draco(), Some(&glb));
    /// assert_eq!(Assets::from(vec![optimized]).preferred_without_draco(), None);
    /// ```
    pub fn preferred_without_draco(&self) -> Option<&Asset> {
        self.of_kind(&AssetKind::Glb)
    }

    /// The picture to show before the model or the world is loaded: the preview image, or the thumbnail if there is no
    /// preview image.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::{Asset, AssetKind, Assets};
    ///
    /// let thumbnail = Asset::new(AssetKind::Thumbnail, "https://cdn.mint.gg/a.webp");
    /// let preview = Asset::new(AssetKind::PreviewImage, "https://cdn.mint.gg/b.png");
    /// assert_eq!(Assets::from(vec![thumbnail.clone(), preview.clone()]).poster(), Some(&preview));
    /// assert_eq!(Assets::from(vec![thumbnail.clone()]).poster(), Some(&thumbnail));
    /// ```
    pub fn poster(&self) -> Option<&Asset> {
        self.of_kind(&AssetKind::PreviewImage).or_else(|| self.of_kind(&AssetKind::Thumbnail))
    }

    /// The SPZ splats of a quality such as `500k`, or else of the nearest one, in this order:
    ///
    /// 1. the quality of that name, in upper or lower case;
    /// 2. the largest of the smaller ones, since a viewer that can show the wanted number of splats can show fewer;
    /// 3. the smallest of the larger ones.
    ///
    /// `k` stands for thousands and `m` for millions of splats. A name that is not a number, such as `full_res`, is larger
    /// than every number. RAD splats are of another format and never stand in for SPZ.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::{Asset, AssetKind, Assets};
    ///
    /// let splats = |quality: &str| Asset::new(AssetKind::Spz(quality.into()), "https://cdn.mint.gg/a.spz");
    /// let assets = Assets::from(vec![splats("100k"), splats("500k"), splats("full_res")]);
    /// let kind = |quality| assets.splat(quality).map(|asset| asset.kind.to_string());
    /// assert_eq!(kind("500k").as_deref(), Some("spz 500k"));
    /// assert_eq!(kind("2m").as_deref(), Some("spz 500k"));
    /// assert_eq!(kind("50k").as_deref(), Some("spz 100k"));
    /// ```
    pub fn splat(&self, quality: &str) -> Option<&Asset> {
        let wanted = splats(quality);
        let of = |asset: &Asset| match &asset.kind {
            AssetKind::Spz(quality) => Some(quality.clone()),
            _ => None,
        };
        let offered = || self.iter().filter_map(|asset| Some((of(asset)?, asset)));
        let exact = offered().find(|(offer, _)| offer.eq_ignore_ascii_case(quality.trim()));
        let smaller = || offered().filter(|(offer, _)| splats(offer) <= wanted).max_by_key(|(offer, _)| splats(offer));
        let larger = || offered().min_by_key(|(offer, _)| splats(offer));
        exact.or_else(smaller).or_else(larger).map(|(_, asset)| asset)
    }

    /// The two files that a world is walked through with: the RAD splats, and the collider mesh. `None` if either is
    /// missing.
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::asset::{Asset, AssetKind, Assets};
    ///
    /// let rad = Asset::new(AssetKind::Rad, "https://cdn.mint.gg/a.rad");
    /// let collider = Asset::new(AssetKind::ColliderMesh, "https://cdn.mint.gg/b.glb");
    /// let world = Assets::from(vec![collider.clone(), rad.clone()]);
    /// assert_eq!(world.world_runtime(), Some((&rad, &collider)));
    /// assert_eq!(Assets::from(vec![rad]).world_runtime(), None);
    /// ```
    pub fn world_runtime(&self) -> Option<(&Asset, &Asset)> {
        Some((self.of_kind(&AssetKind::Rad)?, self.of_kind(&AssetKind::ColliderMesh)?))
    }

    /// The first file of a kind.
    pub(crate) fn of_kind(&self, kind: &AssetKind) -> Option<&Asset> {
        self.iter().find(|asset| asset.kind == *kind)
    }
}

/// How many splats a quality has, by its name: `500k` is 500,000. A name that is not a number is the largest.
fn splats(quality: &str) -> u64 {
    let quality = quality.trim().to_ascii_lowercase();
    let (number, unit) = match quality.strip_suffix('k') {
        Some(thousands) => (thousands, 1e3),
        None => quality.strip_suffix('m').map_or((quality.as_str(), 1.0), |millions| (millions, 1e6)),
    };
    let is_number = number.starts_with(|first: char| first.is_ascii_digit());
    let number = number.parse::<f64>().ok().filter(|_| is_number);
    number.map_or(u64::MAX, |number| (number * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_quality_of_splats() {
        let check = |offered: &[&str], wanted: &str, picked: Option<&str>| {
            let assets = offered.iter().map(|quality| Asset::new(AssetKind::Spz((*quality).into()), "u"));
            let mut assets: Vec<_> = assets.collect();
            assets.push(Asset::new(AssetKind::Rad, "u"));
            let found = Assets::from(assets).splat(wanted).map(|asset| asset.kind.to_string());
            assert_eq!(found, picked.map(|quality| format!("spz {quality}")), "{wanted} of {offered:?}");
        };
        let usual = ["100k", "500k", "full_res"];
        check(&usual, "500k", Some("500k"));
        check(&usual, " 500K ", Some("500k"));
        check(&usual, "499k", Some("100k"));
        check(&usual, "500000", Some("500k"));
        check(&usual, "0.6m", Some("500k"));
        check(&usual, "1k", Some("100k"));
        check(&usual, "full_res", Some("full_res"));
        check(&usual, "highest", Some("full_res"));
        check(&["2m", "100k"], "full_res", Some("2m"));
        check(&["2m", "1.5m"], "500k", Some("1.5m"));
        check(&["full_res"], "500k", Some("full_res"));
        check(&["infinity", "nan"], "500k", Some("infinity"));
        check(&[], "500k", None);
    }
}
