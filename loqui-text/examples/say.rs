use std::io::Read;
fn main() {
    let mut s = String::new();
    std::io::stdin().read_to_string(&mut s).unwrap();
    let f = std::env::args()
        .nth(1)
        .and_then(|n| loqui_text::Format::from_name(&n))
        .unwrap_or_default();
    let p = loqui_text::Plain::from_text(&s, f);
    for x in &p.findings {
        eprintln!("{x:?}");
    }
    for para in p.text.split("\n\n") {
        println!("{}\n", loqui_text::speak(para, &loqui_text::Locale::american()).text);
    }
}
