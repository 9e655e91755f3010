//! Node bindings: convert types and errors, and hand over. Nothing is decided here; the face that people see is in `lib/`.

#![expect(
    unnameable_types,
    unreachable_pub,
    missing_debug_implementations,
    reason = "the macros of napi want public items; nobody sees them from Rust"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::use_self,
    reason = "what JavaScript hands over is owned, and the macros of napi take functions out of their impl"
)]
#![cfg_attr(
    test,
    allow(
        dead_code,
        clippy::allow_attributes,
        reason = "napi registers functions in the real library only, and clippy reads a build for tests, too"
    )
)]

mod audio;
mod client;
mod emulator;
mod failure;
mod generation;
mod log;
mod options;
mod sample;
mod speech;
mod webhooks;

/// Breaks off as a defect would, for the tests; it is not in what is shipped.
///
/// # Panics
///
/// Always.
#[cfg(debug_assertions)]
#[napi_derive::napi]
pub async fn panic() {
    std::future::ready(()).await;
    panic!("a defect on purpose");
}
