//! Lists, read page by page.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream, StreamExt as _, try_unfold};
use mint_api::types::{Model, Pagination, World};

use crate::client::{Answer, Mint, answer};
use crate::error::{Error, ErrorKind};

/// The valid values of `limit`.
const PAGE_SIZES: RangeInclusive<i64> = 1..=100;

/// Fetches a page with a method of the generated client. It is a macro because these methods share no trait.
macro_rules! fetch {
    ($what:literal, $list:ident) => {
        |mint, query| {
            Box::pin(mint.with_retries(move || {
                let PageQuery { limit, cursor } = query.clone();
                async move {
                    let mut list = mint.api().$list();
                    if let Some(limit) = limit {
                        list = list.limit(limit);
                    }
                    if let Some(cursor) = cursor {
                        list = list.cursor(cursor);
                    }
                    let Answer { value, retry_after } = answer($what, list.send().await)?;
                    Ok(Answer { value: (value.data, value.pagination), retry_after })
                }
            }))
        }
    };
}

impl Mint {
    /// The models of the account: `GET /v1/models`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::TryStreamExt as _;
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// # mint.generate_model("a brass lamp").send().await?;
    /// let mut models = mint.models().page_size(100).into_stream();
    /// while let Some(model) = models.try_next().await? {
    ///     println!("{} {:?}", model.id, model.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn models(&self) -> List<Model> {
        List { mint: self.clone(), page_size: None, fetch: fetch!("list models", list_models) }
    }

    /// The worlds of the account: `GET /v1/worlds`. This method sends nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{StreamExt as _, TryStreamExt as _};
    /// # use mint_api_ext::simulator::Simulator;
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let mint = simulator.mint()?;
    /// let first: Vec<_> = mint.worlds().into_stream().take(3).try_collect().await?;
    /// println!("{} worlds", first.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn worlds(&self) -> List<World> {
        List { mint: self.clone(), page_size: None, fetch: fetch!("list worlds", list_worlds) }
    }
}

/// A list of the API, read page by page as a stream; see [`Mint::models`] and [`Mint::worlds`].
#[must_use = "a list does nothing until it is read"]
pub struct List<T> {
    mint: Mint,
    page_size: Option<u32>,
    fetch: Fetch<T>,
}

type Fetch<T> = for<'a> fn(&'a Mint, PageQuery) -> BoxFuture<'a, Result<Answer<Page<T>>, Error>>;

type Page<T> = (Vec<T>, Pagination);

/// Which page to fetch.
#[derive(Clone, Debug, Default)]
struct PageQuery {
    limit: Option<i64>,
    cursor: Option<String>,
}

impl<T: Send + 'static> List<T> {
    /// Sets how many items each request asks for, from 1 to 100. Default: the server's, which is 20.
    pub fn page_size(mut self, items: u32) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Returns a stream of the items, in the order of the server. The stream requests a page when it needs the page's first
    /// item. It ends after an error.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidArgument`]: the page size is not 1 to 100. Nothing is sent.
    /// - [`ErrorKind::Decode`]: the server repeats a cursor, or has more items but sends no cursor.
    /// - Those of [`Mint::operation`].
    ///
    /// # Cancellation
    ///
    /// Dropping the stream drops the request of its current page. A read changes nothing.
    pub fn into_stream(self) -> Items<T> {
        let start = Reading { list: self, next: Some(None), seen: HashSet::new(), items: VecDeque::new() };
        Items(
            try_unfold(start, |mut reading| async move { Ok(reading.next().await?.map(|item| (item, reading))) })
                .boxed(),
        )
    }
}

struct Reading<T> {
    list: List<T>,
    /// The cursor of the next page, `Some(None)` for the first; `None` after the last.
    next: Option<Option<String>>,
    seen: HashSet<String>,
    items: VecDeque<T>,
}

impl<T> Reading<T> {
    async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(Some(item));
            }
            let Some(cursor) = self.next.take() else {
                return Ok(None);
            };
            let (items, pagination) = self.fetch(cursor).await?;
            self.items = items.into();
            self.next = next(&pagination).map(Some);
        }
    }

    async fn fetch(&mut self, cursor: Option<String>) -> Result<Page<T>, Error> {
        let broken = |why| Error::new(ErrorKind::Decode, format!("could not list the next page: {why}; list it again"));
        match &cursor {
            Some(cursor) if cursor.is_empty() => {
                return Err(broken("the server says that the list has more items, but not where"));
            }
            Some(cursor) if !self.seen.insert(cursor.clone()) => {
                return Err(broken("the server gave the same cursor twice, which would never end"));
            }
            _ => {}
        }
        let limit = self.list.page_size.map(i64::from);
        if limit.is_some_and(|limit| !PAGE_SIZES.contains(&limit)) {
            let text = "the page size is not valid: pass one from 1 to 100, or none for that of the server";
            return Err(Error::new(ErrorKind::InvalidArgument, text));
        }
        Ok((self.list.fetch)(&self.list.mint, PageQuery { limit, cursor }).await?.value)
    }
}

/// The cursor of the next page; an empty one if the server left it out.
fn next(pagination: &Pagination) -> Option<String> {
    pagination.has_more.then(|| pagination.next_cursor.clone().unwrap_or_default())
}

/// The items of a [`List`], or the models of a pack, as a stream.
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<T>(BoxStream<'static, Result<T, Error>>);

impl<T: Send + 'static> Items<T> {
    pub(super) fn new(items: impl Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        let until_error = futures::stream::unfold(Some(items.boxed()), async |items| {
            let mut items = items?;
            let item = items.next().await?;
            let goes_on = item.is_ok();
            Some((item, goes_on.then_some(items)))
        });
        Self(until_error.boxed())
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("page_size", &self.page_size).finish_non_exhaustive()
    }
}
