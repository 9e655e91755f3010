fn main() {
    let text = include_str!("../tests/data/english.txt");
    let (mut n, mut ok) = (0, 0);
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let parts: Vec<_> = line.splitn(3, '|').collect();
        let said = loqui_text::speak(parts[1], &loqui_text::Locale::american()).text;
        n += 1;
        if key(&said) == key(parts[2]) {
            ok += 1
        } else {
            println!("{} | {} | {} | {}", parts[0], parts[1], parts[2], said)
        }
    }
    println!("{ok}/{n}");
}
fn key(text: &str) -> String {
    let text: String = text
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c.is_whitespace() {
                c
            } else {
                ' '
            }
        })
        .collect();
    text.split_whitespace()
        .filter(|w| *w != "and")
        .map(|w| if w == "zero" || w == "o" { "oh" } else { w })
        .collect::<Vec<_>>()
        .join(" ")
}
