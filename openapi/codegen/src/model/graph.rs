//! Which components of a document refer to which.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, DfsPostOrder, IntoNeighbors, Reversed, Visitable};
use serde_json::{Map, Value};

use crate::model::grammar::{ObjectKind, Shape, shape};
use crate::model::pointer::{Pointer, unescaped};
use crate::model::visitor::{visit_object, visit_value};

/// The name of a component and the section of `components` that holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Component {
    pub(crate) section: String,
    pub(crate) name: String,
}

impl Component {
    pub(crate) fn new(section: &str, name: &str) -> Self {
        Self { section: section.to_owned(), name: name.to_owned() }
    }

    pub(crate) fn schema(name: &str) -> Self {
        Self::new("schemas", name)
    }

    /// The component that a `$ref` names; a pointer into a component names none.
    pub(crate) fn parse(reference: &str) -> Option<Self> {
        let (section, name) = reference.strip_prefix("#/components/")?.split_once('/')?;
        (!name.contains('/')).then(|| Self::new(section, &unescaped(name)))
    }

    /// The component that an object refers to by its own `$ref`.
    pub(crate) fn referred_by(object: &Map<String, Value>) -> Option<Self> {
        Self::parse(object.get("$ref")?.as_str()?)
    }
}

/// Removes the components for which `keep` is false.
pub(crate) fn retain_components(document: &mut Value, keep: impl Fn(&Component) -> bool) {
    for (section, named) in document.get_mut("components").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Value::Object(named) = named {
            named.retain(|name, _| keep(&Component::new(section, name)));
        }
    }
}

/// The components of a document, and an edge from each to every component that it refers to.
///
/// A reference is a `$ref` where the grammar has an object, so neither a literal in a `default` or an example nor the
/// mapping of a discriminator is one. A component that is referred to and missing has a node, too.
#[derive(Debug, Default)]
pub(crate) struct ReferenceGraph {
    graph: DiGraph<Component, ()>,
    nodes: BTreeMap<Component, NodeIndex>,
}

impl ReferenceGraph {
    /// Builds the graph of all references of a document.
    pub(crate) fn of(document: &Value) -> Self {
        Self::of_places(document, |_| true)
    }

    /// Builds the graph of the references that are in certain places.
    ///
    /// `is_edge` is called with the pointer from the component to the object that holds the `$ref`.
    pub(crate) fn of_places(document: &Value, is_edge: impl Fn(&Pointer) -> bool) -> Self {
        let mut graph = Self::default();
        for (section, named) in document["components"].as_object().into_iter().flatten() {
            let Some(Shape::Map(kind)) = shape(ObjectKind::Components, section) else { continue };
            for (name, component) in named.as_object().into_iter().flatten() {
                let from = graph.node(Component::new(section, name));
                visit_value(component, Shape::One(kind), &mut Pointer::default(), &mut |_, at, object| {
                    if let Some(target) = Component::referred_by(object).filter(|_| is_edge(at)) {
                        let to = graph.node(target);
                        graph.graph.add_edge(from, to, ());
                    }
                });
            }
        }
        graph
    }

    /// Builds a graph of the given edges.
    pub(crate) fn of_edges(edges: impl IntoIterator<Item = (Component, Component)>) -> Self {
        let mut graph = Self::default();
        for (from, to) in edges {
            let (from, to) = (graph.node(from), graph.node(to));
            graph.graph.add_edge(from, to, ());
        }
        graph
    }

    fn node(&mut self, component: Component) -> NodeIndex {
        *self.nodes.entry(component).or_insert_with_key(|component| self.graph.add_node(component.clone()))
    }

    /// The components that a component itself refers to.
    pub(crate) fn targets(&self, component: &Component) -> BTreeSet<Component> {
        let neighbors = self.nodes.get(component).map(|node| self.graph.neighbors(*node));
        neighbors.into_iter().flatten().map(|node| self.graph[node].clone()).collect()
    }

    /// The given components and all that they refer to, directly or through others.
    pub(crate) fn reached_from(&self, components: BTreeSet<Component>) -> BTreeSet<Component> {
        self.closure(&self.graph, components)
    }

    /// The given components and all that refer to them, directly or through others.
    pub(crate) fn reaching(&self, components: BTreeSet<Component>) -> BTreeSet<Component> {
        self.closure(Reversed(&self.graph), components)
    }

    fn closure<G>(&self, graph: G, mut components: BTreeSet<Component>) -> BTreeSet<Component>
    where
        G: IntoNeighbors<NodeId = NodeIndex> + Visitable<NodeId = NodeIndex>,
        G::Map: petgraph::visit::VisitMap<NodeIndex>,
    {
        let mut walk = Dfs::empty(graph);
        walk.stack = components.iter().filter_map(|component| self.nodes.get(component).copied()).collect();
        while let Some(node) = walk.next(graph) {
            components.insert(self.graph[node].clone());
        }
        components
    }

    /// The components, each after those that it refers to, but where these lead back to it.
    pub(crate) fn inner_first(&self) -> impl Iterator<Item = &Component> {
        let mut walk = DfsPostOrder::empty(&self.graph);
        let mut order = Vec::with_capacity(self.nodes.len());
        for node in self.nodes.values() {
            walk.move_to(*node);
            order.extend(std::iter::from_fn(|| walk.next(&self.graph)));
        }
        order.into_iter().map(|node| &self.graph[node])
    }

    /// A number for each component; components that refer to each other, directly or through others, share one.
    pub(crate) fn strongly_connected(&self) -> BTreeMap<Component, usize> {
        let numbered = kosaraju_scc(&self.graph).into_iter().enumerate();
        numbered
            .flat_map(|(number, nodes)| nodes.into_iter().map(move |node| (self.graph[node].clone(), number)))
            .collect()
    }

    /// The components that lead back to themselves.
    pub(crate) fn cyclic(&self) -> BTreeSet<Component> {
        let is_cycle =
            |nodes: &Vec<NodeIndex>| nodes.len() > 1 || nodes.iter().any(|node| self.graph.contains_edge(*node, *node));
        let cycles = kosaraju_scc(&self.graph).into_iter().filter(is_cycle);
        cycles.flatten().map(|node| self.graph[node].clone()).collect()
    }
}

/// The components that a schema refers to in any place.
pub(crate) fn references_of_schema(schema: &Map<String, Value>) -> BTreeSet<Component> {
    let mut found = BTreeSet::new();
    visit_object(schema, ObjectKind::Schema, &mut Pointer::default(), &mut |_, _, object| {
        found.extend(Component::referred_by(object));
    });
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn names<'a>(components: impl IntoIterator<Item = &'a Component>) -> Vec<&'a str> {
        components.into_iter().map(|component| component.name.as_str()).collect()
    }

    fn document() -> Value {
        json!({"components": {
            "schemas": {
                "A": {"properties": {"$ref": to("B"), "default": to("B")}},
                "B": {"items": {"anyOf": [to("C"), to("Missing")]}},
                "C": {"not": to("B"), "default": to("A"), "enum": [to("A")], "x-a": to("A"), "unknown": to("A")},
                "D": {"allOf": [to("D")]},
                "E": {"items": to("A/items"), "discriminator": {"propertyName": "a", "mapping": {"a": "#/components/schemas/A"}}},
            },
            "parameters": {"P": {"schema": to("D"), "example": to("A"), "examples": {"a": {"value": to("A")}}}},
            "x-parameters": {"P": {"schema": to("A")}},
        }})
    }

    #[test]
    fn edges_are_references_where_the_grammar_has_objects() {
        let graph = ReferenceGraph::of(&document());
        for (name, targets) in [("A", vec!["B"]), ("B", vec!["C", "Missing"]), ("C", vec!["B"]), ("E", vec![])] {
            assert_eq!(names(&graph.targets(&Component::schema(name))), targets, "{name}");
        }
        assert_eq!(names(&graph.targets(&Component::new("parameters", "P"))), ["D"]);
        let graph = ReferenceGraph::of_places(&document(), |at| at.is_member_of(&["anyOf"]));
        assert_eq!(names(&graph.targets(&Component::schema("B"))), ["C", "Missing"]);
        assert_eq!(names(&graph.targets(&Component::schema("C"))), [""; 0]);
    }

    #[test]
    fn closures_order_and_cycles() {
        let graph = ReferenceGraph::of(&document());
        let schema = |name| BTreeSet::from([Component::schema(name)]);
        assert_eq!(names(&graph.reached_from(schema("C"))), ["B", "C", "Missing"]);
        assert_eq!(names(&graph.reaching(schema("C"))), ["A", "B", "C"]);
        assert_eq!(names(&graph.reaching(schema("D"))), ["P", "D"]);
        assert_eq!(names(&graph.reaching(schema("Unknown"))), ["Unknown"]);
        assert_eq!(names(&graph.cyclic()), ["B", "C", "D"]);
        let order = names(graph.inner_first());
        let place = |name: &str| order.iter().position(|other| *other == name).unwrap();
        assert_eq!(order.len(), 7);
        assert!(place("Missing") < place("B") && place("B") < place("A") && place("D") < place("P"), "{order:?}");
        let numbers = graph.strongly_connected();
        let number = |name| numbers[&Component::schema(name)];
        assert!(number("B") == number("C") && number("A") != number("B") && number("D") != number("E"));
    }

    #[test]
    fn long_chains_need_no_stack() {
        let length = 200_000;
        let component = |number: usize| Component::schema(&number.to_string());
        let graph = ReferenceGraph::of_edges((0..length).map(|number| (component(number), component(number + 1))));
        assert_eq!(graph.reached_from(BTreeSet::from([component(0)])).len(), length + 1);
        assert_eq!(graph.reaching(BTreeSet::from([component(length)])).len(), length + 1);
        assert_eq!(graph.inner_first().next(), Some(&component(length)));
        assert!(graph.cyclic().is_empty());
    }
}
