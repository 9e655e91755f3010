//! The API of a crate, read from its sources: every `pub` item with its signature.
//!
//! The lint `unreachable_pub` is denied, so users can reach every `pub` item. Functions lose their bodies, and items
//! lose comments and attributes other than those in [`strip`].

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens as _;
use syn::{Attribute, Fields, FnArg, ImplItem, Item, ItemImpl, Pat, Signature, TraitItem, Type, Visibility};

use crate::step::{Failure, at};

/// Lists the public items of all files below a folder.
pub(super) fn listing(source: &Path) -> Result<String, Failure> {
    let mut files = Vec::new();
    walk(source, &mut files)?;
    files.sort();
    let mut parsed = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(at(&file))?;
        let syntax = syn::parse_file(&text).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        parsed.push((file, public(syntax.items)));
    }
    let types: BTreeSet<String> = parsed
        .iter()
        .flat_map(|(_, items)| items)
        .filter_map(type_name)
        .collect();
    let mut listing = String::new();
    for (file, mut items) in parsed {
        items.retain(|item| implementor(item).is_none_or(|name| types.contains(&name)));
        if items.is_empty() {
            continue;
        }
        let name = file
            .strip_prefix(source)
            .unwrap_or(&file)
            .display()
            .to_string()
            .replace('\\', "/");
        let text = prettyplease::unparse(&syn::File {
            shebang: None,
            attrs: Vec::new(),
            items,
        });
        listing.extend(["// ", &name, "\n", &text.replace(" {}\n", ";\n"), "\n"]);
    }
    Ok(listing.trim_end().to_owned() + "\n")
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The name of a type that an item declares.
fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Enum(inner) => Some(inner.ident.to_string()),
        Item::Struct(inner) => Some(inner.ident.to_string()),
        Item::Trait(inner) => Some(inner.ident.to_string()),
        _ => None,
    }
}

/// The name of the type that an `impl` block is for.
fn implementor(item: &Item) -> Option<String> {
    let Item::Impl(block) = item else { return None };
    match block.self_ty.as_ref() {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        other => Some(other.to_token_stream().to_string()),
    }
}

fn public(items: Vec<Item>) -> Vec<Item> {
    items.into_iter().filter_map(public_item).collect()
}

fn public_item(mut item: Item) -> Option<Item> {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    match &mut item {
        Item::Const(inner) if is_public(&inner.vis) => {
            strip(&mut inner.attrs);
            // The value is not part of the signature, so a placeholder replaces it.
            *inner.expr = syn::parse_quote!(_);
        }
        Item::Enum(inner) if is_public(&inner.vis) => {
            strip(&mut inner.attrs);
            for variant in &mut inner.variants {
                strip(&mut variant.attrs);
                strip_fields(&mut variant.fields);
            }
        }
        Item::Fn(inner) if is_public(&inner.vis) => {
            strip(&mut inner.attrs);
            strip_mut(&mut inner.sig);
            inner.block.stmts.clear();
        }
        Item::Impl(inner) if !is_test(&inner.attrs) => return public_impl(inner.clone()).map(Item::Impl),
        Item::Mod(inner) if is_public(&inner.vis) && !is_test(&inner.attrs) => {
            strip(&mut inner.attrs);
            if let Some((_, items)) = &mut inner.content {
                *items = public(std::mem::take(items));
            }
        }
        Item::Struct(inner) if is_public(&inner.vis) => {
            strip(&mut inner.attrs);
            public_fields(&mut inner.fields);
        }
        Item::Trait(inner) if is_public(&inner.vis) => {
            strip(&mut inner.attrs);
            for item in &mut inner.items {
                strip_trait_item(item);
            }
        }
        Item::Type(inner) if is_public(&inner.vis) => strip(&mut inner.attrs),
        Item::Use(inner) if is_public(&inner.vis) => strip(&mut inner.attrs),
        Item::Macro(inner)
            if inner
                .attrs
                .iter()
                .any(|attribute| attribute.path().is_ident("macro_export")) =>
        {
            strip(&mut inner.attrs);
            inner.mac.tokens = proc_macro2::TokenStream::new();
        }
        _ => return None,
    }
    Some(item)
}

/// The public methods of an inherent block, or the heading of a trait's.
fn public_impl(mut block: ItemImpl) -> Option<ItemImpl> {
    strip(&mut block.attrs);
    if block.trait_.is_some() {
        block.items.clear();
        return Some(block);
    }
    block.items.retain_mut(|item| match item {
        ImplItem::Fn(inner) => {
            strip(&mut inner.attrs);
            strip_mut(&mut inner.sig);
            inner.block.stmts.clear();
            matches!(inner.vis, Visibility::Public(_))
        }
        ImplItem::Const(inner) => {
            strip(&mut inner.attrs);
            inner.expr = syn::parse_quote!(_);
            matches!(inner.vis, Visibility::Public(_))
        }
        _ => false,
    });
    (!block.items.is_empty()).then_some(block)
}

fn strip_trait_item(item: &mut TraitItem) {
    match item {
        TraitItem::Fn(inner) => {
            strip(&mut inner.attrs);
            if let Some(block) = &mut inner.default {
                block.stmts.clear();
                // The placeholder shows that an implementor may omit the method.
                block.stmts.push(syn::parse_quote!(default!();));
            }
        }
        TraitItem::Const(inner) => strip(&mut inner.attrs),
        TraitItem::Type(inner) => strip(&mut inner.attrs),
        _ => {}
    }
}

fn public_fields(fields: &mut Fields) {
    strip_fields(fields);
    match fields {
        Fields::Named(fields) => {
            let kept = std::mem::take(&mut fields.named).into_iter();
            fields.named = kept
                .filter(|field| matches!(field.vis, Visibility::Public(_)))
                .collect();
        }
        Fields::Unnamed(inner)
            if inner
                .unnamed
                .iter()
                .all(|field| !matches!(field.vis, Visibility::Public(_))) =>
        {
            *fields = Fields::Unit;
        }
        _ => {}
    }
}

fn strip_fields(fields: &mut Fields) {
    for field in fields.iter_mut() {
        strip(&mut field.attrs);
    }
}

/// Keeps the attributes that matter to a caller.
fn strip(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        ["derive", "non_exhaustive", "deprecated", "must_use"]
            .iter()
            .any(|name| attribute.path().is_ident(name))
    });
}

/// Removes `mut` of parameters, which callers do not see.
fn strip_mut(signature: &mut Signature) {
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
            FnArg::Typed(typed) => {
                if let Pat::Ident(name) = typed.pat.as_mut() {
                    name.mutability = None;
                }
            }
            FnArg::Receiver(_) => {}
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().contains("test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(source: &str) -> String {
        let syntax = syn::parse_file(source).unwrap();
        let items = public(syntax.items);
        prettyplease::unparse(&syn::File {
            shebang: None,
            attrs: Vec::new(),
            items,
        })
    }

    #[test]
    fn public_items_are_listed_by_their_signatures() {
        let listed = listed(
            "/// Docs.\n#[non_exhaustive]\n#[derive(Clone)]\npub struct A { /// Docs.\n pub b: u8, c: u8 }\n\
             impl A { pub fn d(&mut self, mut g: u8) -> u8 { self.c } fn e() {} }\nimpl Clone for A { fn clone(&self) -> Self { todo!() } }\n",
        );
        assert_eq!(
            listed,
            "#[non_exhaustive]\n#[derive(Clone)]\npub struct A {\n    pub b: u8,\n}\nimpl A {\n    pub fn d(&mut self, g: u8) -> u8 {}\n}\n\
             impl Clone for A {}\n"
        );
    }

    #[test]
    fn private_items_and_tests_are_not_listed() {
        let listed = listed(
            "fn a() {}\npub(crate) struct B;\nmod c { pub fn d() {} }\n#[cfg(test)]\npub mod tests { pub fn e() {} }\n\
             impl B { fn f() {} }\n",
        );
        assert_eq!(listed, "");
    }

    #[test]
    fn a_default_method_of_a_trait_differs_from_a_required_one() {
        let listed = listed("pub trait T { fn a(&self); fn b(&self) { self.a(); } }\n");
        assert!(
            listed.contains("fn a(&self);") && listed.contains("default!"),
            "{listed}"
        );
    }
}
