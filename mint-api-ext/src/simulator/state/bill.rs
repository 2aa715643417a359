//! What work costs, and what an operation has taken of it.

use serde_json::{Value, json};

use crate::simulator::scripts::OperationKind;
use crate::simulator::state::operation::{is_over, is_success};

/// What a kind of work costs, in credits. The estimates are above what is taken in the end.
///
/// Those of models and of optimisation are publicly known; the others are made up.
pub(crate) fn price(subject: OperationKind, preset: &str) -> f64 {
    let model = match preset {
        "fast" => 248.0,
        "production" => 1596.0,
        _ => 798.0,
    };
    match subject {
        OperationKind::Model | OperationKind::AssetPack => model,
        OperationKind::World => 2.0 * model,
        OperationKind::Animation => 100.0,
        OperationKind::Optimization | OperationKind::Audio => 20.0,
        OperationKind::Conversion => 10.0,
    }
}

/// How much of the price of a generation its preview takes.
pub(crate) fn preview_price(price: f64) -> f64 {
    (price / 4.0).ceil()
}

/// What an operation is charged.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub(crate) estimated: f64,
    /// What is held of the balance until the operation is over.
    pub(crate) reserved: f64,
    /// What was left of the balance after that.
    pub(crate) left: f64,
    /// What is missing, once the operation stopped for it.
    pub(crate) missing: Option<Missing>,
}

/// What an operation stopped for.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    pub(crate) stage: &'static str,
    pub(crate) required: f64,
    pub(crate) available: f64,
}

impl Bill {
    pub(crate) fn new(estimated: f64) -> Self {
        Self { estimated, reserved: 0.0, left: 0.0, missing: None }
    }

    /// What is taken once an operation ends in a status: nothing for what failed.
    fn finalized(&self, status: &str) -> f64 {
        match is_success(status) {
            // 248 credits of an estimate were seen to become 198.
            true if self.estimated > 100.0 => (self.estimated * 0.8).floor(),
            true => self.estimated,
            false => 0.0,
        }
    }

    /// What the balance lacks while the operation is in a status.
    pub(crate) fn committed(&self, status: &str) -> f64 {
        if is_over(status) { self.finalized(status) } else { self.reserved }
    }

    /// What has been taken for good.
    pub(crate) fn used(&self, status: &str) -> f64 {
        if is_over(status) { self.finalized(status) } else { 0.0 }
    }

    /// `credits` of the operation.
    pub(crate) fn credits(&self, status: &str) -> Value {
        json!({
            "estimated": self.estimated,
            "reserved": if is_over(status) { 0.0 } else { self.reserved },
            "finalized": self.used(status),
            "availableAfterReservation": self.left,
        })
    }

    /// `billing` of an operation that has stopped.
    pub(crate) fn billing(&self, resource: &str) -> Value {
        let Some(missing) = &self.missing else {
            return Value::Null;
        };
        json!({
            "reason": "insufficient_credits",
            "resource": resource,
            "stage": missing.stage,
            "requiredCredits": missing.required,
            "availableCredits": missing.available,
            "ctaKind": "top_up",
            "actionUrl": "https://platform.mint.gg/billing",
        })
    }
}
