//! The value of Roman numerals.

/// The longest numeral in the standard form below 4000 is `MMMDCCCLXXXVIII`.
const LONGEST: usize = 15;

const PARTS: [(u32, &str); 13] = [
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
];

/// Returns the value of a numeral from 1 to 3999 in capitals; nothing if it is not in the standard form.
pub(crate) fn value(numeral: &str) -> Option<u32> {
    if numeral.is_empty() || numeral.len() > LONGEST {
        return None;
    }
    let mut rest = numeral;
    let mut number = 0;
    for (worth, letters) in PARTS {
        let most = if letters.len() == 1 { 3 } else { 1 };
        for _ in 0..most {
            let Some(behind) = rest.strip_prefix(letters) else {
                break;
            };
            rest = behind;
            number += worth;
        }
    }
    // Five and its like stand once, which the loop does not see: "VV" is refused by writing the number again.
    (rest.is_empty() && write(number) == numeral).then_some(number)
}

fn write(mut number: u32) -> String {
    let mut numeral = String::new();
    for (worth, letters) in PARTS {
        while number >= worth {
            numeral.push_str(letters);
            number -= worth;
        }
    }
    numeral
}

#[cfg(test)]
mod tests {
    use super::{value, write};

    #[test]
    fn every_numeral_has_its_value() {
        for number in 1..4000 {
            assert_eq!(value(&write(number)), Some(number));
        }
    }

    #[test]
    fn other_letters_and_forms_have_none() {
        for text in ["", "IIII", "VV", "IC", "XM", "VX", "MMMM", "iv", "XXA", "IXIX"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
