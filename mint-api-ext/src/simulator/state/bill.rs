//! Prices, and the credits of an operation.

use serde_json::{Value, json};

use super::status::{is_over, is_success};
use crate::simulator::scripts::OperationKind;

/// The estimated price of an operation, in credits. An operation usually takes less in the end.
///
/// The prices of models and of optimization are public; the others are invented.
pub(crate) fn price(kind: OperationKind, preset: &str) -> f64 {
    let model = match preset {
        "fast" => 248.0,
        "production" => 1596.0,
        _ => 798.0,
    };
    match kind {
        OperationKind::Model | OperationKind::AssetPack => model,
        OperationKind::World => 2.0 * model,
        OperationKind::Animation => 100.0,
        OperationKind::Optimization | OperationKind::Audio => 20.0,
        OperationKind::Conversion => 10.0,
    }
}

/// The part of a generation's price that its preview takes.
pub(crate) fn preview_price(price: f64) -> f64 {
    (price / 4.0).ceil()
}

/// The credits that an operation takes.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub(crate) estimated: f64,
    /// The credits held until the operation is over.
    pub(crate) reserved: f64,
    /// The balance after the reservation.
    pub(crate) left: f64,
    /// The credits that the operation waits for.
    pub(crate) missing: Option<Missing>,
}

/// The credits that an operation waits for.
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

    /// The credits that an operation in this status holds or has taken.
    pub(crate) fn committed(&self, status: &str) -> f64 {
        if is_over(status) { self.finalized(status) } else { self.reserved }
    }

    /// The credits that an operation in this status has taken for good.
    pub(crate) fn used(&self, status: &str) -> f64 {
        if is_over(status) { self.finalized(status) } else { 0.0 }
    }

    /// The field `credits` of an operation.
    pub(crate) fn credits(&self, status: &str) -> Value {
        json!({
            "estimated": self.estimated,
            "reserved": if is_over(status) { 0.0 } else { self.reserved },
            "finalized": self.used(status),
            "availableAfterReservation": self.left,
        })
    }

    /// The field `billing` of an operation; null if no credits are missing.
    pub(crate) fn billing(&self, resource_type: &str) -> Value {
        let Some(missing) = &self.missing else {
            return Value::Null;
        };
        json!({
            "reason": "insufficient_credits",
            "resource": resource_type,
            "stage": missing.stage,
            "requiredCredits": missing.required,
            "availableCredits": missing.available,
            "ctaKind": "top_up",
            "actionUrl": "https://platform.mint.gg/billing",
        })
    }

    /// The credits that an operation takes if it ends in this status. Only success costs credits.
    fn finalized(&self, status: &str) -> f64 {
        match is_success(status) {
            // The real API took 198 credits of an estimate of 248.
            true if self.estimated > 100.0 => (self.estimated * 0.8).floor(),
            true => self.estimated,
            false => 0.0,
        }
    }
}
