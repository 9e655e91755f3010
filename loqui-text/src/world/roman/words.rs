//! The words around Roman numerals in each language.

use super::super::data::Language;
use super::super::rules::say;

/// The words and forms of a language.
pub(super) struct Words {
    code: &'static str,
    /// Words for a century, before or after the numeral.
    pub(super) century: &'static [&'static str],
    /// Forms of centuries by the word after them, and the word before them if it matters.
    pub(super) century_forms: &'static [(&'static str, &'static str, &'static str)],
    /// Words before a cardinal number: chapter, part, volume.
    pub(super) counted: &'static [&'static str],
    /// Articles before an ordinal, with the gender.
    articles: &'static [(&'static str, char)],
    /// Capitalized words that are no names.
    pub(super) starters: &'static [&'static str],
    /// Endings of ordinals after the numeral, and their rule sets.
    pub(super) endings: &'static [(&'static str, &'static str)],
    pub(super) masculine: &'static str,
    pub(super) feminine: &'static str,
    /// The largest number of a ruler or century that is an ordinal.
    pub(super) ordinals_to: u64,
    /// The word before the ordinal of a ruler, with its space.
    pub(super) ruler_article: &'static str,
    /// Whether ordinals have a full stop.
    pub(super) pointed: bool,
}

const MASCULINE: &str = "%spellout-ordinal-masculine";
const FEMININE: &str = "%spellout-ordinal-feminine";
const ORDINAL: &str = "%spellout-ordinal";
const ALL: u64 = u64::MAX;

const BASE: Words = Words {
    code: "",
    century: &[],
    century_forms: &[],
    counted: &[],
    articles: &[],
    starters: &[],
    endings: &[],
    masculine: MASCULINE,
    feminine: FEMININE,
    ordinals_to: ALL,
    ruler_article: "",
    pointed: false,
};

const LANGUAGES: &[Words] = &[
    Words {
        code: "de",
        century: &[
            "jahrhundert",
            "jahrhunderts",
            "jahrhunderte",
            "jahrhunderten",
            "jh",
            "jhd",
        ],
        counted: &[
            "teil",
            "kapitel",
            "band",
            "akt",
            "szene",
            "buch",
            "phase",
            "stufe",
            "klasse",
            "artikel",
            "abschnitt",
            "typ",
            "anhang",
            "gruppe",
            "liga",
            "version",
            "titel",
        ],
        articles: &[
            ("der", 'm'),
            ("die", 'f'),
            ("das", 'n'),
            ("den", 'm'),
            ("dem", 'm'),
            ("des", 'm'),
            ("im", 'm'),
            ("zum", 'm'),
            ("vom", 'm'),
            ("zur", 'f'),
        ],
        starters: &["der", "die", "das", "und", "für", "von"],
        masculine: "%spellout-ordinal",
        feminine: "%spellout-ordinal",
        pointed: true,
        ..BASE
    },
    Words {
        code: "fr",
        century: &["siècle", "siècles"],
        counted: &[
            "chapitre", "tome", "volume", "acte", "scène", "livre", "partie", "article", "section", "titre", "annexe",
            "phase", "type", "niveau", "classe", "groupe",
        ],
        starters: &["les", "des", "aux", "une", "dans", "pour"],
        endings: &[
            ("ère", FEMININE),
            ("re", FEMININE),
            ("er", MASCULINE),
            ("ème", MASCULINE),
            ("ième", MASCULINE),
            ("e", MASCULINE),
            ("ᵉ", MASCULINE),
            ("ᵉʳ", MASCULINE),
        ],
        ordinals_to: 1,
        ..BASE
    },
    Words {
        code: "es",
        century: &["siglo", "siglos"],
        counted: &[
            "capítulo",
            "capítulos",
            "tomo",
            "volumen",
            "acto",
            "escena",
            "libro",
            "parte",
            "artículo",
            "título",
            "anexo",
            "fase",
            "tipo",
            "nivel",
            "clase",
            "grupo",
            "sección",
        ],
        articles: &[("el", 'm'), ("del", 'm'), ("al", 'm'), ("la", 'f')],
        starters: &["los", "las", "una", "con", "por", "para"],
        endings: &[("º", MASCULINE), (".º", MASCULINE), ("ª", FEMININE), (".ª", FEMININE)],
        ordinals_to: 10,
        ..BASE
    },
    Words {
        code: "it",
        century: &["secolo", "secoli", "sec"],
        counted: &[
            "capitolo", "capitoli", "tomo", "volume", "atto", "scena", "libro", "parte", "articolo", "titolo",
            "allegato", "fase", "tipo", "livello", "classe", "gruppo", "canto",
        ],
        articles: &[
            ("il", 'm'),
            ("lo", 'm'),
            ("del", 'm'),
            ("dello", 'm'),
            ("nel", 'm'),
            ("al", 'm'),
            ("dal", 'm'),
            ("la", 'f'),
            ("della", 'f'),
            ("nella", 'f'),
            ("alla", 'f'),
            ("dalla", 'f'),
        ],
        starters: &["gli", "una", "con", "per", "nei", "delle"],
        endings: &[("º", MASCULINE), ("°", MASCULINE), ("ª", FEMININE)],
        ..BASE
    },
    Words {
        code: "pt",
        century: &["século", "séculos"],
        counted: &[
            "capítulo",
            "capítulos",
            "tomo",
            "volume",
            "ato",
            "acto",
            "cena",
            "livro",
            "parte",
            "artigo",
            "título",
            "anexo",
            "fase",
            "tipo",
            "nível",
            "classe",
            "grupo",
            "secção",
            "seção",
        ],
        articles: &[
            ("o", 'm'),
            ("do", 'm'),
            ("no", 'm'),
            ("ao", 'm'),
            ("a", 'f'),
            ("da", 'f'),
            ("na", 'f'),
            ("à", 'f'),
        ],
        starters: &["uma", "com", "por", "para", "dos", "das"],
        endings: &[("º", MASCULINE), (".º", MASCULINE), ("ª", FEMININE), (".ª", FEMININE)],
        ordinals_to: 10,
        ..BASE
    },
    Words {
        code: "nl",
        century: &["eeuw", "eeuwen"],
        counted: &[
            "hoofdstuk",
            "deel",
            "boek",
            "akte",
            "bedrijf",
            "artikel",
            "fase",
            "type",
            "klasse",
            "groep",
            "bijlage",
        ],
        starters: &["het", "een", "van", "voor", "met"],
        endings: &[("ste", ORDINAL), ("de", ORDINAL), ("e", ORDINAL)],
        masculine: ORDINAL,
        feminine: ORDINAL,
        ruler_article: "de ",
        ..BASE
    },
    Words {
        code: "pl",
        century: &["wiek", "wieku", "wieki", "wiekiem"],
        century_forms: &[
            ("wieku", "w", "%spellout-ordinal-masculine-locative"),
            ("wieku", "", "%spellout-ordinal-masculine-genitive"),
        ],
        counted: &[
            "rozdział",
            "tom",
            "część",
            "księga",
            "akt",
            "scena",
            "typ",
            "faza",
            "klasa",
            "tytuł",
        ],
        ..BASE
    },
    Words {
        code: "ru",
        century: &["век", "века", "веке", "веку", "веком"],
        century_forms: &[
            ("веке", "", "%spellout-ordinal-masculine-prepositional"),
            ("века", "", "%spellout-ordinal-masculine-genitive"),
        ],
        counted: &[
            "глава",
            "главы",
            "том",
            "часть",
            "книга",
            "акт",
            "сцена",
            "тип",
            "раздел",
            "статья",
        ],
        ..BASE
    },
    Words {
        code: "sv",
        counted: &[
            "kapitel", "del", "bok", "akt", "fas", "typ", "klass", "grupp", "artikel", "bilaga",
        ],
        ruler_article: "den ",
        ..BASE
    },
    Words {
        code: "da",
        counted: &[
            "kapitel", "del", "bog", "akt", "fase", "type", "klasse", "gruppe", "artikel", "bilag",
        ],
        masculine: "%spellout-ordinal-common",
        feminine: "%spellout-ordinal-common",
        ruler_article: "den ",
        ..BASE
    },
    Words {
        code: "no",
        counted: &[
            "kapittel", "del", "bok", "akt", "fase", "type", "klasse", "gruppe", "artikkel", "vedlegg",
        ],
        ruler_article: "den ",
        ..BASE
    },
    Words {
        code: "fi",
        counted: &["luku", "osa", "kirja", "näytös", "vaihe", "tyyppi", "luokka"],
        masculine: ORDINAL,
        feminine: ORDINAL,
        ..BASE
    },
    Words {
        code: "tr",
        century: &["yüzyıl", "yüzyılda", "yüzyılın", "yüzyıla"],
        counted: &["bölüm", "cilt", "kısım", "kitap", "perde", "sahne", "tip"],
        masculine: ORDINAL,
        feminine: ORDINAL,
        pointed: true,
        ..BASE
    },
];

/// Names of rulers and popes that are common in several languages, with the gender.
const MEN: &[&str] = &[
    "Karl",
    "Carl",
    "Carlos",
    "Charles",
    "Carlo",
    "Jorge",
    "Georg",
    "George",
    "Georges",
    "Giorgio",
    "Wilhelm",
    "Guillaume",
    "Guillermo",
    "Guglielmo",
    "Willem",
    "William",
    "Friedrich",
    "Frédéric",
    "Federico",
    "Frederik",
    "Fredrik",
    "Felipe",
    "Filippo",
    "Filipe",
    "Philippe",
    "Philipp",
    "Filips",
    "Enrique",
    "Enrico",
    "Henri",
    "Henrique",
    "Heinrich",
    "Hendrik",
    "Henrik",
    "Jean",
    "Juan",
    "Giovanni",
    "João",
    "Johannes",
    "Johan",
    "Pedro",
    "Pierre",
    "Pietro",
    "Peter",
    "Paul",
    "Pablo",
    "Paulo",
    "Paolo",
    "Paulus",
    "Franz",
    "François",
    "Francisco",
    "Francesco",
    "Frans",
    "Franciscus",
    "Napoleon",
    "Napoléon",
    "Napoleón",
    "Napoleone",
    "Napoleão",
    "Alfonso",
    "Afonso",
    "Alphonse",
    "Fernando",
    "Ferdinand",
    "Ferdinando",
    "Ludwig",
    "Louis",
    "Luis",
    "Luigi",
    "Luís",
    "Lodewijk",
    "Maximilian",
    "Otto",
    "Otton",
    "Leopold",
    "Léopold",
    "Leopoldo",
    "Pius",
    "Pie",
    "Pío",
    "Pio",
    "Benedikt",
    "Benoît",
    "Benedicto",
    "Benedetto",
    "Bento",
    "Benedictus",
    "Gregor",
    "Grégoire",
    "Gregorio",
    "Gregório",
    "Leo",
    "Léon",
    "León",
    "Leone",
    "Leão",
    "Alexander",
    "Alexandre",
    "Alejandro",
    "Alessandro",
    "Nikolaus",
    "Nicolas",
    "Nicolás",
    "Nicola",
    "Nicolau",
    "Vittorio",
    "Emanuele",
    "Umberto",
    "Manuel",
    "José",
    "Joseph",
    "Josef",
    "Gustav",
    "Gustaf",
    "Kustaa",
    "Christian",
    "Christiaan",
    "Kristian",
    "Harald",
    "Olav",
    "Olof",
    "Oskar",
    "Oscar",
    "Haakon",
    "Håkon",
    "Erik",
    "Eric",
    "Sancho",
    "Ramiro",
    "Sixtus",
    "Sixte",
    "Sixto",
    "Sisto",
    "Jaime",
    "Jacques",
    "Jakob",
    "Jacobo",
    "Giacomo",
    "Eduardo",
    "Édouard",
    "Eduard",
    "Edoardo",
    "Edward",
    "Ricardo",
    "Richard",
    "Riccardo",
    "Innozenz",
    "Innocent",
    "Inocencio",
    "Innocenzo",
    "Klemens",
    "Clément",
    "Clemente",
    "Bonifatius",
    "Boniface",
    "Bonifacio",
    "Urban",
    "Urbain",
    "Urbano",
    "Julius",
    "Jules",
    "Julio",
    "Giulio",
    "Zygmunt",
    "Kazimierz",
    "Bolesław",
    "Mieszko",
    "Władysław",
    "Stefan",
    "Jan",
    "Paweł",
    "August",
    "Aleksander",
    "Mikołaj",
    "Piotr",
    "Николай",
    "Пётр",
    "Петр",
    "Иван",
    "Александр",
    "Павел",
    "Карл",
    "Людовик",
    "Василий",
    "Генрих",
    "Фридрих",
    "Вильгельм",
    "Георг",
    "Mehmed",
    "Murad",
    "Selim",
    "Abdülhamid",
    "Süleyman",
    "Mahmud",
    "Ramses",
    "Ramsès",
    "Ramsés",
    "Ramesse",
    "Dom",
    "Balduin",
    "Baudouin",
    "Albert",
    "Alberto",
    "Rainier",
];
const WOMEN: &[&str] = &[
    "Elisabeth",
    "Élisabeth",
    "Elizabeth",
    "Isabel",
    "Isabelle",
    "Isabella",
    "Elisabetta",
    "Elisabet",
    "Katharina",
    "Catherine",
    "Catalina",
    "Caterina",
    "Catarina",
    "Catharina",
    "Katarina",
    "Maria",
    "María",
    "Marie",
    "Beatrix",
    "Margarethe",
    "Margrethe",
    "Margareta",
    "Marguerite",
    "Margarita",
    "Margherita",
    "Johanna",
    "Jeanne",
    "Juana",
    "Giovanna",
    "Joana",
    "Екатерина",
    "Елизавета",
    "Elżbieta",
    "Katarzyna",
    "Kleopatra",
    "Cléopâtre",
    "Cleopatra",
];

/// Returns what is known of a language.
pub(super) fn of(code: &str) -> Option<&'static Words> {
    LANGUAGES.iter().find(|words| words.code == code)
}

impl Words {
    /// Returns the gender of a ruler of this name.
    pub(super) fn ruler(&self, name: &str) -> Option<char> {
        let stem = if self.code == "de" { german_stem(name) } else { name };
        if MEN.contains(&stem) {
            Some('m')
        } else {
            WOMEN.contains(&stem).then_some('f')
        }
    }

    /// Returns the gender of an article.
    pub(super) fn article(&self, word: &str) -> Option<char> {
        let word = word.to_lowercase();
        self.articles
            .iter()
            .find(|(article, _)| *article == word)
            .map(|(_, gender)| *gender)
    }
}

/// `Ludwigs` is the genitive of `Ludwig`.
fn german_stem(name: &str) -> &str {
    let known = MEN.contains(&name) || WOMEN.contains(&name);
    if known {
        name
    } else {
        name.strip_suffix('s').unwrap_or(name)
    }
}

/// `der Zweite`, in the case that the words before the numeral require. The nearest of them is the name.
pub(super) fn german_ruler(number: u64, gender: char, before: &[&str; 3], language: &Language) -> String {
    const DATIVE: &[&str] = &[
        "unter", "von", "mit", "bei", "zu", "nach", "seit", "aus", "neben", "vor",
    ];
    const ACCUSATIVE: &[&str] = &["durch", "für", "gegen", "ohne", "um"];
    let [name, second, third] = before;
    let led = |list: &[&str]| {
        [second, third]
            .iter()
            .any(|word| list.iter().any(|known| *known == word.to_lowercase()))
    };
    let genitive = german_stem(name).len() < name.len();
    let feminine = gender == 'f';
    let (article, inflected) = match (genitive, led(DATIVE), led(ACCUSATIVE)) {
        (true, ..) => (if feminine { "der" } else { "des" }, true),
        (_, true, _) => (if feminine { "der" } else { "dem" }, true),
        (.., true) if !feminine => ("den", true),
        _ => (if feminine { "die" } else { "der" }, false),
    };
    let set = if inflected {
        "%spellout-ordinal-n"
    } else {
        "%spellout-ordinal"
    };
    let ordinal = say(number, set, language);
    let mut letters = ordinal.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{article} {first}{}", letters.as_str())
}
