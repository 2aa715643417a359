//! Optional bodies, forms, lists, headers and replies, which progenitor cannot generate as they are.

mod form;
mod headers;
mod method;
mod multipart;
mod optional_body;
pub(super) mod path;
mod query;
mod replies;
mod streams;

use std::cell::RefCell;
use std::collections::BTreeSet;

use syn::{Expr, ExprMethodCall, File, GenericArgument, Ident, Item, PathArguments, Type};

use super::builders::subject;
use super::expressions::functions;
use super::names::module_items;
use crate::plan::Plan;
use replies::Replies;

pub(super) fn complete(file: &mut File, plan: &Plan) {
    let types: BTreeSet<_> =
        module_items(file, "types").into_iter().flatten().filter_map(|item| defined(item)).collect();
    let read = RefCell::default();
    for item in &mut file.items {
        if let Item::Impl(item) = item {
            method::describe(item, plan);
        }
    }
    for item in module_items(file, "builder").into_iter().flatten() {
        let Some(operation) = builder(item).and_then(|name| plan.operations.get(&name)) else { continue };
        if let Some(method) = &operation.method {
            method::send_by(item, method);
        }
        if operation.body_is_optional {
            optional_body::allow_none(item);
        }
        if let Some(multipart) = &operation.multipart {
            multipart::send_parts(item, multipart);
        }
        if let Some(fields) = &operation.fields {
            form::send_form(item, fields, operation.content_type.as_deref());
        }
        if !operation.forms.is_empty() {
            query::write_forms(item, &operation.forms);
        }
        if !operation.path_values.is_empty() {
            path::write_values(item, &operation.path_values);
        }
        let method = operation.stream.as_ref().and_then(|stream| stream.method.as_ref());
        if let (Item::Impl(item), Some(_)) = (&mut *item, method) {
            streams::add_method(item);
        }
        let streaming = method.map(|method| method.accept.as_str());
        headers::settle(item, operation.accept.as_deref(), streaming);
        let replies = Replies { operation, plan, types: &types, read: &read };
        functions(item).for_each(|function| replies.change(function));
    }
    if let Some(items) = module_items(file, "types") {
        items.extend(read.into_inner().into_iter().map(replies::from_reply));
    }
}

/// The name of the struct or enum that an item defines.
fn defined(item: &Item) -> Option<Ident> {
    match item {
        Item::Struct(item) => Some(item.ident.clone()),
        Item::Enum(item) => Some(item.ident.clone()),
        _ => None,
    }
}

/// The name of the builder that an item defines or implements.
fn builder(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Impl(item) => subject(item).map(ToString::to_string),
        _ => None,
    }
}

fn names_header(header: &ExprMethodCall, name: &str) -> bool {
    matches!(header.args.first(), Some(Expr::Path(path))
        if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// A type with another first argument.
fn with_argument(ty: &Type, change: impl FnOnce(Type) -> Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty
        && let Some(PathArguments::AngleBracketed(arguments)) =
            path.path.segments.last_mut().map(|last| &mut last.arguments)
        && let Some(GenericArgument::Type(argument)) = arguments.args.first_mut()
    {
        *argument = change(argument.clone());
    }
    ty
}
