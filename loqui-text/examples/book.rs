use loqui_text::*;
fn main() {
    let para = include_str!("../tests/data/prose.txt");
    let mut text = String::new();
    while text.chars().count() < 200_000 {
        text.push_str(para);
        text.push('\n');
    }
    let rss = || {
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS"))
            .map(|l| l.to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let _ = speak("warm 1", &Locale::american());
    println!("before {}", rss());
    let t = std::time::Instant::now();
    let p = Plain::from_text(&text, Format::Plain);
    println!("source {:?}", t.elapsed());
    let s = speak(&p.text, &Locale::american());
    println!(
        "all {:?} {} -> {} pieces {}",
        t.elapsed(),
        p.text.len(),
        s.text.len(),
        s.pieces.len()
    );
    println!("after {}", rss());
}
