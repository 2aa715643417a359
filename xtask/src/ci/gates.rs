//! The list of gates for every change. `.ci/run` and the workflows run these, and those of `long.rs`, and nothing else.

use super::crates::Most;
use super::fleet::Backend;
use super::gate::{Absent, Cargo, Gate, Run};

/// What serves, decodes or draws; only the simulator, other stores, progress bars, facts of files and the maintainer need it.
const SERVERS: &[&str] = &[
    "axum",
    "clap",
    "clap_complete",
    "gltf-json",
    "image-webp",
    "indicatif",
    "jpeg-encoder",
    "jsonschema",
    "object_store",
    "png",
    "proptest",
];

/// What makes the client from the document; only a build script needs it.
const GENERATOR: &[&str] = &[
    "mint-openapi",
    "openapi-client-codegen",
    "openapiv3",
    "prettyplease",
    "progenitor",
    "progenitor-impl",
    "schemars",
    "typify",
];

/// What build scripts need with other features than the client.
const COMPILED_TWICE: &[&str] = &["indexmap", "memchr", "serde_json"];

/// The debug information of the workspace's profile, for crates that are built outside of it. With the same profile and in
/// the same folder, cargo builds a dependency once for all of them.
pub(super) const AS_IN_THE_WORKSPACE: (&str, &str) = ("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");

/// Every gate, the quick ones first.
pub(crate) const GATES: &[Gate] = &[
    Gate { name: "fmt", run: cargo(&["fmt", "--all", "--check"]), fix: "cargo fmt --all" },
    Gate {
        name: "check",
        run: Run::Check,
        fix: "cargo xtask regen --from FILE (the published document, or its docs page)",
    },
    Gate {
        name: "dependencies",
        run: Run::Dependencies {
            most: &[
                Most { package: "mint-api", crates: 130, twice: COMPILED_TWICE },
                Most { package: "mint-api-ext", crates: 139, twice: COMPILED_TWICE },
            ],
            absent: &[
                Absent { package: "mint-api", features: &[], crates: GENERATOR },
                Absent { package: "mint-api-ext", features: &[], crates: GENERATOR },
                Absent { package: "mint-api-ext", features: &[], crates: SERVERS },
                // One TLS stack, by default rustls on ring, and one SHA-2.
                Absent {
                    package: "mint-api-ext",
                    features: &[],
                    crates: &["aws-lc-rs", "native-tls", "openssl", "openssl-sys", "sha2"],
                },
                Absent {
                    package: "mint-api-ext",
                    features: &["--no-default-features", "--features", "aws-lc"],
                    crates: &["native-tls", "openssl", "openssl-sys", "ring", "sha2"],
                },
                Absent {
                    package: "mint-api-ext",
                    features: &["--no-default-features", "--features", "native-tls"],
                    crates: &["aws-lc-rs", "ring", "rustls"],
                },
                Absent { package: "mint-api", features: &["--no-default-features"], crates: &["native-tls", "rustls"] },
            ],
        },
        fix: "move the dependency to [build-dependencies] or [dev-dependencies], or behind a feature that is off by default",
    },
    // The default features lie between the two: what they add is in all of them.
    Gate {
        name: "clippy",
        run: cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
        fix: "cargo clippy --fix --allow-dirty --workspace --all-targets --all-features (then by hand what is left)",
    },
    Gate {
        name: "doc",
        run: Run::Cargo(Cargo {
            arguments: &["doc", "--workspace", "--all-features", "--no-deps"],
            outside_ci: &[],
            // As docs.rs does, but for the names of the features, which only a nightly rustdoc shows.
            environment: &[("RUSTDOCFLAGS", "-D warnings")],
        }),
        fix: "mend the comments it names",
    },
    Gate {
        name: "features",
        run: Run::Features,
        fix: "mend what the compiler names; what a feature needs stands behind `#[cfg(feature = ...)]`",
    },
    Gate {
        name: "test",
        run: Run::Cargo(Cargo {
            arguments: &["test", "--workspace"],
            outside_ci: &[],
            // At a desk, an application is busy for 5 s.
            environment: &[("MINT_SOAK_SECONDS", "60")],
        }),
        fix: "mend what the test names; where an expected text changed on purpose: UPDATE_EXPECT=1 cargo test --workspace",
    },
    Gate {
        name: "quickstart",
        run: cargo(&["run", "--quiet", "--example", "quickstart"]),
        fix: "mend mint-api-ext/examples/quickstart.rs, or what it uses",
    },
    Gate {
        name: "generate",
        run: cargo(&["run", "--quiet", "--example", "generate", "--", "a brass lamp"]),
        fix: "mend mint-api-ext/examples/generate.rs, or what it uses",
    },
    Gate {
        name: "review",
        run: cargo(&["run", "--quiet", "--example", "review"]),
        fix: "mend mint-api-ext/examples/review.rs, or what it uses",
    },
    Gate {
        name: "fleet",
        run: Run::Fleet(Backend::Sqlite),
        fix: "mend what it names in tests/jobs, or OperationHandle::step, or the download to a store",
    },
    Gate {
        name: "corpus",
        run: Run::Corpus,
        fix: "mend the rule in openapi/codegen/src/lower or openapi/codegen/src/prepare that the table and what follows it point at",
    },
    Gate {
        name: "package",
        run: Run::Cargo(Cargo {
            arguments: &[
                "package",
                // The next two gates build what is packaged; cargo would build each package, and may take stale sources.
                "--no-verify",
                "-p",
                "openapi-client-codegen",
                "-p",
                "mint-openapi",
                "-p",
                "mint-api",
                "-p",
                "mint-api-ext",
            ],
            // At a desk the change is not committed yet; in CI everything is, and what is not would be a mistake.
            outside_ci: &["--allow-dirty"],
            environment: &[],
        }),
        fix: "commit or ignore what it names; `cargo package --list -p CRATE` shows what a package carries",
    },
    Gate {
        name: "application",
        run: Run::Application,
        fix: "let the packages carry what they need; `cargo package --list -p CRATE` shows what it carries",
    },
    Gate { name: "readme", run: Run::Readme, fix: "make the files that openapi/codegen/README.md shows build and run" },
];

const fn cargo(arguments: &'static [&'static str]) -> Run {
    Run::Cargo(Cargo { arguments, outside_ci: &[], environment: &[] })
}
