//! SHA-2 of the library that TLS has its cryptography from, so that no second one is built.

use std::fmt;

#[cfg(all(feature = "aws-lc", not(feature = "rustls")))]
use aws_lc_rs::digest::{Context, SHA256, SHA512};
#[cfg(feature = "rustls")]
use ring::digest::{Context, SHA256, SHA512};

macro_rules! hashes {
    ($($hash:ident $algorithm:ident $bytes:literal)*) => {
        $(
            #[derive(Clone)]
            pub(crate) struct $hash(Context);

            impl $hash {
                pub(crate) fn update(&mut self, bytes: impl AsRef<[u8]>) {
                    self.0.update(bytes.as_ref());
                }

                pub(crate) fn finalize(self) -> [u8; $bytes] {
                    let mut bytes = [0; $bytes];
                    bytes.copy_from_slice(self.0.finish().as_ref());
                    bytes
                }
            }

            impl Default for $hash {
                fn default() -> Self {
                    Self(Context::new(&$algorithm))
                }
            }

            impl fmt::Debug for $hash {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(stringify!($hash))
                }
            }
        )*
    };
}

hashes! { Sha256 SHA256 32 Sha512 SHA512 64 }

#[cfg(any(test, feature = "catalog", feature = "simulator"))]
impl Sha256 {
    pub(crate) fn digest(bytes: impl AsRef<[u8]>) -> [u8; 32] {
        let mut hash = Self::default();
        hash.update(bytes);
        hash.finalize()
    }
}

#[cfg(not(any(feature = "rustls", feature = "aws-lc")))]
use software::{Context, SHA256, SHA512};

/// The same of a crate of its own, for the TLS of the system, which offers no hashes.
#[cfg(any(test, not(any(feature = "rustls", feature = "aws-lc"))))]
mod software {
    use sha2::{Digest as _, Sha256, Sha512};

    pub(super) static SHA256: fn() -> Context = || Context::Short(Sha256::new());
    pub(super) static SHA512: fn() -> Context = || Context::Long(Sha512::new());

    #[derive(Clone)]
    pub(super) enum Context {
        Short(Sha256),
        Long(Sha512),
    }

    impl Context {
        pub(super) fn new(algorithm: &fn() -> Self) -> Self {
            algorithm()
        }

        pub(super) fn update(&mut self, bytes: &[u8]) {
            match self {
                Self::Short(hash) => hash.update(bytes),
                Self::Long(hash) => hash.update(bytes),
            }
        }

        pub(super) fn finish(self) -> Vec<u8> {
            match self {
                Self::Short(hash) => hash.finalize().to_vec(),
                Self::Long(hash) => hash.finalize().to_vec(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::download::hex;

    /// The examples of FIPS 180-2, appendices B.1 and C.1, in two pieces.
    #[test]
    fn the_examples_of_the_standard() {
        const SHORT: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        const LONG: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                            2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        let (mut short, mut long) = (Sha256::default(), Sha512::default());
        let [mut short_software, mut long_software] =
            [software::SHA256, software::SHA512].map(|algorithm| software::Context::new(&algorithm));
        for piece in ["a", "bc"] {
            short.update(piece);
            long.update(piece);
            short_software.update(piece.as_bytes());
            long_software.update(piece.as_bytes());
        }
        assert_eq!(short.clone().finalize(), Sha256::digest("abc"));
        assert_eq!((&*hex(&short.finalize()), &*hex(&long.finalize())), (SHORT, LONG));
        assert_eq!((&*hex(&short_software.finish()), &*hex(&long_software.finish())), (SHORT, LONG));
    }
}
