//! Pages of a list, newest first, with opaque cursors.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// A page, and the cursors of the adjacent pages.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<Start>,
    pub(crate) previous: Option<Start>,
}

/// The start of a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the newest item, without a cursor.
    Newest,
    /// After the item of this cursor.
    After(String),
}

impl Start {
    pub(crate) fn cursor(&self) -> Option<&str> {
        match self {
            Self::Newest => None,
            Self::After(cursor) => Some(cursor),
        }
    }
}

/// Returns the page of `items` that starts after `cursor`, or `None` for an unknown cursor.
pub(crate) fn cut<T>(items: Vec<T>, id: impl Fn(&T) -> &str, cursor: Option<&str>, size: usize) -> Option<Page<T>> {
    let start = match cursor {
        None => 0,
        Some(cursor) => {
            let after = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
            items.iter().position(|item| id(item).as_bytes() == after)? + 1
        }
    };
    let after = |index: usize| Start::After(BASE64_URL_SAFE_NO_PAD.encode(id(&items[index])));
    let end = items.len().min(start + size);
    let next = (end < items.len()).then(|| after(end - 1));
    let previous = match start {
        0 => None,
        start if start <= size => Some(Start::Newest),
        start => Some(after(start - size - 1)),
    };
    let items = items.into_iter().skip(start).take(size).collect();
    Some(Page { items, next, previous })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_the_list_in_both_directions() {
        let items = ["a", "b", "c", "d", "e"];
        let page = |cursor: Option<&str>| cut(items.to_vec(), |item| item, cursor, 2).unwrap();
        let first = page(None);
        assert_eq!((first.items.as_slice(), &first.previous), (&["a", "b"][..], &None));
        let second = page(first.next.as_ref().and_then(Start::cursor));
        assert_eq!(
            (second.items.as_slice(), &second.previous),
            (&["c", "d"][..], &Some(Start::Newest))
        );
        let third = page(second.next.as_ref().and_then(Start::cursor));
        assert_eq!((third.items.as_slice(), &third.next), (&["e"][..], &None));
        assert_eq!(page(third.previous.unwrap().cursor()).items, ["c", "d"]);
    }

    #[test]
    fn unknown_cursors_are_refused() {
        assert_eq!(cut(vec!["a"], |item| item, Some("!"), 2), None);
        assert_eq!(cut(vec!["a"], |item| item, Some("Yg"), 2), None);
    }
}
