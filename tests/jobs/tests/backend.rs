//! A web service that is killed pays for each lamp once and loses none.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mint_api_ext::client::Transport;
use mint_api_ext::simulator::{API_KEY, Route, Simulator};

const LAMPS: u64 = 24;
const KILLS: u64 = 6;

#[tokio::test]
async fn a_killed_service_pays_once_and_loses_nothing() {
    let simulator = Simulator::builder().credits(1e6).speed(1.5).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client(Transport::default().client(false, |client| client.timeout(Duration::from_secs(60))).unwrap());
    let mut service = Service::start(&simulator, folder.path());
    for lamp in 0..LAMPS {
        if lamp % (LAMPS / KILLS) != 0 {
            client.make(&service, lamp).await;
            continue;
        }
        have_started(&simulator, lamp).await;
        simulator.lose_next_reply(Route::GenerateModel);
        client.make(&service, lamp).await;
        have_started(&simulator, lamp + 1).await;
        // The service does not know that the model has started, and the client not that its request arrived.
        drop(service);
        service = Service::start(&simulator, folder.path());
        client.make(&service, lamp).await;
    }
    let seen = client.events(&service, LAMPS - 1).await;
    assert!(seen.starts_with("event: change\n"), "{seen}");
    for lamp in 0..LAMPS {
        let seen = client.events(&service, lamp).await;
        assert!(seen.ends_with("event: end\ndata: succeeded\n\n"), "{seen}");
    }
    assert_eq!(simulator.operations_started() as u64, LAMPS);
}

async fn have_started(simulator: &Simulator, models: u64) {
    while (simulator.operations_started() as u64) < models {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

struct Client(reqwest::Client);

impl Client {
    async fn make(&self, service: &Service, lamp: u64) {
        let request = self.0.put(format!("{}/lamps/lamp-{lamp}", service.url)).body(format!("brass lamp {lamp}"));
        request.send().await.unwrap().error_for_status().unwrap();
    }

    /// Every event of a lamp, until it has ended.
    async fn events(&self, service: &Service, lamp: u64) -> String {
        let reply = self.0.get(format!("{}/lamps/lamp-{lamp}/events", service.url)).send().await.unwrap();
        reply.text().await.unwrap()
    }
}

struct Service {
    child: Child,
    url: String,
}

impl Service {
    fn start(simulator: &Simulator, folder: &Path) -> Self {
        // `cargo test` builds the example beside the tests; `cargo test --test backend` alone does not.
        let test = env::current_exe().unwrap();
        let built = test.parent().and_then(Path::parent).unwrap();
        let mut command = Command::new(built.join("examples").join(format!("backend{}", env::consts::EXE_SUFFIX)));
        command.env("MINT_API_KEY", API_KEY).env("MINT_BASE_URL", simulator.base_url());
        command.env("LAMPS", folder.join("lamps.db")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim_end().to_owned() }
    }
}

/// SIGKILL, where there are signals.
impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
