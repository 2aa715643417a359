//! Looks for what a lost start may have made.

use futures::TryStreamExt as _;

use super::super::Section;
use crate::client::{Answer, Mint, answer};
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
    let read = || async {
        let what = format!("read {resource}");
        Ok(match resource.split_once('/') {
            Some(("world", id)) => {
                let answer = answer(&what, mint.api().get_world().world_id(id).send().await)?;
                let found = (answer.value.status.unwrap_or_default(), answer.value.mint_url);
                Answer { value: found, retry_after: answer.retry_after }
            }
            _ => {
                let id = resource.split_once('/').map_or(resource, |(_, id)| id);
                let answer = answer(&what, mint.api().get_model().model_id(id).send().await)?;
                let found = (answer.value.status.unwrap_or_default(), answer.value.mint_url);
                Answer { value: found, retry_after: answer.retry_after }
            }
        })
    };
    watch(mint, &format!("{resource} is made"), read, is_settled).await
}
