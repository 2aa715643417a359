//! The servers of the document as an enum.

use std::collections::BTreeSet;

use quote::{format_ident, quote};
use syn::{File, Item};

use crate::error::Error;
use crate::model::names::{pascal_name, unique_name};

/// The items; empty for a document without a server that a client can use directly.
pub(super) fn items(servers: &[openapiv3::Server]) -> Result<Vec<Item>, Error> {
    let mut taken = BTreeSet::from(["Custom".to_owned()]);
    // A client cannot use a URL with variables, or a relative one, which depends on the document's URL (OpenAPI 3.1.1, 4.8.5).
    let is_usable = |server: &&openapiv3::Server| server.url.contains("://") && !server.url.contains('{');
    let usable: Vec<_> = servers.iter().filter(is_usable).collect();
    if usable.is_empty() {
        return Ok(Vec::new());
    }
    let variants: Vec<_> = usable
        .iter()
        .map(|server| {
            let name = pascal_name(server.description.as_deref().unwrap_or("Server"));
            format_ident!("{}", unique_name(&name, &mut taken))
        })
        .collect();
    let first = &variants[0];
    let urls: Vec<_> = usable.iter().map(|server| server.url.trim_end_matches('/')).collect();
    let docs: Vec<_> = urls.iter().map(|url| format!("<{url}>")).collect();
    let tokens = quote! {
        /// A server of the API.
        #[derive(Clone, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Server {
            #(#[doc = #docs] #variants,)*
            /// A server at another base URL.
            Custom(::std::string::String),
        }

        impl Server {
            /// The base URL.
            pub fn url(&self) -> &str {
                match self {
                    #(Self::#variants => #urls,)*
                    Self::Custom(url) => url,
                }
            }
        }

        impl ::std::fmt::Debug for Server {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    #(Self::#variants => f.write_str(stringify!(#variants)),)*
                    Self::Custom(url) => f.debug_tuple("Custom").field(&support::shown_url(url)).finish(),
                }
            }
        }

        /// The first server the document names.
        impl ::std::default::Default for Server {
            fn default() -> Self {
                Self::#first
            }
        }
    };
    Ok(syn::parse2::<File>(tokens)?.items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_with_variables_relative_ones_and_equal_names() {
        let server = |url: &str, description: &str| openapiv3::Server {
            url: url.into(),
            description: Some(description.into()),
            ..Default::default()
        };
        let servers = [
            server("https://{region}.a", "Region"),
            server("/v1", "Relative"),
            server("https://a/", "a b"),
            server("https://b", "A B"),
        ];
        let file =
            File { shebang: None, attrs: Vec::new(), items: items(&servers).unwrap(), ..syn::parse_str("").unwrap() };
        let source = prettyplease::unparse(&file);
        assert!(source.contains("Self::AB => \"https://a\""), "{source}");
        assert!(source.contains("Self::AB2 => \"https://b\""), "{source}");
        assert!(!source.contains("Region") && !source.contains("Relative"), "{source}");
    }
}
