//! A web service that makes lamps, and loses none when it is killed.
//!
//! ```text
//! MINT_API_KEY=... cargo run --manifest-path tests/jobs/Cargo.toml --example backend
//! curl -X PUT localhost:PORT/lamps/desk -d 'a brass desk lamp'
//! curl localhost:PORT/lamps/desk
//! curl localhost:PORT/lamps/desk/events
//! ```
//!
//! A request only writes a row, whose name is also the `Idempotency-Key` of the paid call. One task does the rest: it starts
//! each lamp and steps through its operation when it is due, and writes the row after every step. After a restart it goes on
//! with the rows. A paid call that may have been sent before is sent again with its key, so that the server does it once.
//!
//! `LAMPS` names the file of the database (`lamps.db` by default) and `MINT_BASE_URL` the API. The service ends when its
//! standard input is closed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, io, process, thread};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, put};
use axum::{Json, Router};
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use mint_api_ext::wait::Step;
use mint_api_ext::{Credentials, Mint, OperationHandle, Server};
use mint_jobs::Error;
use serde::Serialize;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{FromRow, SqlitePool};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

/// The steps that are made at the same time.
const CONCURRENCY: usize = 8;

/// After an error, the next step is due after this time.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The columns: the name; what to make; `SavedOperation`, once it has started; when the next step is due, in milliseconds,
/// NULL once it has ended; the last status.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS lamps (name TEXT PRIMARY KEY, prompt TEXT NOT NULL, operation TEXT, due INTEGER, \
                     status TEXT NOT NULL)";

struct Service {
    mint: Mint,
    lamps: SqlitePool,
    /// Announces that a row has changed.
    changes: watch::Sender<()>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    prompt: String,
    operation: Option<String>,
}

/// What the service shows of a lamp.
#[derive(FromRow, PartialEq, Serialize)]
struct Lamp {
    name: String,
    prompt: String,
    status: String,
    #[serde(skip)]
    due: Option<i64>,
}

type Reply<T> = Result<T, (StatusCode, String)>;

#[tokio::main]
async fn main() -> Result<(), Error> {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        process::exit(0);
    });
    let mut mint = Mint::builder(Credentials::api_key(env::var("MINT_API_KEY")?)?);
    if let Ok(url) = env::var("MINT_BASE_URL") {
        mint = mint.server(Server::Custom(url));
    }
    let file = env::var("LAMPS").unwrap_or_else(|_| "lamps.db".to_owned());
    let options =
        SqliteConnectOptions::new().filename(file).create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let lamps = SqlitePool::connect_with(options).await?;
    sqlx::query(TABLE).execute(&lamps).await?;
    let service = Arc::new(Service { mint: mint.build()?, lamps, changes: watch::Sender::new(()) });

    let router = Router::new().route("/lamps/{name}", put(make).get(show)).route("/lamps/{name}/events", get(events));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    tokio::select! {
        served = axum::serve(listener, router.with_state(service.clone())) => Ok(served?),
        stepped = step_for_ever(&service) => stepped,
    }
}

/// `PUT /lamps/{name}`: makes a lamp as the body says. A second request of the same name changes nothing.
async fn make(State(service): State<Arc<Service>>, Path(name): Path<String>, prompt: String) -> Reply<Json<Lamp>> {
    let insert = "INSERT INTO lamps (name, prompt, due, status) VALUES ($1, $2, 0, 'waiting') ON CONFLICT DO NOTHING";
    sqlx::query(insert).bind(&name).bind(prompt).execute(&service.lamps).await.map_err(failed)?;
    service.changes.send_replace(());
    find(&service, &name).await.map(Json)
}

/// `GET /lamps/{name}`: how far it is.
async fn show(State(service): State<Arc<Service>>, Path(name): Path<String>) -> Reply<Json<Lamp>> {
    find(&service, &name).await.map(Json)
}

/// `GET /lamps/{name}/events`: the lamp, now and whenever it changes, until it has ended.
async fn events(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Reply<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let shown = find(&service, &name).await?;
    let changes = service.changes.subscribe();
    let first = stream::iter([Ok(event(&shown))]);
    let later = stream::unfold((service, shown, changes), async |(service, shown, mut changes)| {
        while shown.due.is_some() {
            let lamp = find(&service, &shown.name).await.ok()?;
            if lamp != shown {
                return Some((Ok(event(&lamp)), (service, lamp, changes)));
            }
            changes.changed().await.ok()?;
        }
        None
    });
    Ok(Sse::new(first.chain(later)))
}

fn event(lamp: &Lamp) -> Event {
    Event::default().event(if lamp.due.is_some() { "change" } else { "end" }).data(lamp.status.as_str())
}

async fn find(service: &Service, name: &str) -> Reply<Lamp> {
    let select = sqlx::query_as("SELECT name, prompt, status, due FROM lamps WHERE name = $1").bind(name);
    let lamp: Option<Lamp> = select.fetch_optional(&service.lamps).await.map_err(failed)?;
    lamp.ok_or_else(|| (StatusCode::NOT_FOUND, format!("no lamp is called {name}; PUT /lamps/{name} makes it")))
}

/// Makes every step that is due, then sleeps until the next one is, or a request has made a lamp.
async fn step_for_ever(service: &Service) -> Result<(), Error> {
    let mut changes = service.changes.subscribe();
    loop {
        let select = "SELECT name, prompt, operation FROM lamps WHERE due <= $1";
        let due: Vec<Row> =
            sqlx::query_as(select).bind(milliseconds(SystemTime::now())).fetch_all(&service.lamps).await?;
        let steps = due.into_iter().map(|row| step_or_retry(service, row));
        stream::iter(steps).buffer_unordered(CONCURRENCY).try_collect::<()>().await?;
        let next: Option<i64> = sqlx::query_scalar("SELECT MIN(due) FROM lamps").fetch_one(&service.lamps).await?;
        let pause = next.map_or(i64::from(u32::MAX), |due| due - milliseconds(SystemTime::now()));
        let _ = timeout(Duration::from_millis(pause.try_into().unwrap_or_default()), changes.changed()).await;
    }
}

async fn step_or_retry(service: &Service, row: Row) -> Result<(), sqlx::Error> {
    let name = row.name.clone();
    if let Err(error) = step(service, row).await {
        eprintln!("{name}: {error}");
        let update = sqlx::query("UPDATE lamps SET due = $2 WHERE name = $1").bind(name);
        update.bind(milliseconds(SystemTime::now() + RETRY_AFTER)).execute(&service.lamps).await?;
    }
    Ok(())
}

/// Starts a lamp, or makes one step of its wait.
async fn step(service: &Service, row: Row) -> Result<(), Error> {
    let Some(saved) = row.operation else {
        let handle = service.mint.generate_model(row.prompt).with_idempotency_key(&row.name).send().await?;
        return write(service, &row.name, &handle, Some(SystemTime::now()), "started").await;
    };
    let handle = service.mint.attach_saved(&serde_json::from_str(&saved)?)?;
    match handle.step().await? {
        Step::Pending { operation, next_poll_at, .. } => {
            let status = operation.map_or_else(|| "started".to_owned(), |operation| operation.status.to_string());
            write(service, &row.name, &handle, Some(next_poll_at), &status).await
        }
        Step::Ended(outcome) => write(service, &row.name, &handle, None, &outcome.operation().status.to_string()).await,
    }
}

async fn write(
    service: &Service,
    name: &str,
    handle: &OperationHandle,
    due: Option<SystemTime>,
    status: &str,
) -> Result<(), Error> {
    let update = "UPDATE lamps SET operation = $2, due = $3, status = $4 WHERE name = $1";
    let query = sqlx::query(update).bind(name).bind(serde_json::to_string(&handle.save())?);
    query.bind(due.map(milliseconds)).bind(status).execute(&service.lamps).await?;
    service.changes.send_replace(());
    Ok(())
}

/// Rounded up, so that a step is never too early.
fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().div_ceil(1_000_000) as i64
}

fn failed(error: sqlx::Error) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("the database failed: {error}"))
}
