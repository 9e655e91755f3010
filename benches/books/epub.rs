//! Makes books in EPUB format with the oddities of real ones, and says what a reader must find in them.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// About the characters of a printed page.
const PAGE_CHARACTERS: usize = 1_800;
const WORDS: &[&str] = &[
    "the", "harbour", "lamp", "morning", "under", "a", "grey", "river", "carried", "letters", "between", "two", "old",
    "houses", "while", "nobody", "watched", "from", "window", "and", "rain", "began", "again", "over", "quiet",
    "gardens",
];
const CONTAINER: &str = "<?xml version=\"1.0\"?><container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\
    <rootfiles><rootfile full-path=\"OEBPS/content.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles></container>";

/// What the table of contents of a book is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contents {
    /// The navigation page of EPUB 3.
    Navigation,
    /// The NCX file of EPUB 2.
    Ncx,
    /// There is none.
    None,
}

/// A book, and what a reader must find in it.
#[derive(Debug)]
pub(crate) struct Made {
    /// The file.
    pub(crate) bytes: Vec<u8>,
    /// The titles and levels of its chapters.
    pub(crate) chapters: Vec<(String, u8)>,
    /// The words of its running text in order, without titles: each is unique.
    pub(crate) marks: Vec<String>,
}

/// Makes a book with about this many printed pages.
pub(crate) fn make(pages: usize, contents: Contents) -> Made {
    let mut maker = Maker {
        seed: 7,
        marks: Vec::new(),
        chapters: Vec::new(),
    };
    let chapters = pages.div_ceil(20).max(2);
    let mut files = Vec::new();
    for chapter in 1..=chapters {
        let body = maker.chapter(chapter, pages * PAGE_CHARACTERS / chapters);
        files.push((format!("OEBPS/text/chapter {chapter}.xhtml"), page(&body)));
    }
    let titles = maker.chapters.clone();
    let bytes = archive(&files, contents, &titles);
    Made {
        bytes,
        chapters: maker.chapters,
        marks: maker.marks,
    }
}

struct Maker {
    seed: u64,
    marks: Vec<String>,
    chapters: Vec<(String, u8)>,
}

impl Maker {
    fn next(&mut self, below: usize) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize % below
    }

    /// A word that occurs once: letters for the digits of its number.
    fn mark(&mut self) -> String {
        let mut number = self.marks.len();
        let mut word = String::from("word");
        for _ in 0..6 {
            word.push((b'a' + (number % 10) as u8) as char);
            number /= 10;
        }
        self.marks.push(word.clone());
        word
    }

    fn sentence(&mut self) -> String {
        let mut sentence = String::new();
        for index in 0..8 + self.next(9) {
            let word = WORDS[self.next(WORDS.len())];
            if index == 0 {
                sentence.push_str(&word[..1].to_uppercase());
                sentence.push_str(&word[1..]);
            } else {
                sentence.push_str(word);
            }
            sentence.push(' ');
        }
        sentence.push_str(&self.mark());
        sentence.push('.');
        sentence
    }

    fn sentences(&mut self, count: usize) -> String {
        let sentences: Vec<String> = (0..count).map(|_| self.sentence()).collect();
        sentences.join(" ")
    }

    fn chapter(&mut self, number: usize, characters: usize) -> String {
        let title = format!("Chapter {number}. The {} House", WORDS[number % WORDS.len()]);
        self.chapters.push((title.clone(), 1));
        let mut body = format!("<section epub:type=\"chapter\"><h1 id=\"c{number}\">{title}</h1>");
        let mut notes = String::new();
        let mut sections = 0;
        let mut count = 0;
        while body.len() < characters {
            count += 1;
            let text = self.sentences(4);
            let _ = match count % 9 {
                0 => write!(
                    body,
                    "<p class=\"first\"><span class=\"smallcaps\">THE NIGHT</span> {text}</p>"
                ),
                1 => write!(body, "<p>{text} fish &amp;nbsp;and chips&nbsp &#8212; so&mdash;on</p>"),
                2 => {
                    let id = format!("n{number}x{count}");
                    let _ = write!(
                        notes,
                        "<aside epub:type=\"footnote\" id=\"{id}\"><p>A note that is left out.</p></aside>"
                    );
                    write!(body, "<p>{text}<a epub:type=\"noteref\" href=\"#{id}\">{count}</a></p>")
                }
                3 => {
                    let inner = self.sentence();
                    let deep = self.sentence();
                    write!(
                        body,
                        "<ul><li>{text}<ul><li>{inner}<ol><li>{deep}</li></ol></li></ul></li></ul>"
                    )
                }
                4 => write!(
                    body,
                    "<div><p>{text}<span epub:type=\"pagebreak\" title=\"{count}\">{count}</span></p></div>"
                ),
                5 => write!(body, "<p><img src=\"../images/a.png\" alt=\"\"/></p><p>{text}</p>"),
                6 => {
                    sections += 1;
                    let title = format!("Section {number} and {sections}");
                    self.chapters.push((title.clone(), 2));
                    write!(body, "<h2>{title}</h2><p>{text}</p>")
                }
                7 => write!(
                    body,
                    "<blockquote><p>{text}<br/><i>so &unknown; it was</i></p></blockquote>"
                ),
                _ => write!(body, "<p>{text}<p>{}", self.sentences(2)),
            };
        }
        body.push_str(&notes);
        body.push_str("</section>");
        body
    }
}

fn page(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\" \
         xmlns:epub=\"http://www.idpf.org/2007/ops\"><head><title>A Long Book</title>\
         <link rel=\"stylesheet\" href=\"../style.css\"/></head><body>{body}</body></html>"
    )
}

fn archive(files: &[(String, String)], contents: Contents, titles: &[(String, u8)]) -> Vec<u8> {
    let mut items = String::new();
    let mut refs = String::new();
    let mut entries = String::new();
    let names: Vec<&str> = titles
        .iter()
        .filter(|(_, level)| *level == 1)
        .map(|(title, _)| title.as_str())
        .collect();
    for (index, title) in names.iter().enumerate() {
        let number = index + 1;
        let _ = write!(
            items,
            "<item id=\"c{number}\" href=\"text/chapter%20{number}.xhtml\" media-type=\"application/xhtml+xml\"/>"
        );
        let _ = write!(refs, "<itemref idref=\"c{number}\"/>");
        let _ = match contents {
            Contents::Ncx => write!(
                entries,
                "<navPoint><navLabel><text>{title}</text></navLabel><content src=\"text/chapter%20{number}.xhtml\"/></navPoint>"
            ),
            _ => write!(
                entries,
                "<li><a href=\"text/chapter%20{number}.xhtml\">{title}</a></li>"
            ),
        };
    }
    let (table, item) = match contents {
        Contents::Navigation => (
            Some((
                "OEBPS/nav.xhtml",
                page(&format!("<nav epub:type=\"toc\"><ol>{entries}</ol></nav>")),
            )),
            "<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>",
        ),
        Contents::Ncx => (
            Some(("OEBPS/toc.ncx", format!("<ncx><navMap>{entries}</navMap></ncx>"))),
            "<item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>",
        ),
        Contents::None => (None, ""),
    };
    let package = format!(
        "<?xml version=\"1.0\"?><package version=\"3.0\" xmlns=\"http://www.idpf.org/2007/opf\">\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>A Long Book</dc:title><dc:creator>Ann Author</dc:creator>\
         <dc:language>en</dc:language></metadata><manifest>{items}{item}<item id=\"css\" href=\"style.css\" media-type=\"text/css\"/>\
         </manifest><spine toc=\"ncx\">{refs}</spine></package>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8], method| {
        let options = SimpleFileOptions::default().compression_method(method);
        // Writing to memory does not fail.
        if zip.start_file(name, options).is_ok() {
            let _ = zip.write_all(bytes);
        }
    };
    add("mimetype", b"application/epub+zip", CompressionMethod::Stored);
    add(
        "META-INF/container.xml",
        CONTAINER.as_bytes(),
        CompressionMethod::Deflated,
    );
    add("OEBPS/content.opf", package.as_bytes(), CompressionMethod::Deflated);
    add(
        "OEBPS/style.css",
        b".smallcaps { font-variant: small-caps }",
        CompressionMethod::Deflated,
    );
    if let Some((name, text)) = &table {
        add(name, text.as_bytes(), CompressionMethod::Deflated);
    }
    for (name, text) in files {
        add(name, text.as_bytes(), CompressionMethod::Deflated);
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
