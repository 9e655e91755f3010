//! The exit codes of the program.

/// An exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExitCode(u8);

impl ExitCode {
    /// The command succeeded.
    pub(crate) const SUCCESS: Self = Self(0);
    /// The command failed.
    pub(crate) const FAILURE: Self = Self(1);
    /// The arguments or settings are invalid.
    pub(crate) const WRONG_USE: Self = Self(2);

    /// Ctrl-C ended the command: 128 and the number of SIGINT, as shells have it.
    pub(crate) const INTERRUPTED: Self = Self(130);
    /// The reader of stdout has closed it: 128 and the number of SIGPIPE, as shells have it.
    pub(crate) const CLOSED_PIPE: Self = Self(141);

    /// Returns the number that the shell receives.
    pub(crate) fn number(self) -> u8 {
        self.0
    }
}
