//! What the API of the simulator remembers: operations, resources, credits and keys.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;

use crate::simulator::API_KEY;
use crate::simulator::http::Route;
use crate::simulator::http::{HttpReply, Problem};
use crate::simulator::scripts::{OperationKind, Reply, Script};
use crate::simulator::state::api_state::State;
use crate::simulator::state::operation::Operation;

#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) operations: HashMap<String, Operation>,
    /// In the order they were made.
    resources: Vec<Resource>,
    /// Where a resource is among them.
    places: HashMap<String, usize>,
    pub(crate) references: usize,
    pub(crate) credits: f64,
    /// How many operations requests have begun.
    pub(crate) started: usize,
    /// How the next operations fail: code and message.
    pub(crate) failures: VecDeque<(String, String)>,
    /// What was answered to which idempotency key.
    pub(crate) keys: HashMap<String, Remembered>,
    pub(crate) tokens: HashSet<String>,
    interventions: HashMap<Route, VecDeque<Intervention>>,
}

/// What a model, a world or something else that was made is known by.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) created: Instant,
    /// The operation that makes it; without one it has been there before.
    pub(crate) made_by: Option<String>,
    pub(crate) optimized_by: Option<String>,
    /// The models of a pack.
    pub(crate) items: Vec<String>,
}

/// A request and its reply, by an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) request: (String, serde_json::Value),
    pub(crate) answer: HttpReply,
    /// The operation that the reply shows.
    pub(crate) operation: Option<String>,
}

/// What a test lets happen to a request.
#[derive(Clone, Debug)]
pub(crate) enum Intervention {
    Reply(Reply),
    LoseReply,
}

impl Store {
    pub(crate) fn new(credits: f64) -> Self {
        Self {
            operations: HashMap::new(),
            resources: Vec::new(),
            places: HashMap::new(),
            references: 0,
            credits,
            started: 0,
            failures: VecDeque::new(),
            keys: HashMap::new(),
            tokens: HashSet::from([API_KEY.to_owned()]),
            interventions: HashMap::new(),
        }
    }

    pub(crate) fn next_id(&self) -> String {
        format!("op_{:04}", self.operations.len() + 1)
    }

    /// Adds an operation of a script, which is about a resource of its own.
    pub(crate) fn add(&mut self, script: Script, made: Vec<(&'static str, serde_json::Value)>) -> String {
        let id = self.next_id();
        let subject = script.kind;
        let mut operation = Operation::new(id.clone(), script);
        operation.made = made;
        let mut resource = Resource::of(&mut operation, None);
        if subject != OperationKind::World && subject != OperationKind::Model {
            resource.made_by = None;
        }
        self.add_resource(resource);
        self.operations.insert(id.clone(), operation);
        id
    }

    pub(crate) fn add_resource(&mut self, resource: Resource) {
        self.places.insert(resource.id.clone(), self.resources.len());
        self.resources.push(resource);
    }

    /// The resources of a type, in the order they were made.
    pub(crate) fn resources(&self, resource_type: &str) -> impl DoubleEndedIterator<Item = &Resource> {
        self.resources.iter().filter(move |resource| resource.resource_type == resource_type)
    }

    pub(crate) fn resource(&self, resource_type: &str, id: &str) -> Result<&Resource, Problem> {
        let place = self.places.get(id).ok_or_else(Problem::not_found)?;
        let resource = &self.resources[*place];
        if resource.resource_type == resource_type { Ok(resource) } else { Err(Problem::not_found()) }
    }

    pub(crate) fn resource_mut(&mut self, id: &str) -> Option<&mut Resource> {
        self.places.get(id).map(|place| &mut self.resources[*place])
    }

    pub(crate) fn operation_mut(&mut self, id: &str) -> Result<&mut Operation, Problem> {
        self.operations.get_mut(id).ok_or_else(Problem::not_found)
    }

    /// The credits that nothing has taken or holds now.
    pub(crate) fn available(&self, state: &State) -> f64 {
        let bills = self.operations.values().filter_map(|operation| Some((operation.bill.as_ref()?, operation)));
        let committed: f64 = bills.map(|(bill, operation)| bill.committed(operation.status(state).0)).sum();
        self.credits - committed
    }

    /// The credits that were taken for good.
    pub(crate) fn used(&self, state: &State) -> f64 {
        let bills = self.operations.values().filter_map(|operation| Some((operation.bill.as_ref()?, operation)));
        bills.map(|(bill, operation)| bill.used(operation.status(state).0)).sum()
    }

    pub(crate) fn intervene(&mut self, route: Route, intervention: Intervention) {
        self.interventions.entry(route).or_default().push_back(intervention);
    }

    pub(crate) fn next_intervention(&mut self, route: Route) -> Option<Intervention> {
        self.interventions.get_mut(&route)?.pop_front()
    }
}

impl Resource {
    /// What an operation makes, which is from now on about it.
    pub(crate) fn of(operation: &mut Operation, name: Option<String>) -> Self {
        let id = operation.id.replace("op_", "res_");
        operation.resource = Some(id.clone());
        Self {
            resource_type: operation.script.kind.resource_type(),
            id,
            name,
            created: operation.created,
            made_by: Some(operation.id.clone()),
            optimized_by: None,
            items: Vec::new(),
        }
    }
}
