//! Times of day.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pattern;

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?([AaPp])(?:\.\s?[Mm]\.|[Mm]\b))?(\.?)"));
static HOUR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(1[0-2]|[1-9])\s?([AaPp])(?:\.\s?[Mm]\.|[Mm]\b)(\s*$)?"));

/// Spells out clock times such as "9:30pm", "14:05" and "9 a.m.".
pub(super) fn rewrite(text: &str) -> String {
    let text = CLOCK.replace_all(text, |found: &Captures<'_>| clock(found, text));
    HOUR.replace_all(&text, |found: &Captures<'_>| {
        // "p.m." at the very end ends the sentence as well.
        let stop = if found.get(3).is_some() && found[0].trim_end().ends_with('.') {
            "."
        } else {
            ""
        };
        format!("{} {}M{stop}", &found[1], found[2].to_uppercase())
    })
    .into_owned()
}

fn clock(found: &Captures<'_>, text: &str) -> String {
    let part = |group| found.get(group).and_then(|digits| digits.as_str().parse::<u32>().ok());
    let (Some(hour @ 0..=24), Some(minute @ 0..=59), second) = (part(1), part(2), part(3)) else {
        return found[0].to_owned();
    };
    let half = found
        .get(4)
        .map(|letter| format!(" {}M", letter.as_str().to_uppercase()));
    let minutes = match (minute, &half, second) {
        (0, Some(_), None) => String::new(),
        (0, None, None) if hour > 12 || hour == 0 => " hundred".to_owned(),
        (0, None, None) => " o'clock".to_owned(),
        (1..=9, ..) => format!(" oh {minute}"),
        _ => format!(" {minute}"),
    };
    let seconds = match second {
        Some(second) if second < 60 => format!(" and {second} second{}", if second == 1 { "" } else { "s" }),
        Some(_) => return found[0].to_owned(),
        None => String::new(),
    };
    // The last point of "p.m." ends the sentence as well if nothing follows.
    let ends = found.get(0).is_some_and(|whole| text[whole.end()..].trim().is_empty());
    let stop = if !found[5].is_empty() || (ends && found[0].ends_with('.')) {
        "."
    } else {
        ""
    };
    format!("{hour}{minutes}{seconds}{}{stop}", half.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    #[test]
    fn times_are_spelled_out() {
        check(
            rewrite,
            &[
                ("9:30pm", "9 30 PM"),
                ("at 9:30 p.m. sharp", "at 9 30 PM sharp"),
                ("at 9:30 p.m.", "at 9 30 PM."),
                ("at 9:30.", "at 9 30."),
                ("10:00 AM", "10 AM"),
                ("10:00", "10 o'clock"),
                ("14:05", "14 oh 5"),
                ("18:00", "18 hundred"),
                ("1:02:03", "1 oh 2 and 3 seconds"),
                ("9pm, 10 a.m.", "9 PM, 10 AM."),
                ("99:99 and 16:9", "99:99 and 16:9"),
                ("I am 5 amps", "I am 5 amps"),
            ],
        );
    }
}
