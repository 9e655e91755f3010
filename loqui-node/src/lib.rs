//! The native half of the Node package: it converts types and errors and calls the core. The public half is in `lib/`.

#![expect(
    unnameable_types,
    unreachable_pub,
    missing_debug_implementations,
    reason = "the macros of napi need public items, and no Rust crate uses them"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::use_self,
    reason = "napi passes owned values, and its macros move functions out of their impl"
)]
#![cfg_attr(
    test,
    allow(
        dead_code,
        clippy::allow_attributes,
        reason = "napi registers functions only outside of test builds, and clippy checks those as well"
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
mod script_file;
mod speech;
mod webhooks;

/// Panics, to test how panics are reported. Debug builds only.
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
