//! Reading replies: successes of several kinds, types that the status decides, and errors that keep the whole reply.

use std::cell::RefCell;
use std::collections::BTreeSet;

use quote::{ToTokens as _, quote};
use syn::parse::Parser as _;
use syn::{Arm, Expr, Ident, ImplItemFn, Item, Pat, Path, ReturnType, Stmt, Type, parse_quote};

use super::streams::{SEND_STREAMING, item_type, reader, stream_type};
use super::with_argument;
use crate::emit::rust_type::{arguments, last_segment};
use crate::plan::{Operation, Plan, ReplyKind, Stream};

/// Replaces how an operation reads its replies.
pub(super) struct Replies<'a> {
    pub(super) operation: &'a Operation,
    pub(super) plan: &'a Plan,
    /// The types of the document that are no aliases.
    pub(super) types: &'a BTreeSet<Ident>,
    /// Those that are the value of a reply.
    pub(super) read: &'a RefCell<BTreeSet<Ident>>,
}

impl Replies<'_> {
    pub(super) fn change(&self, function: &mut ImplItemFn) {
        let is_second = function.sig.ident == SEND_STREAMING;
        if function.sig.ident != "send" && !is_second {
            return;
        }
        let ReturnType::Type(_, output) = &mut function.sig.output else { return };
        // `Result<ResponseValue<value>, Error<error>>`
        let [value, error] = [0, 1].map(|index| arguments(arguments(output).nth(index)?).next().cloned());
        let Some(error) = error else { return };
        let Some(Stmt::Expr(Expr::Match(replies), _)) = function.block.stmts.last_mut() else { return };
        let Some(response) = receiver(&replies.expr) else { return };
        let error_of: Path = if matches!(&error, Type::Tuple(tuple) if tuple.elems.is_empty()) {
            parse_quote!(Error::UnexpectedResponse)
        } else if self.is_by_status(&error) {
            parse_quote!(Error::of_status)
        } else {
            parse_quote!(Error::of)
        };
        let otherwise: Expr = parse_quote!(Err(#error_of(super::support::RawResponse::of(#response).await)));
        let mut change_value = |change: &dyn Fn(Type) -> Type| {
            **output = with_argument(output, |reply| with_argument(&reply, change));
        };
        let successes = |reader: &Expr| {
            replies.arms.iter().filter(|arm| is_success(arm)).map(|arm| read_by(arm, reader)).collect::<Vec<_>>()
        };
        let mut arms = match &self.operation.stream {
            Some(Stream { items, method: Some(method) }) if is_second => {
                change_value(&|_| stream_type(*items, &item_type(&method.schema)));
                of_streams(&method.statuses, &reader(*items, &response), &response, &otherwise)
            }
            Some(Stream { items, method: None }) => {
                change_value(&|item| stream_type(*items, &item));
                successes(&reader(*items, &response))
            }
            _ => {
                let received: Expr = parse_quote!(super::support::received(#response).await);
                let reader: Expr = match value.as_ref().is_some_and(|value| self.is_by_status(value)) {
                    true => parse_quote!(super::support::json_by_status(#received)),
                    false => {
                        let read = self.json_reader(value.as_ref());
                        parse_quote!(super::support::json(#received, #read))
                    }
                };
                match self.operation.replies.is_empty() {
                    true => successes(&reader),
                    false => {
                        change_value(&|ty| parse_quote!(super::support::Reply<#ty>));
                        self.of_kinds(&reader, &response)
                    }
                }
            }
        };
        arms.push(parse_quote!(_ => #otherwise,));
        replies.arms = arms;
    }
}

/// Lets a type be read as a reply.
pub(super) fn from_reply(name: Ident) -> Item {
    parse_quote! {
        impl super::support::FromReply for #name {
            fn from_reply(body: &[u8]) -> ::std::result::Result<Self, super::support::DecodeError> {
                super::support::read_reply(body)
            }
        }
    }
}

impl Replies<'_> {
    fn is_by_status(&self, ty: &Type) -> bool {
        name_of(ty).is_some_and(|name| self.plan.by_status.contains_key(&name.to_string()))
    }

    /// What reads JSON of a type. A named type has its own reader.
    fn json_reader(&self, value: Option<&Type>) -> Path {
        match value.and_then(name_of).filter(|name| self.types.contains(name)) {
            Some(name) => {
                self.read.borrow_mut().insert(name);
                parse_quote!(super::support::FromReply::from_reply)
            }
            None => parse_quote!(super::support::read_reply),
        }
    }

    /// The arms of successes of several kinds.
    fn of_kinds(&self, reader: &Expr, response: &Ident) -> Vec<Arm> {
        // Exact statuses come before ranges.
        let mut successes: Vec<_> = self.operation.replies.iter().collect();
        successes.sort_by_key(|(status, _)| status.parse::<u16>().is_err());
        let arms = successes.into_iter().map(|(status, kind)| {
            let status = pattern(status);
            let read: Expr = match kind {
                ReplyKind::Json => parse_quote!(super::support::Reply::of_json(#reader)),
                ReplyKind::JsonOrBytes => parse_quote!(match super::support::is_json(&#response) {
                    true => super::support::Reply::of_json(#reader),
                    false => super::support::Reply::of_bytes(#response),
                }),
                ReplyKind::Bytes => parse_quote!(super::support::Reply::of_bytes(#response)),
                ReplyKind::Nothing => parse_quote!(super::support::Reply::of_nothing(#response)),
            };
            parse_quote!(#status => #read,)
        });
        arms.collect()
    }
}

/// The arms of successes that are streams, beside others.
fn of_streams(statuses: &[String], reader: &Expr, response: &Ident, otherwise: &Expr) -> Vec<Arm> {
    let mut statuses: Vec<_> = statuses.iter().collect();
    statuses.sort_by_key(|status| status.parse::<u16>().is_err());
    let arms = statuses.into_iter().flat_map(|status| -> [Arm; 2] {
        let status = pattern(status);
        // The server sent the other kind of success.
        let other = parse_quote!(#status if super::support::is_json(&#response) => #otherwise,);
        [other, parse_quote!(#status => #reader,)]
    });
    arms.collect()
}

/// The pattern of the status of a success, or of all.
fn pattern(status: &str) -> Pat {
    match status.parse::<u16>() {
        Ok(code) => Pat::parse_single.parse2(quote!(#code)),
        Err(_) => Pat::parse_single.parse2(quote!(200u16..=299u16)),
    }
    .unwrap_or_else(|_| parse_quote!(_))
}

/// The name of a type of the module `types`.
fn name_of(ty: &Type) -> Option<Ident> {
    last_segment(ty).filter(|last| last.arguments.is_none()).map(|last| last.ident.clone())
}

/// The variable on which methods are called, which is not always named `response`: a parameter may be.
fn receiver(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::MethodCall(call) => receiver(&call.receiver),
        Expr::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    }
}

fn is_success(arm: &Arm) -> bool {
    arm.pat.to_token_stream().to_string().starts_with('2')
}

/// The arm with this reader in the place of progenitor's, which reads JSON.
fn read_by(arm: &Arm, reader: &Expr) -> Arm {
    let mut arm = arm.clone();
    if arm.body.to_token_stream().to_string().contains("from_response") {
        *arm.body = reader.clone();
    }
    arm
}
