//! Looks for what a lost start may have made.

use futures::TryStreamExt as _;

use super::super::Section;
use crate::client::{Answer, Mint};
use crate::error::Error;
use crate::wait::watch;

/// Whether a person reviews the preview.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Review {
    ByAPerson,
    Skipped,
}

/// The resource of this name, such as `model/m_1`. `None` also for a section that Mint does not list.
pub(super) async fn find(mint: &Mint, section: Section, name: &str) -> Result<Option<String>, Error> {
    let is_named = |found: &Option<String>| found.as_deref() == Some(name);
    match section {
        Section::Models => {
            let mut models = mint.models().page_size(100).into_stream();
            while let Some(model) = models.try_next().await? {
                if is_named(&model.name) {
                    return Ok(Some(format!("model/{}", model.id)));
                }
            }
        }
        Section::Worlds => {
            let mut worlds = mint.worlds().page_size(100).into_stream();
            while let Some(world) = worlds.try_next().await? {
                if is_named(&world.name) {
                    return Ok(Some(format!("world/{}", world.id)));
                }
            }
        }
        Section::Packs | Section::Audio | Section::Animations => {}
    }
    Ok(None)
}

/// Waits until a resource is made, has failed or, if it is reviewed, has a preview. Returns its status and its page.
pub(super) async fn settle(mint: &Mint, resource: &str, review: Review) -> Result<(String, Option<String>), Error> {
    let is_settled = |(status, _): &(String, Option<String>)| match status.as_str() {
        "succeeded" | "partially_succeeded" | "failed" | "canceled" | "billing_required" => true,
        "preview_ready" => review == Review::ByAPerson,
        _ => false,
    };
    let (kind, id) = resource.split_once('/').unwrap_or(("model", resource));
    let read = || async {
        let ((status, page), retry_after) = match kind {
            "world" => {
                let Answer { value, retry_after } = mint.poll_world(id).await?;
                ((value.status, value.mint_url), retry_after)
            }
            _ => {
                let Answer { value, retry_after } = mint.poll_model(id).await?;
                ((value.status, value.mint_url), retry_after)
            }
        };
        Ok(Answer { value: (status.unwrap_or_default(), page), retry_after })
    };
    watch(mint, &format!("{resource} is made"), read, is_settled).await
}
