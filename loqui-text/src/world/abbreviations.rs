//! Abbreviations of other languages. Only forms that are not inflected, or that stay right where they are not, are here.

/// The written form, with its exact case, and the words. A form that ends in a space needs a capitalized word after it,
/// a form that ends in `#` a number.
type Entries = &'static [(&'static str, &'static str)];

/// Abbreviations that end a list. A sentence may end at their full stop.
const LAST: &[&str] = &[
    "etc.", "usw.", "ecc.", "enz.", "itd.", "itp.", "osv.", "jne.", "vb.", "vs.", "т. д.", "т.д.", "т. п.", "т.п.",
    "m.m.",
];

/// The abbreviations of each language, by its code.
const TABLE: &[(&str, Entries)] = &[
    (
        "de",
        &[
            ("z. B.", "zum Beispiel"),
            ("z.B.", "zum Beispiel"),
            ("Z. B.", "Zum Beispiel"),
            ("Z.B.", "Zum Beispiel"),
            ("d. h.", "das heißt"),
            ("d.h.", "das heißt"),
            ("u. a.", "unter anderem"),
            ("u.a.", "unter anderem"),
            ("i. d. R.", "in der Regel"),
            ("i.d.R.", "in der Regel"),
            ("v. Chr.", "vor Christus"),
            ("n. Chr.", "nach Christus"),
            ("Dr. ", "Doktor"),
            ("Prof. ", "Professor"),
            ("Hr. ", "Herr"),
            ("Fr. ", "Frau"),
            ("Nr. #", "Nummer"),
            ("S. #", "Seite"),
            ("Bd. #", "Band"),
            ("Abb. #", "Abbildung"),
            ("Kap. #", "Kapitel"),
            ("Abs. #", "Absatz"),
            ("Tel.", "Telefon"),
            ("MwSt.", "Mehrwertsteuer"),
            ("bzw.", "beziehungsweise"),
            ("usw.", "und so weiter"),
            ("etc.", "et cetera"),
            ("ca.", "circa"),
            ("inkl.", "inklusive"),
            ("zzgl.", "zuzüglich"),
            ("evtl.", "eventuell"),
            ("ggf.", "gegebenenfalls"),
            ("vgl.", "vergleiche"),
            ("Vgl.", "Vergleiche"),
            ("Mio.", "Millionen"),
            ("Mrd.", "Milliarden"),
        ],
    ),
    (
        "fr",
        &[
            ("M. ", "Monsieur"),
            ("MM. ", "Messieurs"),
            ("Mme ", "Madame"),
            ("Mmes ", "Mesdames"),
            ("Mlle ", "Mademoiselle"),
            ("Dr ", "Docteur"),
            ("Pr ", "Professeur"),
            ("p. ex.", "par exemple"),
            ("c.-à-d.", "c'est-à-dire"),
            ("av. J.-C.", "avant Jésus-Christ"),
            ("apr. J.-C.", "après Jésus-Christ"),
            ("etc.", "et cetera"),
            ("env.", "environ"),
            ("n° #", "numéro"),
            ("N° #", "Numéro"),
            ("p. #", "page"),
            ("tél.", "téléphone"),
            ("Tél.", "Téléphone"),
        ],
    ),
    (
        "es",
        &[
            ("Sr. ", "Señor"),
            ("Sra. ", "Señora"),
            ("Srta. ", "Señorita"),
            ("Sres. ", "Señores"),
            ("Dr. ", "Doctor"),
            ("Dra. ", "Doctora"),
            ("Ud.", "usted"),
            ("Uds.", "ustedes"),
            ("EE. UU.", "Estados Unidos"),
            ("EE.UU.", "Estados Unidos"),
            ("p. ej.", "por ejemplo"),
            ("a. C.", "antes de Cristo"),
            ("d. C.", "después de Cristo"),
            ("etc.", "etcétera"),
            ("núm. #", "número"),
            ("n.º #", "número"),
            ("pág. #", "página"),
            ("págs. #", "páginas"),
            ("tel.", "teléfono"),
            ("Tel.", "Teléfono"),
            ("Avda. ", "Avenida"),
            ("Av. ", "Avenida"),
        ],
    ),
    (
        "it",
        &[
            ("Sig. ", "Signor"),
            ("sig. ", "signor"),
            ("Sig.ra ", "Signora"),
            ("sig.ra ", "signora"),
            ("Dott. ", "Dottor"),
            ("dott. ", "dottor"),
            ("Dott.ssa ", "Dottoressa"),
            ("dott.ssa ", "dottoressa"),
            ("Prof. ", "Professor"),
            ("prof. ", "professor"),
            ("Avv. ", "Avvocato"),
            ("Ing. ", "Ingegner"),
            ("a.C.", "avanti Cristo"),
            ("d.C.", "dopo Cristo"),
            ("ecc.", "eccetera"),
            ("n. #", "numero"),
            ("pag. #", "pagina"),
            ("pagg. #", "pagine"),
            ("tel.", "telefono"),
            ("Tel.", "Telefono"),
        ],
    ),
    (
        "pt",
        &[
            ("Sr. ", "Senhor"),
            ("Sra. ", "Senhora"),
            ("Dr. ", "Doutor"),
            ("Dra. ", "Doutora"),
            ("Prof. ", "Professor"),
            ("Profa. ", "Professora"),
            ("p. ex.", "por exemplo"),
            ("a.C.", "antes de Cristo"),
            ("d.C.", "depois de Cristo"),
            ("etc.", "et cetera"),
            ("n.º #", "número"),
            ("nº #", "número"),
            ("pág. #", "página"),
            ("tel.", "telefone"),
            ("Tel.", "Telefone"),
            ("Av. ", "Avenida"),
        ],
    ),
    (
        "nl",
        &[
            ("dhr. ", "de heer"),
            ("Dhr. ", "De heer"),
            ("mevr. ", "mevrouw"),
            ("Mevr. ", "Mevrouw"),
            ("dr. ", "doctor"),
            ("Dr. ", "Doctor"),
            ("prof. ", "professor"),
            ("Prof. ", "Professor"),
            ("d.w.z.", "dat wil zeggen"),
            ("m.a.w.", "met andere woorden"),
            ("i.p.v.", "in plaats van"),
            ("o.a.", "onder andere"),
            ("a.u.b.", "alstublieft"),
            ("v.Chr.", "voor Christus"),
            ("bijv.", "bijvoorbeeld"),
            ("enz.", "enzovoort"),
            ("etc.", "et cetera"),
            ("nr. #", "nummer"),
            ("Nr. #", "Nummer"),
            ("blz. #", "bladzijde"),
            ("tel.", "telefoon"),
            ("Tel.", "Telefoon"),
            ("ca.", "circa"),
            ("t/m", "tot en met"),
        ],
    ),
    (
        "pl",
        &[
            ("np.", "na przykład"),
            ("Np.", "Na przykład"),
            ("itd.", "i tak dalej"),
            ("itp.", "i tym podobne"),
            ("tzn.", "to znaczy"),
            ("m.in.", "między innymi"),
            ("ok. #", "około"),
            ("nr #", "numer"),
        ],
    ),
    (
        "ru",
        &[
            ("т. е.", "то есть"),
            ("т.е.", "то есть"),
            ("т. д.", "так далее"),
            ("т.д.", "так далее"),
            ("т. п.", "тому подобное"),
            ("т.п.", "тому подобное"),
            ("напр.", "например"),
            ("г-н ", "господин"),
            ("г-жа ", "госпожа"),
            ("тел.", "телефон"),
            ("стр. #", "страница"),
        ],
    ),
    (
        "tr",
        &[
            ("Dr. ", "Doktor"),
            ("Prof. ", "Profesör"),
            ("Sn. ", "Sayın"),
            ("örn.", "örneğin"),
            ("Örn.", "Örneğin"),
            ("vb.", "ve benzeri"),
            ("vs.", "vesaire"),
        ],
    ),
    (
        "sv",
        &[
            ("t.ex.", "till exempel"),
            ("T.ex.", "Till exempel"),
            ("bl.a.", "bland annat"),
            ("dvs.", "det vill säga"),
            ("osv.", "och så vidare"),
            ("m.m.", "med mera"),
            ("kl. #", "klockan"),
            ("ca #", "cirka"),
            ("nr #", "nummer"),
        ],
    ),
    (
        "da",
        &[
            ("f.eks.", "for eksempel"),
            ("F.eks.", "For eksempel"),
            ("bl.a.", "blandt andet"),
            ("dvs.", "det vil sige"),
            ("osv.", "og så videre"),
            ("m.m.", "med mere"),
            ("kl. #", "klokken"),
            ("ca. #", "cirka"),
            ("nr. #", "nummer"),
        ],
    ),
    (
        "no",
        &[
            ("f.eks.", "for eksempel"),
            ("F.eks.", "For eksempel"),
            ("bl.a.", "blant annet"),
            ("dvs.", "det vil si"),
            ("osv.", "og så videre"),
            ("m.m.", "med mer"),
            ("kl. #", "klokken"),
            ("ca. #", "cirka"),
            ("nr. #", "nummer"),
        ],
    ),
    (
        "fi",
        &[
            ("esim.", "esimerkiksi"),
            ("Esim.", "Esimerkiksi"),
            ("jne.", "ja niin edelleen"),
            ("ts.", "toisin sanoen"),
            ("klo #", "kello"),
        ],
    ),
];

fn entries(code: &str) -> Entries {
    TABLE
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(&[], |(_, entries)| *entries)
}

/// An abbreviation at the start of a text.
pub(super) struct Known {
    /// Bytes of the text.
    pub(super) length: usize,
    pub(super) spoken: &'static str,
}

/// Returns the abbreviation at the start of `text`, which begins a word.
pub(super) fn find(text: &str, code: &str) -> Option<Known> {
    entries(code).iter().find_map(|(written, spoken)| {
        let form = written.trim_end_matches(['#', ' ']);
        let behind = text.strip_prefix(form)?;
        if behind.starts_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        let next = behind.trim_start_matches([' ', '\u{A0}', '\u{202F}']);
        let fits = if written.ends_with('#') {
            next.starts_with(|c: char| c.is_ascii_digit())
        } else if written.ends_with(' ') {
            next.len() < behind.len() && next.starts_with(char::is_uppercase)
        } else {
            true
        };
        if !fits {
            return None;
        }
        // The full stop of the last word is also that of the sentence.
        let ends =
            next.is_empty() || next.starts_with('\n') || LAST.contains(&form) && next.starts_with(char::is_uppercase);
        let length = if ends && form.ends_with('.') {
            form.len() - 1
        } else {
            form.len()
        };
        Some(Known { length, spoken })
    })
}
