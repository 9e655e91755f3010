//! The client against the emulator: every sharp edge of the contract that a client can be cut by.

mod creating;
mod downloading;
mod looking;
mod reading;
mod recorded;
mod referring;
mod running;
