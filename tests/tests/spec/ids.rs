//! `mint-api-ext` refuses an invalid id before any request, in every method that takes one.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;

use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use mint_api_ext::request::RetryModel;
use mint_api_ext::types::{ConversionFormat, Operation, OptimizationLevel};
use mint_api_ext::{ErrorKind, Mint, Outcome, SavedOperation};
use serde_json::json;
use syn::{FnArg, ImplItem, Item, Pat, Type, Visibility};

use crate::server::{self, Server};

type Refused = Result<(), Box<dyn Error + Send + Sync>>;

/// A parameter that takes an id.
struct Taker {
    /// Its name in the result of [`parameters`].
    parameter: &'static str,
    attempt: for<'a> fn(&'a Mint, &'a str) -> BoxFuture<'a, Refused>,
}

macro_rules! takers {
    ($($parameter:literal => |$mint:ident, $id:ident| $attempt:expr;)*) => {
        const TAKERS: &[Taker] = &[$(Taker {
            parameter: $parameter,
            attempt: |$mint, $id| async move {
                drop($attempt);
                Ok(())
            }
            .boxed(),
        }),*];
    };
}

takers! {
    "Mint::attach(id)" => |mint, id| mint.attach(id)?;
    "Mint::attach_saved(saved)" => |mint, id| {
        let saved: SavedOperation = serde_json::from_value(json!({"id": id}))?;
        mint.attach_saved(&saved)?.get().await?
    };
    "Mint::wait_many(operations)" => |mint, id| mint.wait_many([id]).next().await.ok_or("nothing ended")?.1?;
    "BatchControl::add(operation)" => |mint, id| {
        let (control, mut batch) = mint.wait_many([""; 0]).controlled();
        control.add(id);
        batch.next().await.ok_or("nothing ended")?.1?
    };
    "Mint::operation(id)" => |mint, id| mint.operation(id).await?;
    "Mint::model(id)" => |mint, id| mint.model(id).await?;
    "Mint::world(id)" => |mint, id| mint.world(id).await?;
    "Mint::asset_pack(id)" => |mint, id| mint.asset_pack(id).await?;
    "Mint::artifact_manifest(asset_type)" => |mint, id| mint.artifact_manifest(id.into(), "a").await?;
    "Mint::artifact_manifest(id)" => |mint, id| mint.artifact_manifest("model".into(), id).await?;
    "Mint::animation_artifacts(id)" => |mint, id| mint.animation_artifacts(id).await?;
    "Mint::animation_artifact(id)" => |mint, id| mint.animation_artifact(id, "a").await?;
    // This id consists of other ids, with colons between them.
    "Mint::animation_artifact(artifact_id)" => |mint, id| mint.animation_artifact("a", id.replace(':', "::")).await?;
    "Mint::animation_manifest(id)" => |mint, id| mint.animation_manifest(id).await?;
    "Mint::animate_model(model)" => |mint, id| mint.animate_model(id, "waves").max_credits(1).send().await?;
    "Mint::convert_model(model)" => |mint, id| mint.convert_model(id, [ConversionFormat::Obj]).send().await?;
    "Mint::retry_model(model)" => |mint, id| mint.retry_model(id).max_credits(1).send().await?;
    "Mint::optimize_model(model)" => |mint, id| {
        mint.optimize_model(id, OptimizationLevel::Light).max_credits(1).send().await?
    };
    "Mint::asset_pack_models(operation)" => |mint, id| {
        mint.asset_pack_models(&made("asset_pack", id)).next().await.ok_or("nothing came")??
    };
    "Mint::restore(saved)" => |mint, id| {
        let saved = json!({"format": 1, "call": "retry_model", "idempotencyKey": "key", "id": id, "body": {}});
        mint.restore::<RetryModel>(&serde_json::from_value(saved)?)?.send().await?
    };
    "Outcome::of(operation)" => |mint, id| {
        Outcome::of(mint, serde_json::from_value(json!({"id": id, "status": "failed"}))?)?
    };
    "Mint::animation_assets(id)" => |mint, id| mint.animation_assets(id).await?;
    "Mint::assets_of(operation)" => |mint, id| mint.assets_of(&made("model", id)).await?;
    "Mint::download(assets)" => |mint, id| mint.download(&made("world", id)).to_dir(tempfile::tempdir()?).await?;
}

/// An operation that names no files, so that the client reads its resource.
fn made(of: &str, id: &str) -> Operation {
    serde_json::from_value(json!({"id": "op_1", "status": "succeeded", "resource": {"type": of, "id": id}})).unwrap()
}

/// Parameters that hold no id, or whose method sends nothing.
const OTHERS: &[&str] = &[
    "::replace_file(bytes)",
    "::replace_file(path)",
    "Asset::new(kind)",
    "Asset::new(url)",
    "Assets::of(operation)",
    "Assets::splat(quality)",
    "BatchControl::remove(id)",
    "Catalog::open(path)",
    "Catalog::run(mint)",
    "Catalog::run(plan)",
    "Catalog::write_registry(mint)",
    "Definition::parse(path)",
    "Definition::parse(text)",
    "Download::asset(asset)",
    "Download::named(name)",
    "Download::named_by(name)",
    "Download::on_event(on_event)",
    "Download::only(kinds)",
    "Download::overwrite(overwrite)",
    "Download::splat(quality)",
    "Download::to_dir(directory)",
    "Download::to_file(path)",
    "Download::to_store(prefix)",
    "Download::to_store(store)",
    "Download::to_writer(asset)",
    "Download::to_writer(writer)",
    "EntryId::new(name)",
    "EntryId::new(section)",
    "Facts::read(reader)",
    "Mint::animate_model(motion_prompt)",
    "Mint::builder(credentials)",
    "Mint::convert_model(formats)",
    "Mint::estimate(request)",
    "Mint::generate_asset_pack(prompt)",
    "Mint::generate_audio(prompt)",
    "Mint::generate_model(prompt)",
    "Mint::generate_world(prompt)",
    "Mint::optimize_model(level)",
    "Mint::request(method)",
    "Mint::request(path)",
    "Mint::retrying(call)",
    "Mint::upload_image(image)",
    "MintBuilder::clock(clock)",
    "MintBuilder::retry_policy(policy)",
    "MintBuilder::server(server)",
    "MintBuilder::transport(transport)",
    "MintBuilder::user_agent_product(product)",
    "Outcome::of(mint)",
    "Plan::estimate(mint)",
    "PollingPolicy::new(delay)",
    "Preview::revise(feedback)",
    "Progress::lines(writer)",
    "Progress::show(event)",
    "Progress::show_update(label)",
    "Progress::show_update(update)",
    "Request::asset_pack_type(kind)",
    "Request::audio_kind(kind)",
    "Request::budget(budget)",
    "Request::generation_mode(mode)",
    "Request::generation_preset(preset)",
    "Request::idempotency_key_from(content)",
    "Request::idempotency_key_from(namespace)",
    "Request::name(name)",
    "Request::optimize(level)",
    "Request::reference(reference)",
    "Request::rigging_pose(pose)",
    "Request::style_guide(style)",
    "Request::with_idempotency_key(key)",
    "RetryPolicy::backoff(backoff)",
    "RouteRequest::json(body)",
    "RouteRequest::query(parameters)",
    "RouteRequest::with_idempotency_key(key)",
    "Run::again(entry)",
    "Run::overwrite(entry)",
    "Run::resend(entry)",
    "SavedOperation::merge(other)",
    "Wait::policy(policy)",
    "Wait::review_with(reviewer)",
    "WaitMany::policy(policy)",
];

const ODD: &[&str] =
    &["", ".", "..", "a/b", "a%2Fb", "op:cancel", "a b", "été", "a\n", "a?b", "a#b", "\\", "a.b", "\u{1f600}"];

#[tokio::test(start_paused = true)]
async fn an_invalid_id_is_refused_before_it_is_sent() {
    let server = Server::start().await;
    let mint = server.mint();
    // The server would answer a request, so that sending one would be no error.
    let made = json!({"id": "model_1", "status": "queued"});
    server.answer([server::json(200, "application/json", &made)]);
    for Taker { parameter, attempt } in TAKERS {
        for id in ODD {
            let error = attempt(&mint, id).await.expect_err(&format!("{parameter} takes {id:?}"));
            assert_refused(&*error, &server, &format!("{parameter} of {id:?}"));
        }
    }
}

/// A server cannot use an id to make a client send another request.
#[tokio::test(start_paused = true)]
async fn an_invalid_id_from_a_reply_is_refused() {
    let server = Server::start().await;
    for id in ODD {
        let failed = json!({"id": "op_1", "status": "failed", "resource": {"type": "model", "id": id}});
        server.answer([server::json(200, "application/json", &failed)]);
        let outcome = server.mint().attach("op_1").unwrap().wait().await.unwrap();
        server.take_requests();
        let Outcome::Failed(failed) = outcome else { panic!("{outcome:?}") };
        assert_refused(&failed.retry().send().await.unwrap_err(), &server, &format!("{id:?}"));
    }
}

#[track_caller]
fn assert_refused(error: &(dyn Error + 'static), server: &Server, what: &str) {
    let sent = server.take_requests();
    assert!(sent.is_empty(), "{what} sent {sent:?}");
    if let Some(error) = error.downcast_ref::<mint_api_ext::Error>() {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{what}: {error}");
    }
    assert!(error.to_string().contains("the id of the "), "{what}: {error}");
}

#[test]
fn every_parameter_is_known() {
    let found = parameters(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../mint-api-ext/src"));
    let known: BTreeSet<_> = TAKERS.iter().map(|taker| taker.parameter).chain(OTHERS.iter().copied()).collect();
    let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
    let new: Vec<_> = found.difference(&known).collect();
    assert!(new.is_empty(), "do these take an id? Add each to `TAKERS` or `OTHERS`: {new:#?}");
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "these no longer exist, remove them: {gone:#?}");
}

/// The parameters of all public functions of a folder that may hold an id, as `Type::function(parameter)`.
fn parameters(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        // Neither calls the API.
        if path.file_stem().is_some_and(|name| name == "simulator" || name == "fuzzing") {
            continue;
        }
        match path.extension() {
            None => found.extend(parameters(&path)),
            Some(extension) if extension == "rs" => {
                let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
                file.items.iter().for_each(|item| of_item(item, &mut found));
            }
            _ => {}
        }
    }
    found
}

fn of_item(item: &Item, found: &mut Vec<String>) {
    match item {
        Item::Impl(item) => {
            let Type::Path(ty) = &*item.self_ty else { return };
            let ty = ty.path.segments.last().unwrap().ident.to_string();
            for item in &item.items {
                if let ImplItem::Fn(function) = item
                    && matches!(function.vis, Visibility::Public(_))
                {
                    of_function(&ty, &function.sig, found);
                }
            }
        }
        Item::Fn(function) if matches!(function.vis, Visibility::Public(_)) => of_function("", &function.sig, found),
        _ => {}
    }
}

fn of_function(ty: &str, signature: &syn::Signature, found: &mut Vec<String>) {
    /// Types that hold no text.
    const PLAIN: &[&str] =
        &["Duration", "NonZeroU32", "bool", "f64", "impl", "mut", "u32", "u64", "usize", "Into", "CancellationToken"];
    for parameter in &signature.inputs {
        let FnArg::Typed(parameter) = parameter else { continue };
        let Pat::Ident(name) = &*parameter.pat else { panic!("{ty}::{} has a pattern", signature.ident) };
        let text = quote::ToTokens::to_token_stream(&parameter.ty).to_string();
        let mut words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
        if !words.all(|word| PLAIN.contains(&word)) {
            found.push(format!("{ty}::{}({})", signature.ident, name.ident));
        }
    }
}
