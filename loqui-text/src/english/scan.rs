//! A cursor over one token. Every grammar consumes its token completely or returns nothing.

/// The rest of a token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) const fn rest(self) -> &'a str {
        self.rest
    }

    pub(super) const fn is_done(self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Consumes `wanted` if it comes next.
    pub(super) fn eat(&mut self, wanted: &str) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Consumes the first of `wanted` that comes next.
    pub(super) fn eat_any<'b>(&mut self, wanted: &[&'b str]) -> Option<&'b str> {
        wanted.iter().copied().find(|wanted| self.eat(wanted))
    }

    /// Consumes one space if it comes next.
    pub(super) fn space(&mut self) -> bool {
        self.eat(" ")
    }

    /// Consumes a run of characters.
    pub(super) fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    /// Consumes digits.
    pub(super) fn digits(&mut self) -> &'a str {
        self.run(|c| c.is_ascii_digit())
    }

    /// Consumes letters.
    pub(super) fn letters(&mut self) -> &'a str {
        self.run(char::is_alphabetic)
    }
}
