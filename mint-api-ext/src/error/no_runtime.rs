//! The error of a call outside a Tokio runtime.

use tokio::runtime::Handle;

use super::{Error, ErrorKind};

/// Checks that the caller runs in a Tokio runtime. Outside one, connections and timers would panic.
///
/// # Errors
///
/// [`ErrorKind::NoRuntime`].
pub(crate) fn check_runtime() -> Result<(), Error> {
    Handle::try_current().map(drop).map_err(|error| {
        let text = "there is no Tokio runtime here; call from one, such as a function under `#[tokio::main]`, or through \
                    `Runtime::block_on`";
        Error::new(ErrorKind::NoRuntime, text).with_source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_and_inside_a_runtime() {
        let error = check_runtime().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoRuntime);
        assert!(error.to_string().contains("tokio::main"), "{error}");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert!(runtime.block_on(async { check_runtime() }).is_ok());
    }
}
