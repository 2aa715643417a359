//! The methods of a path item.

/// The fields of a path item that hold an operation (OpenAPI 3.1, section 4.8.9).
pub(crate) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];
