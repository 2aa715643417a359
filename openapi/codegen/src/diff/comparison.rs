//! Compares two documents at once: each pair of schemas once, and each finding counts for every operation that leads to
//! the pair.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{Change, Direction, Reading, Wire};
use super::document::{Document, Located};
use super::location_name::location_name;
use super::rule::Rule;
use super::schema;
use super::shape::{Conjunction, Shape};
use crate::model::pointer::Pointer;

/// How a client generated from the old document reads this part of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Reader {
    /// Not read by a client.
    Nobody,
    /// A type whose decoding fails on what it does not know.
    Strict,
    /// A property that may be absent, whose object keeps what cannot be decoded.
    Optional,
    /// A union, which keeps what it cannot decode.
    Open,
}

/// Where a pair of schemas is used, and how it is read there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Context {
    /// `None` outside requests and replies.
    pub(super) direction: Option<Direction>,
    pub(super) reader: Reader,
    /// Whether the old type holds the value in an `Option`, even if its schema refuses null.
    pub(super) optional: bool,
    /// Aspects that were already compared at the use site.
    pub(super) settled: Settled,
}

/// Aspects of two schemas that were already compared at the use site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Settled {
    pub(super) names: bool,
    pub(super) null: bool,
}

impl Context {
    /// Outside requests and replies.
    pub(super) const UNUSED: Self = Self {
        direction: None,
        reader: Reader::Nobody,
        optional: false,
        settled: Settled { names: false, null: false },
    };
    /// In a request.
    pub(super) const SENT: Self = Self { direction: Some(Direction::Request), ..Self::UNUSED };

    /// In a reply.
    pub(super) fn read_by(reader: Reader) -> Self {
        Self { direction: Some(Direction::Reply), reader, ..Self::UNUSED }
    }

    /// The context of a part that is present whenever the whole is.
    pub(super) fn within(self) -> Self {
        Self { optional: false, settled: Settled::default(), ..self }
    }

    /// The context of the value of a property.
    pub(super) fn within_property(self, required: bool, may_be_absent: bool) -> Self {
        let reader = match self.reader {
            Reader::Strict if may_be_absent => Reader::Optional,
            reader => reader,
        };
        Self { optional: !required, reader, ..self.within() }
    }

    pub(super) fn within_union(self) -> Self {
        let reader = if self.reader == Reader::Nobody { Reader::Nobody } else { Reader::Open };
        Self { reader, ..self }
    }
}

/// A change in one context.
#[derive(Clone, Debug)]
struct Finding {
    rule: Rule,
    pointer: Pointer,
    detail: String,
    direction: Option<Direction>,
    reading: Reading,
}

/// The findings of one comparison, and the pairs of schemas it leaves to compare.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    pub(super) context: Context,
    findings: Vec<Finding>,
    pairs: Vec<Pair<'a>>,
}

#[derive(Debug)]
struct Pair<'a> {
    old: Conjunction<'a>,
    new: Conjunction<'a>,
    context: Context,
}

impl<'a> Findings<'a> {
    pub(super) fn new(context: Context) -> Self {
        Self { context, findings: Vec::new(), pairs: Vec::new() }
    }

    /// Adds a change with the reading of its rule.
    pub(super) fn add(&mut self, rule: Rule, pointer: &Pointer, detail: impl Into<String>) {
        self.add_read(rule, pointer, rule.reading(), detail);
    }

    /// Adds a change whose reading depends on the old type.
    pub(super) fn add_read(&mut self, rule: Rule, pointer: &Pointer, reading: Reading, detail: impl Into<String>) {
        let reading = match (self.context.reader, reading) {
            (Reader::Nobody, _) => Reading::Unaffected,
            (Reader::Open, Reading::Fails) => Reading::AsUnknown,
            (Reader::Optional, Reading::Fails) => Reading::Undecoded,
            (_, reading) => reading,
        };
        let direction = self.context.direction;
        self.findings.push(Finding { rule, pointer: pointer.clone(), detail: detail.into(), direction, reading });
    }

    /// Queues two schemas for comparison.
    pub(super) fn pair(&mut self, old: Conjunction<'a>, new: Conjunction<'a>, context: Context) {
        self.pairs.push(Pair { old, new, context });
    }
}

type Key = (Vec<Pointer>, Vec<Pointer>, Context);

#[derive(Debug, Default)]
struct Node {
    findings: Vec<Finding>,
    next: Vec<usize>,
}

/// The two documents, and all findings so far.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    pub(super) old: Document<'a>,
    pub(super) new: Document<'a>,
    nodes: Vec<Node>,
    known: HashMap<Key, usize>,
    open: Vec<(usize, Pair<'a>)>,
    roots: Vec<(Option<String>, usize)>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: Document<'a>, new: Document<'a>) -> Self {
        Self { old, new, nodes: Vec::new(), known: HashMap::new(), open: Vec::new(), roots: Vec::new() }
    }

    /// Takes over the findings of an operation, or of the document when `operation` is `None`.
    pub(super) fn root(&mut self, operation: Option<&str>, found: Findings<'a>) {
        let node = self.node(found);
        self.roots.push((operation.map(str::to_owned), node));
    }

    /// Compares every queued pair of schemas, and returns all changes.
    pub(super) fn finish(mut self) -> Vec<Change> {
        while let Some((node, pair)) = self.open.pop() {
            let mut found = Findings::new(pair.context);
            schema::compare(self.old, self.new, &pair.old, &pair.new, &mut found);
            self.nodes[node].findings = std::mem::take(&mut found.findings);
            self.nodes[node].next = found.pairs.into_iter().map(|pair| self.visit(pair)).collect();
        }
        self.changes()
    }

    fn node(&mut self, mut found: Findings<'a>) -> usize {
        let pairs = std::mem::take(&mut found.pairs);
        let index = self.nodes.len();
        self.nodes.push(Node { findings: found.findings, next: Vec::new() });
        let next = pairs.into_iter().map(|pair| self.visit(pair)).collect();
        self.nodes[index].next = next;
        index
    }

    /// The node of a pair; a new pair is queued for comparison.
    fn visit(&mut self, mut pair: Pair<'a>) -> usize {
        let at = pair.new.first().map(|place| place.at.clone()).unwrap_or_default();
        let old = strip(self.old, &mut pair.old);
        let new = strip(self.new, &mut pair.new);
        let named = (old != new && !pair.context.settled.names).then(|| self.named(&pair, old, new, &at));
        pair.context.settled.names |= named.is_some();
        let key = (pointers(&pair.old), pointers(&pair.new), pair.context);
        let index = match self.known.get(&key) {
            Some(index) => *index,
            None => {
                let index = self.nodes.len();
                self.nodes.push(Node::default());
                self.known.insert(key, index);
                self.open.push((index, pair));
                index
            }
        };
        match named.filter(|findings| !findings.is_empty()) {
            None => index,
            Some(findings) => {
                self.nodes.push(Node { findings, next: vec![index] });
                self.nodes.len() - 1
            }
        }
    }

    /// Compares the component names through which a pair of schemas is referred to.
    fn named(&self, pair: &Pair<'a>, old: Vec<String>, new: Vec<String>, at: &Pointer) -> Vec<Finding> {
        let mut found = Findings::new(pair.context);
        let all = |names, document, conjunction| [names, Shape::of(document, conjunction).names].concat();
        let (old, new) = (all(old, self.old, &pair.old), all(new, self.new, &pair.new));
        schema::compare_names(self.old, self.new, &old, &new, at, &mut found);
        found.findings
    }

    /// Merges equal findings to one change with all its operations and directions.
    fn changes(self) -> Vec<Change> {
        let mut merged: BTreeMap<(Pointer, Rule, String), Change> = BTreeMap::new();
        for (operation, root) in &self.roots {
            let mut seen = BTreeSet::from([*root]);
            let mut open = vec![*root];
            while let Some(index) = open.pop() {
                for finding in &self.nodes[index].findings {
                    let key = (finding.pointer.clone(), finding.rule, finding.detail.clone());
                    let change = merged.entry(key).or_insert_with(|| Change::of(finding));
                    change.operations.extend(operation.clone());
                    change.directions.extend(finding.direction);
                    change.wire = change.wire.max(finding.wire());
                    change.reading = change.reading.max(finding.reading);
                }
                open.extend(self.nodes[index].next.iter().filter(|next| seen.insert(**next)));
            }
        }
        let mut changes: Vec<_> = merged.into_values().collect();
        for change in &mut changes {
            change.subject = location_name(self.new, self.old, &change.pointer);
        }
        changes.sort_by_key(|change| (std::cmp::Reverse(change.wire), std::cmp::Reverse(change.reading)));
        changes
    }
}

impl Finding {
    fn wire(&self) -> Wire {
        self.direction.map_or(Wire::Unaffected, |direction| self.rule.wire(direction))
    }
}

impl Change {
    fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            pointer: finding.pointer.clone(),
            subject: String::new(),
            detail: finding.detail.clone(),
            operations: BTreeSet::new(),
            directions: BTreeSet::new(),
            wire: Wire::Unaffected,
            reading: Reading::Unaffected,
            rust: None,
            items: Vec::new(),
        }
    }
}

/// Replaces each bare `$ref` by its target; returns the names of the components on the way.
fn strip<'a>(document: Document<'a>, conjunction: &mut Conjunction<'a>) -> Vec<String> {
    let mut gone_through = Vec::new();
    for place in conjunction.iter_mut() {
        let (target, names) = document.schema(place);
        gone_through.extend(names);
        *place = target;
    }
    gone_through
}

fn pointers(conjunction: &[Located<'_>]) -> Vec<Pointer> {
    conjunction.iter().map(|place| place.at.clone()).collect()
}
