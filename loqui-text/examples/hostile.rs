use loqui_text::*;
fn main() {
    let many = |part: &str, count: usize| part.repeat(count);
    let inputs = [
        many("a", 10_000_000),
        many("a ", 5_000_000),
        many("1 ", 5_000_000),
        many("1", 10_000_000),
        many("<", 300_000),
        many("<b ", 300_000),
        many("<!--", 200_000),
        many("&amp;", 200_000),
        many("&", 500_000),
        many("{{", 300_000),
        many("[", 300_000),
        many("[1", 300_000),
        many("<sub alias=\"x\">", 30_000),
        many("<script>", 30_000),
        many("\u{202E}abc", 200_000),
        many("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", 100_000),
        many("\u{301}", 5_000_000),
        many("a-\n", 300_000),
        many("*a **b _c ", 50_000),
        many(")", 3_000_000),
        many("(", 3_000_000),
        many("((1) ", 300_000),
        many("$", 3_000_000),
        many("$1 ", 300_000),
        many("A ", 300_000),
        many("AND THE ", 300_000),
        many("1-1-1-", 300_000),
        many("http://a.b/", 300_000),
        many("—", 1_000_000),
        many("...", 1_000_000),
        many("Dr. ", 300_000),
        many("a.", 1_000_000),
        many("…a", 1_000_000),
        many("[a", 1_000_000),
        many("Jan 1 ", 300_000),
        many("x = ", 300_000),
        many("😀", 300_000),
        many("\u{200D}", 3_000_000),
        many("\n", 1_000_000),
        many("a\n", 1_000_000),
        many("> ", 100_000),
        many("- ", 100_000),
        many("| a ", 100_000),
        many("`", 300_000),
        many("![", 100_000),
        many("[a](", 100_000),
    ];
    for input in &inputs {
        let shown: String = input.chars().take(12).collect();
        for format in [Format::Plain, Format::Html, Format::Markdown, Format::SubRip] {
            let t = std::time::Instant::now();
            let p = Plain::from_text(input, format);
            let e = t.elapsed();
            if e.as_millis() > 300 {
                println!("{shown:?} {} MB {format:?} {:?}", input.len() / 1_000_000, e);
            }
            let _ = p;
        }
        let t = std::time::Instant::now();
        let s = speak(input, &Locale::american());
        let e = t.elapsed();
        if e.as_millis() > 300 {
            println!(
                "{shown:?} {} MB speak {:?} {}",
                input.len() / 1_000_000,
                e,
                s.text.len()
            );
        }
    }
}
