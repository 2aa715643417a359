//! Letting an operation go on that waits for a person.

use mint_api::Client;
use mint_api::types::{EmptyRequest, IdempotencyKey, ReviseOperationRequest};

use super::request::{Call, Replied, Start, text};
use crate::wait::Found;

/// Approving a preview; see [`Preview::approve`](crate::Preview::approve).
#[derive(Clone, Debug)]
pub struct Approve {
    pub(crate) found: Found,
}

/// Asking for another preview; see [`Preview::revise`](crate::Preview::revise).
#[derive(Clone, Debug)]
pub struct Revise {
    pub(crate) found: Found,
    pub(crate) feedback: String,
}

/// Going on after credits were added; see [`Unpaid::resume`](crate::Unpaid::resume).
#[derive(Clone, Debug)]
pub struct Resume {
    pub(crate) found: Found,
    /// Why there is nothing to resume.
    pub(crate) nothing_to_resume: Option<String>,
}

impl Call for Approve {
    type Body = EmptyRequest;

    const DOES: &'static str = "approve";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<EmptyRequest, String> {
        Ok(EmptyRequest {})
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: EmptyRequest) -> Replied {
        api.approve_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Call for Revise {
    type Body = ReviseOperationRequest;

    const DOES: &'static str = "revise";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<ReviseOperationRequest, String> {
        Ok(ReviseOperationRequest { feedback: text("feedback", &self.feedback)? })
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: ReviseOperationRequest) -> Replied {
        api.revise_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Call for Resume {
    type Body = EmptyRequest;

    const DOES: &'static str = "resume";

    fn target(&self) -> Option<(&'static str, &str)> {
        Some(("operation", &self.found.id))
    }

    fn body(&self) -> Result<EmptyRequest, String> {
        match &self.nothing_to_resume {
            Some(why) => Err(why.clone()),
            None => Ok(EmptyRequest {}),
        }
    }

    async fn send(&self, api: &Client, key: IdempotencyKey, body: EmptyRequest) -> Replied {
        api.resume_operation().operation_id(&self.found.id).idempotency_key(key).body(body).send().await
    }

    fn found(&self) -> Option<&Found> {
        Some(&self.found)
    }
}

impl Start for Approve {}
impl Start for Revise {}
impl Start for Resume {}
