//! The most likely sequence of pieces (Viterbi).

use super::vocabulary::Vocabulary;

/// The best way to a position in the text.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    start: usize,
    /// The last piece, or none for a character without one.
    token: Option<u32>,
}

/// Appends the tokens of a text.
pub(super) fn encode(text: &str, vocabulary: &Vocabulary, tokens: &mut Vec<u32>) {
    let mut steps: Vec<Option<Step>> = vec![None; text.len() + 1];
    let mut offer = |end: usize, step: Step| {
        let best = &mut steps[end];
        if best.is_none_or(|best| step.score > best.score) {
            *best = Some(step);
        }
        best.map_or(f64::NEG_INFINITY, |best| best.score)
    };
    let mut scores = vec![f64::NEG_INFINITY; text.len() + 1];
    scores[0] = 0.0;
    for (start, first) in text.char_indices() {
        let before = scores[start];
        let single = start + first.len_utf8();
        let mut known = false;
        let ends = text[start..]
            .char_indices()
            .map(|(index, c)| start + index + c.len_utf8());
        for end in ends.take_while(|end| end - start <= vocabulary.longest()) {
            if let Some(token) = vocabulary.token(&text[start..end]) {
                known |= end == single;
                let score = vocabulary.add(before, vocabulary.score(token));
                let token = Some(token);
                scores[end] = offer(end, Step { score, start, token });
            }
        }
        if !known {
            let score = vocabulary.add(before, vocabulary.unknown_score());
            let token = None;
            scores[single] = offer(single, Step { score, start, token });
        }
    }
    let mut path = Vec::new();
    let mut end = text.len();
    while let Some(step) = steps[end] {
        path.push((step.start..end, step.token));
        end = step.start;
    }
    let mut follows_unknown = false;
    for (range, token) in path.into_iter().rev() {
        match token {
            Some(token) => tokens.push(token),
            None => vocabulary.push_unknown(&text[range], follows_unknown, tokens),
        }
        follows_unknown = token.is_none();
    }
}
