//! A list of assets in a repository, made into files: the feature `catalog`.
//!
//! A game has a list of props and places. A catalog is that list as a file, `mint.toml`. A run makes its entries into files
//! below `assets/`, and writes what it bought into `mint.lock`. Run again, it makes only what is new. Killed at any moment
//! and run again, it pays for nothing twice, and loses nothing that was paid for.
//!
//! # The list
//!
//! ```
//! use mint_api_ext::catalog::Definition;
//!
//! let definition = r#"
//! project = "harbour-game-7f3a"       # part of every idempotency key; never change it
//! budget = 5000                       # credits for one run, with the unsettled work of earlier runs
//! out = "assets"
//! [defaults]
//! preset = "fast"
//! files = ["glb"]
//! [models.lamp]
//! prompt = "a brass lamp, low poly"
//! optimize = "moderate"
//! [models.chair]
//! prompt = "the same chair as in the picture"
//! image = "refs/chair.png"            # uploaded once, by content
//! review = true                       # stops at the preview
//! [worlds.harbour]
//! prompt = "a harbour at dawn"
//! files = ["runtime", "splat:500k"]
//! price = 1650                        # the server estimates none
//! [packs.tools]
//! prompt = "garden tools"
//! count = 5
//! price = 1240
//! [audio.bell]
//! prompt = "a ship's bell"
//! price = 20
//! [animations.walk]
//! prompt = "walks slowly"
//! model = "chair"
//! price = 100
//! "#;
//! let definition = Definition::parse("mint.toml".as_ref(), definition)?;
//! assert_eq!(definition.entries.len(), 6);
//! # Ok::<(), mint_api_ext::Error>(())
//! ```
//!
//! A mistake is reported with its line and column, and with what to write. [`FileChoice`](crate::catalog::FileChoice) lists the
//! words of `files`. A file is `assets/SECTION/NAME` with a suffix and an extension, such as `assets/models/lamp.glb`.
//!
//! # A run
//!
//! ```
//! use futures::StreamExt as _;
//! use mint_api_ext::catalog::{Catalog, Event};
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! # std::fs::write(directory.join("mint.toml"), "project = 'harbour-7f3a'\n[models.lamp]\nprompt = 'a brass lamp'")?;
//! let catalog = Catalog::open(directory)?;
//! let mut plan = catalog.plan()?;
//! plan.estimate(&mint).await?;
//! println!("{plan}");
//!
//! let mut run = catalog.run(&mint, plan);
//! while let Some(event) = run.next().await {
//!     match event? {
//!         Event::Finished(summary) => {
//!             for (entry, waiting) in &summary.waiting {
//!                 println!("{entry}: {waiting}");
//!             }
//!             for (entry, error) in &summary.failed {
//!                 println!("{entry}: {error}");
//!             }
//!         }
//!         event => println!("{event}"),
//!     }
//! }
//! # assert!(directory.join("assets/models/lamp.glb").is_file());
//! # Ok(())
//! # }
//! ```
//!
//! [`plan`](crate::catalog::Catalog::plan) sends nothing, and [`Plan::estimate`](crate::catalog::Plan::estimate) asks only for
//! prices. [`verify`](crate::catalog::Catalog::verify) compares the files with the lock, offline: let CI call it.
//! [`prune`](crate::catalog::Catalog::prune) removes the files of entries that were removed.
//!
//! The command `mint` does the same from a terminal: `mint init` writes a list to begin with, `mint sync` asks before it pays
//! and runs, and `mint verify` and `mint prune` are the methods of these names. It is in the feature `cli`. `MINT_RETRIES` sets
//! how often it sends a call again after a failure that may pass: 5 times by default.
//!
//! With `registry = "mint-assets.json"`, [`write_registry`](crate::catalog::Catalog::write_registry), and `mint sync` at its
//! end, write the registry that Mint's own skills for Three.js read: the files of each entry with their roles and loaders, and
//! a `transform` that a person may edit. What others wrote into it stays.
//!
//! # What makes an entry anew
//!
//! | Change | Effect |
//! |---|---|
//! | prompt, preset, pose, picture, count, style, length | the entry is generated again; the old files stay until the new ones are whole |
//! | back to what it was | the version of then is downloaded again, and nothing is bought, unless it was pruned |
//! | `optimize`, `convert`, `files` | only the new steps are made |
//! | `review`, `price`, comments, order, formatting | nothing |
//! | another name with the same content | the files are moved, and nothing is bought |
//! | the entry is removed | its files stay until they are pruned |
//!
//! # What a person decides
//!
//! | [`Waiting`](crate::catalog::Waiting) | What to do |
//! |---|---|
//! | `Review` | approve or revise the operation ([`reviewing`](super::reviewing)), then run again |
//! | `Credits` | add credits or raise `budget`, resume the operation if the text says so, then run again |
//! | `UnknownFate` | look for the name at Mint; if it is not there, run with [`resend`](crate::catalog::Run::resend) |
//! | `Conflict` | run with [`again`](crate::catalog::Run::again), which costs credits again |
//! | `ChangedByHand` | restore the files, or run with [`overwrite`](crate::catalog::Run::overwrite) |
//!
//! An operation that failed is in the summary's `failed` in every run, with advice, until a run with
//! [`again`](crate::catalog::Run::again) makes another attempt.
//!
//! # A start whose reply was lost
//!
//! The next run sends it again, with the stored body and key: the server then names the operation of the first time. Mint does
//! not document how long it remembers a key. A call older than an hour ([`key_lifetime`](crate::catalog::Run::key_lifetime))
//! is looked for among the models or worlds instead: each has a name that ends with a hash of its key.
//!
//! `key_lifetime` in `mint.toml` is that time in seconds.
//!
//! # An operation of an earlier prompt
//!
//! When a prompt is changed or an entry removed while its operation goes on, the operation still costs credits. The next run
//! waits for it beside its own work, and records what it cost; until then, its price counts against `budget`. A start whose reply
//! was lost is looked for by its name, and not sent again. Going back to the earlier prompt then costs nothing.
//!
//! # In version control
//!
//! Commit `mint.toml`, `mint.lock` and the files; ignore `.mint/`. The lock is sorted, and one change is one hunk. With
//! `lock = "public"` it names no operations and no costs; those are in `.mint/`, and losing it loses no paid work.
//! A request that is in flight is in the lock as it was sent, with the URLs of its pictures.
//!
//! Two branches that add entries merge as text. If they changed the same entry, the lock has conflict markers, and every
//! command refuses it and names the entries. Keep both sides where they are different entries; of one entry, keep the side
//! with more done. To always decide by hand, write this line in `.gitattributes`:
//!
//! ```text
//! mint.lock -text merge=binary
//! ```
