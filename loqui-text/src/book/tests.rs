//! Tests of books. The archives are made here.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::Part;

const CONTAINER: &str =
    "<?xml version=\"1.0\"?><container><rootfiles><rootfile full-path=\"OEBPS/book.opf\"/></rootfiles></container>";

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/epub+zip").unwrap();
    for (name, content) in files {
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, packed).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn page(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\" \
         xmlns:epub=\"http://www.idpf.org/2007/ops\"><head><title>A page</title></head><body>{body}</body></html>"
    )
}

/// A package with pages `p1`, `p2` and so on.
fn package(pages: usize, more: &str) -> String {
    let item = |n| format!("<item id=\"p{n}\" href=\"text/p{n}.xhtml\" media-type=\"application/xhtml+xml\"/>");
    let items = (1..=pages).map(item).collect::<Vec<_>>().concat();
    let itemref = |n| format!("<itemref idref=\"p{n}\"/>");
    let refs = (1..=pages).map(itemref).collect::<Vec<_>>().concat();
    format!(
        "<package version=\"3.0\"><metadata><dc:title>The &amp; Book</dc:title><dc:creator>Ann Author</dc:creator>\
         <dc:language>en-GB</dc:language></metadata><manifest>{items}{more}</manifest><spine toc=\"ncx\">{refs}</spine></package>"
    )
}

fn read(files: &[(&str, &str)]) -> Book {
    Book::read(&archive(files), &BookOptions::default()).unwrap()
}

fn titles(book: &Book) -> Vec<(&str, u8, bool)> {
    let parts = book.document.parts.iter();
    parts
        .map(|part| (part.title.as_deref().unwrap_or_default(), part.level, part.silent_title))
        .collect()
}

fn text(book: &Book) -> String {
    book.document.to_text().0
}

#[test]
fn pages_are_read_in_the_order_of_the_spine_with_titles_of_headings() {
    let opf = package(2, "").replace(
        "<itemref idref=\"p1\"/><itemref idref=\"p2\"/>",
        "<itemref idref=\"p2\"/><itemref idref=\"p1\"/>",
    );
    let (one, two) = (
        page("<h1>Second</h1><p>End.</p><h2>Part <i>of</i> it</h2><p>More.</p>"),
        page("<h1>First</h1><p>Start.</p>"),
    );
    let book = read(&[
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &opf),
        ("OEBPS/text/p1.xhtml", &one),
        ("OEBPS/text/p2.xhtml", &two),
    ]);
    assert_eq!(book.document.title.as_deref(), Some("The & Book"));
    assert_eq!(book.document.authors, ["Ann Author"]);
    assert_eq!(book.document.language.as_deref(), Some("en-GB"));
    assert_eq!(
        titles(&book),
        [("First", 1, false), ("Second", 1, false), ("Part of it", 2, false)]
    );
    assert_eq!(text(&book), "First\n\nStart.\n\nSecond\n\nEnd.\n\nPart of it\n\nMore.");
    assert_eq!(book.findings, []);
}

#[test]
fn tables_of_contents_name_pages_and_places_without_headings() {
    let nav = page(
        "<nav epub:type=\"toc\"><ol><li><a href=\"text/p1.xhtml\">Chapter &#8220;One&#8221;</a><ol>\
         <li><a href=\"text/p1.xhtml#middle\">The Middle</a></li></ol></li><li><a href=\"text/p2.xhtml\">Chapter Two</a></li></ol></nav>",
    );
    let more = "<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>";
    let ncx = "<ncx><navMap><navPoint><navLabel><text>Chapter “One”</text></navLabel><content src=\"text/p1.xhtml\"/>\
               <navPoint><navLabel><text>The Middle</text></navLabel><content src=\"text/p1.xhtml#middle\"/></navPoint></navPoint>\
               <navPoint><navLabel><text>Chapter Two</text></navLabel><content src=\"text/p2.xhtml\"/></navPoint></navMap></ncx>";
    let ncx_item = "<item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>";
    let one = page("<p class=\"title\">Chapter “One”</p><p>Start.</p><p id=\"middle\">Then.</p>");
    let two = page("<p>It goes on.</p>");
    for (opf, name, contents) in [
        (package(2, more), "OEBPS/nav.xhtml", nav.as_str()),
        (package(2, ncx_item), "OEBPS/toc.ncx", ncx),
    ] {
        let book = read(&[
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/book.opf", &opf),
            ("OEBPS/text/p1.xhtml", &one),
            ("OEBPS/text/p2.xhtml", &two),
            (name, contents),
        ]);
        assert_eq!(
            titles(&book),
            [
                ("Chapter “One”", 1, false),
                ("The Middle", 2, true),
                ("Chapter Two", 1, true)
            ],
            "{name}"
        );
        assert_eq!(text(&book), "Chapter “One”\n\nStart.\n\nThen.\n\nIt goes on.", "{name}");
    }
}

#[test]
fn notes_page_numbers_and_navigation_are_left_out_or_kept() {
    let body = "<h1>One</h1><p>Words<a epub:type=\"noteref\" href=\"#n1\">1</a> and<sup><a href=\"#n2\" id=\"r2\">2</a></sup> \
                more<span epub:type=\"pagebreak\" title=\"12\">12</span>, x<sup>2</sup>.</p>\
                <aside epub:type=\"footnote\" id=\"n1\"><p>A note.</p></aside>\
                <p id=\"n2\"><a href=\"#r2\">2</a> Another note.</p><p>After.</p>";
    let files = [
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &package(1, "")),
        ("OEBPS/text/p1.xhtml", &page(body)),
    ];
    let book = read(&files);
    assert_eq!(text(&book), "One\n\nWords and more, x².\n\nAfter.");
    assert!(
        book.findings
            .iter()
            .any(|finding| finding.message.starts_with("a note is left out")),
        "{:?}",
        book.findings
    );
    let options = BookOptions::default().with_notes(true);
    let kept = Book::read(&archive(&files), &options).unwrap();
    assert_eq!(
        text(&kept),
        "One\n\nWords and more, x².\n\nA note.\n\n2 Another note.\n\nAfter."
    );
}

#[test]
fn front_matter_is_left_out_or_kept() {
    let more = "<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" properties=\"nav\"/>";
    let opf = package(3, more).replace(
        "<itemref idref=\"p1\"/>",
        "<itemref idref=\"nav\"/><itemref idref=\"p1\"/>",
    );
    let opf = opf.replace(
        "</package>",
        "<guide><reference type=\"copyright-page\" href=\"text/p2.xhtml\"/></guide></package>",
    );
    let files = [
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", opf.as_str()),
        (
            "OEBPS/nav.xhtml",
            &page("<nav epub:type=\"toc\"><ol><li><a href=\"text/p3.xhtml\">One</a></li></ol></nav>"),
        ),
        (
            "OEBPS/text/p1.xhtml",
            &page("<section epub:type=\"titlepage\"><h1>The Book</h1></section>"),
        ),
        ("OEBPS/text/p2.xhtml", &page("<p>All rights reserved.</p>")),
        ("OEBPS/text/p3.xhtml", &page("<h1>One</h1><p>Words.</p>")),
    ];
    let book = read(&files);
    assert_eq!(text(&book), "One\n\nWords.");
    assert_eq!(book.findings.len(), 3, "{:?}", book.findings);
    let options = BookOptions::default().with_front_matter(true);
    let kept = text(&Book::read(&archive(&files), &options).unwrap());
    assert!(
        kept.contains("The Book") && kept.contains("All rights reserved.") && kept.ends_with("Words."),
        "{kept}"
    );
}

#[test]
fn oddities_of_real_books_are_read() {
    let cases = [
        (
            "<p>fish &amp;nbsp;and&nbsp chips &#8212 so &mdash; &amp;lt;b&amp;gt; &unknown; AT&T</p>",
            "fish \u{A0}and\u{A0} chips — so — &lt;b&gt; &unknown; AT&T",
        ),
        (
            "<p><img src=\"a.png\" alt=\"A dog &amp; a cat\"/></p><p>On.</p>",
            "A dog & a cat\n\nOn.",
        ),
        (
            "<p><img src=\"a.png\" alt=\"\"/><img src=\"data:image/png;base64,AAAA\" alt=\"cover.jpg\"/>On.</p>",
            "On.",
        ),
        (
            "<ul><li>one<ul><li>two<ol><li>three</li></ol></li></ul></li><li>four</li></ul>",
            "one\n\ntwo\n\nthree\n\nfour",
        ),
        (
            "<p><span class=\"smallcaps\">THE OLD MAN</span> sat.</p>",
            "The Old Man sat.",
        ),
        (
            "<p>T<small style=\"font-variant: small-caps\">HE</small> man.</p>",
            "The man.",
        ),
        ("<p><![CDATA[a < b & c]]> d</p>", "a < b & c d"),
        ("<p>one<br/>two</p><hr/><p>three", "one\ntwo\n\nthree"),
        (
            "<p hidden=\"\">no</p><p style=\"display: none\">no</p><p aria-hidden=\"true\">no</p><p title=\"a hidden gem\">yes</p>",
            "yes",
        ),
        ("<p>a<script>var x = '<p>no</p>';</script>b<!-- <p>no</p> --></p>", "ab"),
        ("<p>unclosed <b>bold <i>text</p><p>next", "unclosed bold text\n\nnext"),
    ];
    for (body, expected) in cases {
        let book = read(&[
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/book.opf", &package(1, "")),
            ("OEBPS/text/p1.xhtml", &page(body)),
        ]);
        assert_eq!(text(&book), expected, "{body}");
    }
    let long = format!(
        "<p><img src=\"data:image/png;base64,{}\" alt=\"A map\"/></p>",
        "A".repeat(100_000)
    );
    let doctype = "<!DOCTYPE html [<!ENTITY who \"Ann\"><!ENTITY lol \"&who;&who;\">]><html><body><p>&who; &lol;</p></body></html>";
    let book = read(&[
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &package(2, "")),
        ("OEBPS/text/p1.xhtml", &page(&long)),
        ("OEBPS/text/p2.xhtml", doctype),
    ]);
    assert_eq!(text(&book), "A map\n\nAnn &who;&who;");
}

#[test]
fn damaged_books_are_read_as_far_as_they_go() {
    let (one, two) = (page("<h1>One</h1><p>Words.</p>"), page("<h1>Two</h1><p>More.</p>"));
    let opf = package(3, "<item id=\"ncx\" href=\"toc.ncx\"/>");
    let whole: Vec<(&str, &str)> = vec![
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &opf),
        ("OEBPS/toc.ncx", "<ncx><navMap><navPoint><navLabel><text>On"),
        ("OEBPS/text/p1.xhtml", &one),
        ("OEBPS/text/p2.xhtml", &two),
    ];
    let expected = "One\n\nWords.\n\nTwo\n\nMore.";
    // The third page is missing.
    let book = read(&whole);
    assert_eq!(text(&book), expected);
    assert!(
        book.findings
            .iter()
            .any(|finding| finding.message.contains("p3.xhtml is missing"))
    );
    // Container, package, and directory of the archive are missing in turn.
    for skip in [1, 2] {
        let book = read(&whole[skip..]);
        assert_eq!(text(&book), expected);
        assert!(
            book.findings
                .iter()
                .any(|finding| finding.code == "script.book_damaged")
        );
    }
    let broken = opf.replace("</manifest>", "</manifest><<bad");
    let mut files = whole.clone();
    files[1].1 = &broken;
    assert_eq!(text(&read(&files)), expected);
    let bytes = archive(&whole);
    let cut = &bytes[..bytes.len() - 300];
    let book = Book::read(cut, &BookOptions::default()).unwrap();
    assert_eq!(text(&book), expected);
    for length in (0..bytes.len()).step_by(37) {
        drop(Book::read(&bytes[..length], &BookOptions::default()));
    }
}

#[test]
fn hostile_books_are_refused_or_bounded() {
    let none = BookOptions::default();
    assert_eq!(
        Book::read(b"PK\x03\x04 and nothing", &none).unwrap_err(),
        UnreadableBook::NotABook
    );
    assert_eq!(Book::read(b"", &none).unwrap_err(), UnreadableBook::NotABook);
    let with = |one: &str| {
        let bytes = archive(&[
            ("META-INF/container.xml", CONTAINER),
            ("OEBPS/book.opf", &package(1, "")),
            ("OEBPS/text/p1.xhtml", one),
        ]);
        Book::read(&bytes, &BookOptions::default())
    };
    assert_eq!(with(&page("<p> </p>")).unwrap_err(), UnreadableBook::NoText);
    // A file that unpacks to 40 MB.
    let bomb = with(&page(&"a ".repeat(20 << 20)));
    assert!(matches!(bomb, Err(UnreadableBook::TooLarge { .. })), "{bomb:?}");
    let nested = with(&page(&format!("{}x", "<div><blockquote>".repeat(100_000)))).unwrap();
    assert_eq!(text(&nested), "x");
    let navigation = format!(
        "<ncx><navMap>{}",
        "<navPoint><navLabel><text>a</text></navLabel><content src=\"p\"/>".repeat(100_000)
    );
    let book = read(&[
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &package(1, "<item id=\"ncx\" href=\"toc.ncx\"/>")),
        ("OEBPS/toc.ncx", &navigation),
        ("OEBPS/text/p1.xhtml", &page("<p>Words.</p>")),
    ]);
    assert_eq!(text(&book), "Words.");
    let protected = archive(&[
        ("META-INF/container.xml", CONTAINER),
        (
            "META-INF/encryption.xml",
            "<encryption><CipherReference URI=\"OEBPS/text/p1.xhtml\"/></encryption>",
        ),
        ("OEBPS/book.opf", &package(1, "")),
        ("OEBPS/text/p1.xhtml", "garbage"),
    ]);
    assert_eq!(Book::read(&protected, &none).unwrap_err(), UnreadableBook::Protected);
    for unit in [
        "<a href=\"#x\" id=\"x\">",
        "<sup>",
        "<p hidden>",
        "<img alt='",
        "<![CDATA[",
        "&amp;",
        "<h1>",
        "<span class=\"sc\">",
        "<aside epub:type=\"footnote\">",
        "<!DOCTYPE a [",
    ] {
        drop(with(&page(&unit.repeat(300_000 / unit.len()))));
    }
}

#[test]
fn numbers_join_the_titles_behind_them() {
    let book = read(&[
        ("META-INF/container.xml", CONTAINER),
        ("OEBPS/book.opf", &package(2, "")),
        (
            "OEBPS/text/p1.xhtml",
            &page("<h1>Part One</h1><h2>Chapter 1</h2><h3>The Start</h3><p>Words.</p>"),
        ),
        (
            "OEBPS/text/p2.xhtml",
            &page("<h2>II.</h2><h2>Down the Hole</h2><p>More.</p>"),
        ),
    ]);
    assert_eq!(
        titles(&book),
        [
            ("Part One", 1, false),
            ("Chapter 1. The Start", 2, false),
            ("II. Down the Hole", 2, false)
        ]
    );
}

#[test]
fn covers_of_known_formats_are_kept() {
    assert_eq!(
        Cover::of(vec![0xFF, 0xD8, 0xFF, 0xE0]).unwrap().media_type,
        "image/jpeg"
    );
    assert_eq!(Cover::of(b"GIF89a".to_vec()), None);
    let part = Part::new("x", 9);
    assert_eq!(part.level, 6);
}
