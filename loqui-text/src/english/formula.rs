//! Formulas: numbers and single letters with operators between them.

use super::fraction;
use super::number::{Number, cardinal};
use super::scan::Scan;

/// Longer texts are not read as a formula.
const LONGEST: usize = 200;
/// Signs between operands. A sign comes before the shorter signs that are its prefix.
const OPERATORS: &[(&str, &str)] = &[
    ("<=", "is at most"),
    (">=", "is at least"),
    ("!=", "is not equal to"),
    ("==", "equals"),
    ("=", "equals"),
    ("≈", "is about"),
    ("≠", "is not equal to"),
    ("≤", "is at most"),
    ("≥", "is at least"),
    ("<", "is less than"),
    (">", "is greater than"),
    ("+", "plus"),
    ("-", "minus"),
    ("×", "times"),
    ("·", "times"),
    ("*", "times"),
    ("÷", "divided by"),
    ("/", "over"),
    ("±", "plus or minus"),
    ("x ", "times"),
];
const FUNCTIONS: [&str; 6] = ["sin", "cos", "tan", "log", "ln", "exp"];

struct Formula<'a> {
    scan: Scan<'a>,
    spoken: Vec<String>,
    operators: usize,
    operands: usize,
    /// Returns true if a relation sign shows that short words are products of letters.
    relation: bool,
}

/// Reads a formula that fills `text`. A single hyphen or slash does not make a formula: "f-1" and "1/f" are names.
pub(super) fn read(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let relation = text.contains(['=', '≈', '≠', '≤', '≥']);
    let mut formula = Formula {
        scan: Scan::new(text),
        spoken: Vec::new(),
        operators: 0,
        operands: 0,
        relation,
    };
    loop {
        formula.operand()?;
        formula.skip_space();
        if formula.scan.is_done() {
            break;
        }
        let (_, word) = OPERATORS.iter().find(|(sign, _)| formula.scan.eat(sign))?;
        formula.say(word);
        formula.operators += 1;
    }
    let clear = relation || text.contains(['+', '×', '÷', '<', '>', '±', '√', '^', '·']);
    let whole = formula.operators > 0 && (formula.operands > 1 || text.contains(['√', '^']));
    (clear && whole).then(|| formula.spoken.join(" "))
}

impl Formula<'_> {
    fn say(&mut self, word: &str) {
        self.spoken.push(word.to_owned());
    }

    fn skip_space(&mut self) {
        while self.scan.space() {}
    }

    /// Reads an operand with the signs before and after it.
    fn operand(&mut self) -> Option<()> {
        loop {
            self.skip_space();
            let word = match self.scan.eat_any(&["(", "√", "-", "±", "+"]) {
                Some("(") => "open bracket",
                Some("√") => {
                    self.operators += 1;
                    "the square root of"
                }
                Some("-") => "minus",
                Some("+") => "plus",
                Some(_) => "plus or minus",
                None => break,
            };
            self.say(word);
        }
        if let Some(words) = self.fraction() {
            self.say(&words);
        } else if let Some(number) = Number::take_unsigned(&mut self.scan) {
            let words = number.say(false);
            self.say(&words);
            let letters = self.scan.letters();
            if letters.chars().count() > 1 + usize::from(self.relation) {
                return None;
            }
            self.spoken.extend(letters.chars().map(String::from));
        } else {
            let letters = self.scan.letters();
            if FUNCTIONS.contains(&letters) {
                self.say(letters);
                self.scan.eat("(");
                return self.operand();
            }
            let product = self.relation && letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_lowercase());
            if letters.is_empty() || letters.chars().count() > 1 && !product {
                return None;
            }
            self.spoken.extend(letters.chars().map(String::from));
        }
        self.operands += 1;
        self.power()?;
        if self.scan.eat(")") {
            self.say("close bracket");
        }
        if self.scan.eat("%") {
            self.say("percent");
        }
        Some(())
    }

    /// Reads `1/2` as a fraction; "100/5" is a division.
    fn fraction(&mut self) -> Option<String> {
        let mut ahead = self.scan;
        let fraction = fraction::take(&mut ahead).filter(fraction::Fraction::is_proper)?;
        if !(ahead.is_done() || ahead.rest().starts_with(' ')) {
            return None;
        }
        self.scan = ahead;
        Some(fraction.say(false))
    }

    fn power(&mut self) -> Option<()> {
        if !self.scan.eat("^") {
            return Some(());
        }
        let power = self.scan.run(|c| c.is_ascii_digit() || c == '-' || c == 'n');
        let words = match (power, power.strip_prefix('-')) {
            ("", _) => return None,
            ("2", _) => "squared".to_owned(),
            ("3", _) => "cubed".to_owned(),
            ("n", _) => "to the n".to_owned(),
            (_, Some(digits)) => format!("to the power of minus {}", cardinal(digits, false)),
            _ => format!("to the power of {}", cardinal(power, false)),
        };
        self.say(&words);
        self.operators += 1;
        Some(())
    }
}
