//! Which components of a document refer to which.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The component of each node.
    components: Vec<Component>,
    nodes: BTreeMap<Component, usize>,
    edges: Edges,
}

/// The nodes that each node leads to.
type Edges = Vec<Vec<usize>>;

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
                        graph.edges[from].push(to);
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
            graph.edges[from].push(to);
        }
        graph
    }

    fn node(&mut self, component: Component) -> usize {
        *self.nodes.entry(component).or_insert_with_key(|component| {
            self.components.push(component.clone());
            self.edges.push(Vec::new());
            self.edges.len() - 1
        })
    }

    /// The components that a component itself refers to.
    pub(crate) fn targets(&self, component: &Component) -> BTreeSet<Component> {
        let targets = self.nodes.get(component).map(|node| &self.edges[*node]);
        targets.into_iter().flatten().map(|node| self.components[*node].clone()).collect()
    }

    /// The given components and all that they refer to, directly or through others.
    pub(crate) fn reached_from(&self, components: BTreeSet<Component>) -> BTreeSet<Component> {
        self.closure(&self.edges, components)
    }

    /// The given components and all that refer to them, directly or through others.
    pub(crate) fn reaching(&self, components: BTreeSet<Component>) -> BTreeSet<Component> {
        self.closure(&self.reversed(), components)
    }

    fn closure(&self, edges: &Edges, mut components: BTreeSet<Component>) -> BTreeSet<Component> {
        let mut walk = Walk::over(edges);
        let starts: Vec<_> = components.iter().filter_map(|component| self.nodes.get(component).copied()).collect();
        let reached = starts.into_iter().flat_map(|start| walk.from(start));
        components.extend(reached.map(|node| self.components[node].clone()));
        components
    }

    fn reversed(&self) -> Edges {
        let mut reversed = vec![Vec::new(); self.edges.len()];
        for (from, targets) in self.edges.iter().enumerate() {
            targets.iter().for_each(|to| reversed[*to].push(from));
        }
        reversed
    }

    /// The components, each after those that it refers to, but where these lead back to it.
    pub(crate) fn inner_first(&self) -> impl Iterator<Item = &Component> {
        let mut walk = Walk::over(&self.edges);
        let order: Vec<_> = self.nodes.values().flat_map(|node| walk.from(*node)).collect();
        order.into_iter().map(|node| &self.components[node])
    }

    /// A number for each component; components that refer to each other, directly or through others, share one.
    pub(crate) fn strongly_connected(&self) -> BTreeMap<Component, usize> {
        let numbered = self.sets().into_iter().enumerate();
        numbered
            .flat_map(|(number, nodes)| nodes.into_iter().map(move |node| (self.components[node].clone(), number)))
            .collect()
    }

    /// The components that lead back to themselves.
    pub(crate) fn cyclic(&self) -> BTreeSet<Component> {
        let is_cycle =
            |nodes: &Vec<usize>| nodes.len() > 1 || nodes.iter().any(|node| self.edges[*node].contains(node));
        let cycles = self.sets().into_iter().filter(is_cycle);
        cycles.flatten().map(|node| self.components[node].clone()).collect()
    }

    /// The strongly connected sets of nodes, by Kosaraju's algorithm.
    fn sets(&self) -> Vec<Vec<usize>> {
        let mut walk = Walk::over(&self.edges);
        let order: Vec<_> = (0..self.edges.len()).flat_map(|node| walk.from(node)).collect();
        let reversed = self.reversed();
        let mut walk = Walk::over(&reversed);
        order.into_iter().rev().map(|node| walk.from(node)).filter(|nodes| !nodes.is_empty()).collect()
    }
}

/// A walk that comes to each node once.
struct Walk<'a> {
    edges: &'a Edges,
    seen: BTreeSet<usize>,
}

impl<'a> Walk<'a> {
    fn over(edges: &'a Edges) -> Self {
        Self { edges, seen: BTreeSet::new() }
    }

    /// A node and all that it leads to and that the walk has not seen, each after those that it leads to, but where these
    /// lead back to it.
    fn from(&mut self, start: usize) -> Vec<usize> {
        let (mut order, mut path) = (Vec::new(), Vec::new());
        if self.seen.insert(start) {
            path.push((start, self.edges[start].iter()));
        }
        while let Some((node, targets)) = path.last_mut() {
            match targets.next() {
                Some(target) if self.seen.insert(*target) => path.push((*target, self.edges[*target].iter())),
                Some(_) => {}
                None => {
                    order.push(*node);
                    path.pop();
                }
            }
        }
        order
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
    fn every_graph_of_three_nodes() {
        let component = |node: usize| Component::schema(&node.to_string());
        let pairs: Vec<_> = (0..3).flat_map(|from| (0..3).map(move |to| (from, to))).collect();
        for edges in 0..1 << pairs.len() {
            let present = pairs.iter().enumerate().filter(|(bit, _)| edges >> bit & 1 == 1).map(|(_, pair)| *pair);
            let graph = ReferenceGraph::of_edges(present.clone().map(|(from, to)| (component(from), component(to))));
            let targets = |node| graph.targets(&component(node));
            let reaches = |from, to| graph.reached_from(targets(from)).contains(&component(to));
            let (cyclic, numbers) = (graph.cyclic(), graph.strongly_connected());
            let order: Vec<_> = graph.inner_first().collect();
            let place = |node| order.iter().position(|other| **other == component(node));
            for (from, to) in present {
                assert_eq!(cyclic.contains(&component(from)), reaches(from, from), "{edges:b}");
                let is_one = numbers[&component(from)] == numbers[&component(to)];
                assert_eq!(is_one, from == to || reaches(to, from), "{edges:b}");
                assert!(reaches(to, from) || place(to) < place(from), "{edges:b}");
                assert!(graph.reaching([component(to)].into()).contains(&component(from)), "{edges:b}");
            }
        }
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
