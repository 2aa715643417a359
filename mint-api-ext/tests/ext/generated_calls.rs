//! Calls of the generated client, and the settings that reach it.

use mint_api_ext::simulator::{Reply, Script, Simulator};
use mint_api_ext::{Error, ErrorKind};

#[tokio::test(start_paused = true)]
async fn a_handle_and_a_call_of_the_generated_client_are_retried_too() {
    let simulator = Simulator::start().await.unwrap();
    let mint = simulator.mint().unwrap();
    let flaky = || Script::model().replies([Reply::problem(425), Reply::problem(503), Reply::operation("running")]);
    let id = simulator.add(flaky());
    assert_eq!(mint.attach(&id).unwrap().get().await.unwrap().id, id);
    let id = simulator.add(flaky());
    let reply = mint.retrying(|api| api.get_operation().operation_id(&id).send()).await.unwrap();
    assert_eq!(reply.into_inner().id, id);
    assert_eq!(simulator.api_requests().len(), 6);

    let once = async |status| -> Result<(), Error> {
        let id = simulator.add(Script::model().replies([Reply::problem(status)]));
        mint.api().get_operation().operation_id(id).send().await?;
        Ok(())
    };
    let error = once(503).await.unwrap_err();
    assert!(error.is_transient() && error.problem().is_some(), "{error}");
    assert!(!once(501).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn a_client_names_the_program_first_and_bounds_replies() {
    let simulator = Simulator::start().await.unwrap();
    let builder = || simulator.mint_builder().unwrap();
    builder().user_agent_product("my-game/1.2").build().unwrap().me().await.unwrap();
    let user_agent = simulator.api_requests()[0].headers["user-agent"].to_str().unwrap().to_owned();
    assert!(user_agent.starts_with("my-game/1.2 mint-api-ext/") && user_agent.contains(" mint-api/"), "{user_agent}");
    assert!(builder().user_agent_product("a\nb").build().is_err());
    let error = builder().max_body_bytes(10).build().unwrap().me().await.unwrap_err();
    assert!(error.kind() == ErrorKind::Decode && error.to_string().contains("too large"), "{error}");
}
