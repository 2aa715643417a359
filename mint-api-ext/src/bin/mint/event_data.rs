//! The data of plans and events, for `--json`.

use mint_api_ext::catalog::{Change, EntryId, Event, Plan, Summary, Waiting};
use serde_json::{Value, json};

use crate::shown;

/// The data of a plan.
pub(crate) fn plan(plan: &Plan) -> Value {
    let entries: Vec<_> = plan
        .entries
        .iter()
        .map(|entry| {
            let steps: Vec<_> = entry
                .steps
                .iter()
                .map(|step| json!({"step": step.step.as_str(), "begun": step.begun, "price": step.price}))
                .collect();
            let mut data = json!({
                "entry": entry.id.to_string(),
                "change": entry.change.as_str(),
                "steps": steps,
                "missing": entry.missing,
                "damaged": entry.damaged,
            });
            match &entry.change {
                Change::Renamed { from } => data["from"] = from.to_string().into(),
                Change::Stopped { why } => data["why"] = why.as_str().into(),
                Change::Unreadable(error) => data["why"] = error.to_string().into(),
                _ => {}
            }
            data
        })
        .collect();
    json!({"entries": entries, "total": plan.total(), "unpriced": plan.unpriced()})
}

/// The type and the data of an event.
pub(crate) fn event(event: &Event) -> (&'static str, Value) {
    match event {
        Event::Renamed { from, to, .. } => ("renamed", json!({"from": from.to_string(), "entry": to.to_string()})),
        Event::Started { entry, step, operation, .. } => {
            ("started", json!({"entry": entry.to_string(), "step": step.as_str(), "operation": operation}))
        }
        Event::Made { entry, step, credits, .. } => {
            ("made", json!({"entry": entry.to_string(), "step": step.as_str(), "credits": credits}))
        }
        Event::Incomplete { entry, missing, .. } => {
            ("incomplete", json!({"entry": entry.to_string(), "missing": missing}))
        }
        Event::Published { entry, files, .. } => ("published", json!({"entry": entry.to_string(), "files": files})),
        Event::Waiting { entry, waiting, .. } => ("waiting", waiting_entry(entry, waiting)),
        Event::Failed { entry, why, .. } => ("failed", failed_entry(entry, why)),
        Event::Finished(summary) => ("finished", finished(summary)),
        event => ("other", json!({"text": event.to_string()})),
    }
}

/// The data of a run that has ended.
pub(crate) fn finished(summary: &Summary) -> Value {
    let waiting: Vec<_> = summary.waiting.iter().map(|(entry, waiting)| waiting_entry(entry, waiting)).collect();
    let failed: Vec<_> = summary.failed.iter().map(|(entry, error)| failed_entry(entry, &error.to_string())).collect();
    json!({"done": names(&summary.done), "unchanged": names(&summary.unchanged), "waiting": waiting, "failed": failed})
}

/// The data of a run that had nothing to do.
pub(crate) fn unchanged(plan: &Plan) -> Value {
    let unchanged = plan.entries.iter().filter(|entry| matches!(entry.change, Change::Unchanged));
    let unchanged: Vec<_> = unchanged.map(|entry| entry.id.to_string()).collect();
    json!({"done": [], "unchanged": unchanged, "waiting": [], "failed": []})
}

/// The word for what an entry waits for, and the option of `mint sync` that a person may decide for.
pub(crate) fn waiting(waiting: &Waiting) -> (&'static str, Option<&'static str>) {
    match waiting {
        Waiting::Review { .. } => ("review", None),
        Waiting::Credits { .. } => ("credits", None),
        Waiting::UnknownFate { .. } => ("unknown_fate", Some("--resend")),
        Waiting::Conflict { .. } => ("conflict", Some("--again")),
        Waiting::ChangedByHand { .. } => ("changed_by_hand", Some("--overwrite")),
        _ => ("other", None),
    }
}

fn waiting_entry(entry: &EntryId, why: &Waiting) -> Value {
    let mut data = json!({"entry": entry.to_string(), "for": waiting(why).0, "text": why.to_string()});
    if let Waiting::Review { operation, page, .. } = why {
        data["operation"] = json!(operation);
        data["page"] = json!(shown::page(page.as_deref()));
    }
    data
}

fn failed_entry(entry: &EntryId, why: &str) -> Value {
    json!({"entry": entry.to_string(), "text": why})
}

fn names(entries: &[EntryId]) -> Vec<String> {
    entries.iter().map(EntryId::to_string).collect()
}
