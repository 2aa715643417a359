//! What the API remembers.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::environment::Environment;
use super::operation::Operation;
use super::resource::Resource;
use crate::client::Sha256;
use crate::download::hex;
use crate::simulator::http::{HttpReply, Problem, Route};
use crate::simulator::scripts::{OperationKind, Reply, Script};

/// The API key that the simulator accepts.
pub const API_KEY: &str = "mint_simulated_key";

/// What the API remembers: operations, resources, credits, idempotency keys and tokens.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) operations: HashMap<String, Operation>,
    /// In the order of their creation.
    resources: Vec<Resource>,
    /// The index of each resource in `resources`, by id.
    indices: HashMap<String, usize>,
    /// The ids of the reference images.
    reference_images: HashSet<String>,
    ids: Ids,
    /// The route of the request that is handled, and what its ids derive from: its idempotency key, or its content.
    pub(crate) request: Option<(Route, String)>,
    /// How long idempotency keys are remembered.
    pub(crate) key_lifetime: Duration,
    /// The number of operations that each route has started.
    pub(crate) started_by: BTreeMap<&'static str, usize>,
    /// The balance before what operations take.
    pub(crate) credits: f64,
    /// The number of operations that requests have started.
    pub(crate) started: usize,
    /// The code and message with which each of the next operations fails.
    pub(crate) failures: VecDeque<(String, String)>,
    /// The accepted requests, by idempotency key.
    pub(crate) keys: HashMap<String, Remembered>,
    pub(crate) tokens: HashSet<String>,
    interventions: HashMap<Route, VecDeque<Intervention>>,
}

/// What the ids of operations and reference images derive from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Ids {
    /// A counter.
    #[default]
    Counted,
    /// The request that makes it.
    OfRequests,
}

/// A request with an idempotency key, and its reply.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    /// The path and the body.
    pub(crate) request: (String, Value),
    pub(crate) reply: HttpReply,
    /// The id of the operation in the reply.
    pub(crate) operation: Option<String>,
    /// When the request was first accepted.
    pub(crate) since: Instant,
}

/// What a test makes happen to the next request of a route.
#[derive(Clone, Debug)]
pub(crate) enum Intervention {
    Reply(Reply),
    LoseReply,
}

impl Store {
    pub(crate) fn new(credits: f64, ids: Ids, key_lifetime: Duration) -> Self {
        Self {
            operations: HashMap::new(),
            resources: Vec::new(),
            indices: HashMap::new(),
            reference_images: HashSet::new(),
            ids,
            request: None,
            key_lifetime,
            started_by: BTreeMap::new(),
            credits,
            started: 0,
            failures: VecDeque::new(),
            keys: HashMap::new(),
            tokens: HashSet::from([API_KEY.to_owned()]),
            interventions: HashMap::new(),
        }
    }

    /// The id of the operation that the request starts.
    pub(crate) fn next_id(&self) -> String {
        self.stable_id("op_", |id| self.operations.contains_key(id)).unwrap_or_else(|| self.counted_id())
    }

    fn counted_id(&self) -> String {
        format!("op_{:04}", self.operations.len() + 1)
    }

    /// The id of the reference image that the request uploads.
    pub(crate) fn add_reference_image(&mut self) -> String {
        let stable = self.stable_id("ref_", |id| self.reference_images.contains(id));
        let id = stable.unwrap_or_else(|| format!("ref_{:04}", self.reference_images.len() + 1));
        self.reference_images.insert(id.clone());
        id
    }

    /// An id that derives from the request. Only a request that comes again and is a new one, such as with a key that was
    /// forgotten, gets another.
    fn stable_id(&self, prefix: &str, is_taken: impl Fn(&str) -> bool) -> Option<String> {
        let (route, content) = self.request.as_ref().filter(|_| self.ids == Ids::OfRequests)?;
        let id = |number: u32| {
            let digest = Sha256::digest(format!("{} {number} {content}", route.operation_id()));
            format!("{prefix}{}", hex(&digest[..8]))
        };
        (0..).map(id).find(|id| !is_taken(id))
    }

    /// Counts an operation that the request starts.
    pub(crate) fn count_start(&mut self) {
        self.started += 1;
        if let Some((route, _)) = &self.request {
            *self.started_by.entry(route.operation_id()).or_default() += 1;
        }
    }

    /// Adds an operation that plays a script, with a resource of its own, and returns its id.
    pub(crate) fn add(&mut self, script: Script, results: impl FnOnce(&str) -> Vec<(&'static str, Value)>) -> String {
        let id = self.counted_id();
        let kind = script.kind;
        let mut operation = Operation::new(id.clone(), script);
        operation.results = results(&id);
        let mut resource = Resource::of(&mut operation, None);
        if kind != OperationKind::World && kind != OperationKind::Model {
            resource.made_by = None;
        }
        self.add_resource(resource);
        self.operations.insert(id.clone(), operation);
        id
    }

    pub(crate) fn add_resource(&mut self, resource: Resource) {
        self.indices.insert(resource.id.clone(), self.resources.len());
        self.resources.push(resource);
    }

    /// The resources of a type, in the order of their creation.
    pub(crate) fn resources(&self, resource_type: &str) -> impl DoubleEndedIterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.resource_type == resource_type)
    }

    pub(crate) fn resource(&self, resource_type: &str, id: &str) -> Result<&Resource, Problem> {
        let index = self.indices.get(id).ok_or_else(Problem::not_found)?;
        let resource = &self.resources[*index];
        if resource.resource_type == resource_type { Ok(resource) } else { Err(Problem::not_found()) }
    }

    pub(crate) fn resource_mut(&mut self, id: &str) -> Option<&mut Resource> {
        self.indices.get(id).map(|index| &mut self.resources[*index])
    }

    pub(crate) fn operation_mut(&mut self, id: &str) -> Result<&mut Operation, Problem> {
        self.operations.get_mut(id).ok_or_else(Problem::not_found)
    }

    /// The credits that no operation holds or has taken.
    pub(crate) fn available(&self, environment: &Environment) -> f64 {
        let bills = self.operations.values().filter_map(|operation| Some((operation.bill.as_ref()?, operation)));
        let committed: f64 = bills.map(|(bill, operation)| bill.committed(operation.status(environment).0)).sum();
        self.credits - committed
    }

    /// The credits that operations have taken for good.
    pub(crate) fn used(&self, environment: &Environment) -> f64 {
        let bills = self.operations.values().filter_map(|operation| Some((operation.bill.as_ref()?, operation)));
        // Not `sum`, which is -0.0 of nothing.
        bills.map(|(bill, operation)| bill.used(operation.status(environment).0)).fold(0.0, |sum, used| sum + used)
    }

    /// Adds an intervention after the earlier ones of the route.
    pub(crate) fn intervene(&mut self, route: Route, intervention: Intervention) {
        self.interventions.entry(route).or_default().push_back(intervention);
    }

    pub(crate) fn next_intervention(&mut self, route: Route) -> Option<Intervention> {
        self.interventions.get_mut(&route)?.pop_front()
    }
}
