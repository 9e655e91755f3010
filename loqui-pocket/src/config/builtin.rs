//! The configurations that Kyutai publishes, as data.

/// Name and JSON of every built-in configuration, in alphabetical order.
pub(super) const BUILTIN: &[(&str, &str)] = &[
    ("dutch", include_str!("../../configs/dutch.json")),
    ("dutch_24l", include_str!("../../configs/dutch_24l.json")),
    ("english", include_str!("../../configs/english.json")),
    (
        "english_18m_2026-10",
        include_str!("../../configs/english_18m_2026-10.json"),
    ),
    (
        "english_18m_refl_2026-10",
        include_str!("../../configs/english_18m_refl_2026-10.json"),
    ),
    ("english_2026-01", include_str!("../../configs/english_2026-01.json")),
    ("english_2026-04", include_str!("../../configs/english_2026-04.json")),
    (
        "english_2026-04_24l",
        include_str!("../../configs/english_2026-04_24l.json"),
    ),
    ("english_2026-09", include_str!("../../configs/english_2026-09.json")),
    (
        "english_2026-09_2",
        include_str!("../../configs/english_2026-09_2.json"),
    ),
    (
        "english_2026-09_24l",
        include_str!("../../configs/english_2026-09_24l.json"),
    ),
    ("english_2026-10", include_str!("../../configs/english_2026-10.json")),
    (
        "english_2m_2026-10",
        include_str!("../../configs/english_2m_2026-10.json"),
    ),
    (
        "english_2m_refl_2026-10",
        include_str!("../../configs/english_2m_refl_2026-10.json"),
    ),
    (
        "english_7m_2026-10",
        include_str!("../../configs/english_7m_2026-10.json"),
    ),
    (
        "english_7m_refl_2026-10",
        include_str!("../../configs/english_7m_refl_2026-10.json"),
    ),
    (
        "english_drifting_26-09",
        include_str!("../../configs/english_drifting_26-09.json"),
    ),
    ("french", include_str!("../../configs/french.json")),
    ("french_24l", include_str!("../../configs/french_24l.json")),
    ("german", include_str!("../../configs/german.json")),
    ("german_24l", include_str!("../../configs/german_24l.json")),
    ("italian", include_str!("../../configs/italian.json")),
    ("italian_24l", include_str!("../../configs/italian_24l.json")),
    ("portuguese", include_str!("../../configs/portuguese.json")),
    ("portuguese_24l", include_str!("../../configs/portuguese_24l.json")),
    ("spanish", include_str!("../../configs/spanish.json")),
    ("spanish_24l", include_str!("../../configs/spanish_24l.json")),
];
