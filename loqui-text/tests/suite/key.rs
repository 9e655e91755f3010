//! The comparison of a reading with the expected one. Shared by the vector tests and the benchmark.

/// Returns a reading in lower case, without punctuation, hyphens and "and", and with one word for zero.
pub(crate) fn key(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    plain
        .split_whitespace()
        .filter(|word| *word != "and")
        .map(|word| if matches!(word, "zero" | "o") { "oh" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}
