//! Plural categories of whole numbers, after
//! [CLDR](https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).

/// A plural category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Category {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Category {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "zero" => Self::Zero,
            "one" => Self::One,
            "two" => Self::Two,
            "few" => Self::Few,
            "many" => Self::Many,
            "other" => Self::Other,
            _ => return None,
        })
    }
}

/// The rule of a language for whole numbers.
pub(super) fn rule(language: &str) -> fn(u64) -> Category {
    match language {
        "ja" | "ko" | "ms" | "zh" => |_| Category::Other,
        "fr" | "pt" | "hi" => |number| if number < 2 { Category::One } else { Category::Other },
        "he" => |number| match number {
            1 => Category::One,
            2 => Category::Two,
            _ => Category::Other,
        },
        "ar" => |number| match (number, number % 100) {
            (0, _) => Category::Zero,
            (1, _) => Category::One,
            (2, _) => Category::Two,
            (_, 3..=10) => Category::Few,
            (_, 11..=99) => Category::Many,
            _ => Category::Other,
        },
        "ru" => |number| match (number % 10, number % 100) {
            (1, rest) if rest != 11 => Category::One,
            (2..=4, rest) if !(12..=14).contains(&rest) => Category::Few,
            _ => Category::Many,
        },
        "pl" => |number| match (number, number % 10, number % 100) {
            (1, ..) => Category::One,
            (_, 2..=4, rest) if !(12..=14).contains(&rest) => Category::Few,
            _ => Category::Many,
        },
        _ => |number| if number == 1 { Category::One } else { Category::Other },
    }
}
