use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio::time::advance;

use super::*;

type Given = Result<BearerToken, Box<dyn StdError + Send + Sync>>;

const PATIENCE: Duration = Duration::from_secs(30);

/// The tokens of a source that is given a number each time it is asked, and how often it was.
fn tokens<F>(give: impl Fn(usize) -> F + Send + Sync + 'static) -> (Tokens, Arc<AtomicUsize>)
where
    F: Future<Output = Given> + Send + 'static,
{
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    (Tokens::new(move || give(counted.fetch_add(1, Ordering::SeqCst) + 1)), asked)
}

fn numbered(number: usize, lifetime: Option<u64>) -> Given {
    let token = BearerToken::new(format!(" token-{number}\n"))?;
    Ok(match lifetime {
        Some(seconds) => token.expires_in(Duration::from_secs(seconds)),
        None => token,
    })
}

fn header(number: usize) -> HeaderValue {
    HeaderValue::from_str(&format!("Bearer token-{number}")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_expires() {
    const ALMOST: Duration = Duration::from_millis(1);
    // One minute before, or a tenth of its lifetime.
    for (lifetime, renewed_after) in [(3600, 3540), (600, 540), (500, 450), (10, 9)] {
        let (tokens, _) = tokens(move |number| async move { numbered(number, Some(lifetime)) });
        assert_eq!(tokens.valid(PATIENCE).await, Ok(header(1)));
        advance(Duration::from_secs(renewed_after) - ALMOST).await;
        assert_eq!(tokens.valid(PATIENCE).await, Ok(header(1)), "{lifetime}");
        advance(ALMOST).await;
        assert_eq!(tokens.valid(PATIENCE).await, Ok(header(2)), "{lifetime}");
    }
    let (tokens, asked) = tokens(|number| async move { numbered(number, None) });
    tokens.valid(PATIENCE).await.unwrap();
    advance(Duration::from_secs(1_000_000_000)).await;
    assert_eq!((tokens.valid(PATIENCE).await, asked.load(Ordering::SeqCst)), (Ok(header(1)), 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_renewed_is_used_until_it_expires() {
    let (tokens, asked) =
        tokens(|number| async move { if number == 1 { numbered(1, Some(100)) } else { Err("signed out".into()) } });
    let mut began = None;
    for (seconds, found, times) in [
        (0, Ok(header(1)), 1),
        (89, Ok(header(1)), 1),
        (90, Ok(header(1)), 2),
        (99, Ok(header(1)), 3),
        (100, Err("signed out".into()), 4),
    ] {
        let began = *began.get_or_insert_with(Instant::now);
        advance(began + Duration::from_secs(seconds) - Instant::now()).await;
        assert_eq!((tokens.valid(PATIENCE).await, asked.load(Ordering::SeqCst)), (found, times), "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_is_waited_for_as_long_as_a_request() {
    let (tokens, asked) = tokens(|_| std::future::pending());
    for (seconds, says) in [(30, "it did not answer within 30 s"), (7, "it did not answer within 7 s")] {
        for refused in [None, Some(header(1))] {
            let (began, patience) = (Instant::now(), Duration::from_secs(seconds));
            let found = match &refused {
                None => tokens.valid(patience).await,
                Some(_) => tokens.instead_of(refused.as_ref(), patience).await,
            };
            assert_eq!((found, began.elapsed()), (Err(says.into()), patience));
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the first request goes on");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let (tokens, asked) = tokens(|number| async move { numbered(number, None) });
    assert_eq!(tokens.valid(PATIENCE).await, Ok(header(1)));
    assert_eq!(tokens.instead_of(Some(&header(1)), PATIENCE).await, Ok(header(2)));
    // The token of another call, which was refused at the same time, has been replaced by then.
    assert_eq!(tokens.instead_of(Some(&header(1)), PATIENCE).await, Ok(header(2)));
    assert_eq!((tokens.valid(PATIENCE).await, asked.load(Ordering::SeqCst)), (Ok(header(2)), 2));
}

#[tokio::test]
async fn why_there_is_no_token() {
    #[derive(Debug, thiserror::Error)]
    #[error("https://auth.example/token?refresh_token=secret\nsays no")]
    struct Refused(#[source] std::io::Error);

    let (refusing, _) = tokens(|_| async { Err(Refused(std::io::Error::other("signed out")).into()) });
    let why = refusing.valid(PATIENCE).await.unwrap_err();
    assert_eq!(&*why, "https://auth.example/token says no: signed out");
    let (panicking, asked) = tokens(|_| async { panic!("on purpose") });
    let why = panicking.valid(PATIENCE).await.unwrap_err();
    assert_eq!((&*why, asked.load(Ordering::SeqCst)), (STOPPED, 1));
}

#[test]
fn a_source_is_asked_again_if_the_runtime_of_the_first_call_ends() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let (tokens, asked) = tokens(move |number| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await?.forget();
            numbered(number, None)
        }
    });
    let ended = runtime();
    ended.block_on(tokens.valid(PATIENCE)).unwrap_err();
    drop(ended);
    opened.add_permits(1);
    assert_eq!(runtime().block_on(tokens.valid(PATIENCE)), Ok(header(2)));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn a_token_is_not_shown() {
    let token = BearerToken::new("secret").unwrap().expires_in(Duration::from_secs(7));
    assert_eq!(format!("{token:?}"), "BearerToken { lifetime: Some(7s), .. }");
    assert_eq!(BearerToken::new(" \n"), Err(InvalidCredentials::EmptyToken));
    assert_eq!(BearerToken::new("a\nb"), Err(InvalidCredentials::TokenNotAHeader));
}
