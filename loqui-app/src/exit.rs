//! How a program ends, as a number that can be handed on.

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExitCode(u8);

impl ExitCode {
    /// It is done.
    pub(crate) const SUCCESS: Self = Self(0);
    /// It did not work.
    pub(crate) const FAILURE: Self = Self(1);
    /// It was used wrongly.
    pub(crate) const WRONG_USE: Self = Self(2);

    /// The number that the shell sees.
    pub(crate) fn number(self) -> u8 {
        self.0
    }
}
