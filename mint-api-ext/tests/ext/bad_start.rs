//! What may go wrong with a start at the server: each is one clear error, and nothing is started twice.

use mint_api_ext::request::{Decision, Optimization};
use mint_api_ext::simulator::{API_KEY, Route, Simulator};
use mint_api_ext::types::{ConversionFormat, GenerationMode, GenerationPreset, OptimizationLevel};
use mint_api_ext::{Error, ErrorKind, Outcome};

#[tokio::test(start_paused = true)]
async fn a_lost_reply_starts_one_operation() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    simulator.lose_next_reply(Route::GenerateModel);
    simulator.lose_next_reply(Route::GenerateModel);
    let request = mint.generate_model("a brass lamp");
    let handle = request.send().await.unwrap();
    assert_eq!((simulator.operations_started(), simulator.api_requests().len()), (1, 3));
    // Another process that has kept the key gets the same operation.
    let again =
        mint.generate_model("a brass lamp").with_idempotency_key(request.idempotency_key()).send().await.unwrap();
    assert_eq!((again.id(), simulator.operations_started()), (handle.id(), 1));

    let error =
        mint.generate_model("a lighthouse").with_idempotency_key(request.idempotency_key()).send().await.unwrap_err();
    assert!(error.is_idempotency_conflict() && error.to_string().contains("with its own arguments"), "{error}");
    assert_eq!(simulator.operations_started(), 1);
}

#[tokio::test(start_paused = true)]
async fn ids_that_nobody_knows() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let errors: [Error; 4] = [
        mint.convert_model("m_1", [ConversionFormat::Obj]).send().await.unwrap_err(),
        mint.animate_model("m_1", "waves").send().await.unwrap_err(),
        mint.retry_model("m_1").send().await.unwrap_err(),
        mint.optimize_model("m_1", OptimizationLevel::Light).send().await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_not_found() && error.to_string().contains("m_1"), "{error}");
        assert!(error.to_string().contains("check the id"), "{error}");
    }
    assert_eq!((simulator.operations_started(), simulator.api_requests().len()), (0, 4));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    simulator.revoke_token(API_KEY);
    let error = mint.generate_model("a brass lamp").send().await.unwrap_err();
    assert!(error.is_unauthorized() && error.to_string().contains("MINT_API_KEY"), "{error}");
    assert_eq!((simulator.operations_started(), simulator.api_requests().len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn without_credits_the_start_is_sent_again_once_there_are_some() {
    let simulator = Simulator::builder().credits(0.0).start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let request = mint.generate_model("a brass lamp");
    let Outcome::BillingRequired(unpaid) = request.send_and_wait().await.unwrap() else { panic!("it was paid") };
    assert_eq!((unpaid.required_credits(), unpaid.available_credits()), (Some(200.0), Some(0.0)));
    let error = unpaid.resume().send().await.unwrap_err();
    assert!(error.to_string().contains(&format!("`{}`", request.idempotency_key())), "{error}");

    simulator.add_credits(1000.0);
    let outcome = request.send_and_wait().await.unwrap();
    assert!(outcome.is_success());
    assert_eq!((outcome.operation().id.as_str(), simulator.operations_started()), (&*unpaid.operation.id, 1));
}

#[tokio::test(start_paused = true)]
async fn a_limit_is_kept_before_anything_is_started() {
    let simulator = Simulator::builder().credits(700.0).start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let model = |preset| mint.generate_model("a brass lamp").generation_preset(preset).max_credits(250);
    let error = model(GenerationPreset::Standard).send().await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::Credits && error.to_string().contains("798 credits, and `max_credits` is 250"),
        "{error}"
    );
    let error = mint.generate_model("a brass lamp").max_credits(1000).send().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Credits && error.to_string().contains("there are 700"), "{error}");
    assert_eq!(simulator.operations_started(), 0);
    assert!(model(GenerationPreset::Fast).send_and_wait().await.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_approved_twice_where_the_old_state_lingers() {
    let simulator = Simulator::builder().lingering_gates().start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let handle = mint.generate_model("a lamp").generation_mode(GenerationMode::Review).send().await.unwrap();
    let mut rounds = 0;
    let review = handle.wait().review_with(move |_| {
        rounds += 1;
        let decision = if rounds == 1 { Decision::Revise("greener".into()) } else { Decision::Approve };
        async move { decision }
    });
    assert!(review.await.unwrap().is_success());
    let requests = simulator.api_requests();
    let posts: Vec<_> =
        requests.iter().filter(|request| request.method == "POST").map(|request| &*request.target).collect();
    let id = handle.id();
    let expected = [
        "/v1/models:generate".to_owned(),
        format!("/v1/operations/{id}:revise"),
        format!("/v1/operations/{id}:approve"),
    ];
    assert_eq!(posts, expected);

    // The same for credits that ran out.
    let simulator = Simulator::builder().credits(300.0).lingering_gates().start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let Outcome::BillingRequired(unpaid) = mint.generate_model("a lamp").send_and_wait().await.unwrap() else {
        panic!("it was paid")
    };
    simulator.add_credits(1000.0);
    assert!(unpaid.resume().send_and_wait().await.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn an_optimization_under_way_is_not_started_again() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let request = mint.generate_model("a lamp").generation_preset(GenerationPreset::Fast);
    let model = request.send_and_wait().await.unwrap().into_operation().resource.unwrap().id.unwrap();
    let started = simulator.operations_started();
    let optimize = || mint.optimize_model(&model, OptimizationLevel::Moderate).send();
    match optimize().await.unwrap() {
        Optimization::Started(handle) => {
            assert!(matches!(optimize().await.unwrap(), Optimization::InProgress(found) if found.id == model));
            assert!(handle.wait().await.unwrap().is_success());
            assert!(matches!(optimize().await.unwrap(), Optimization::AlreadyOptimized(found) if found.id == model));
            assert_eq!(simulator.operations_started(), started + 1);
        }
        other => panic!("{other:?}"),
    }
}
