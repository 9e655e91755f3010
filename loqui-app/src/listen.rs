//! The error for an address that cannot be listened on.

use std::io;
use std::net::SocketAddr;

use loqui_core::Error;

use crate::code;

/// Returns the error: which address, why, and what to do.
pub(crate) fn refused(addr: SocketAddr, reason: &io::Error) -> Error {
    let why = match reason.kind() {
        io::ErrorKind::AddrInUse => "another process uses it",
        io::ErrorKind::AddrNotAvailable => "this machine does not have it",
        io::ErrorKind::PermissionDenied => "the system does not permit it",
        _ => {
            return Error::new(
                &code::OPTION_OUT_OF_RANGE,
                format!("could not listen on {addr}: {reason}"),
            )
            .with_hint(HINT);
        }
    };
    Error::new(&code::OPTION_OUT_OF_RANGE, format!("could not listen on {addr}: {why}")).with_hint(HINT)
}

const HINT: &str = "Choose another address with --addr, or stop the process that uses it.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_in_use_is_named_with_advice() {
        let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = holder.local_addr().unwrap();
        let error = refused(addr, &std::net::TcpListener::bind(addr).unwrap_err());
        assert_eq!(
            error.message(),
            format!("could not listen on {addr}: another process uses it")
        );
        assert!(error.is(&code::OPTION_OUT_OF_RANGE));
        assert!(error.hint().unwrap().contains("--addr"));
    }
}
