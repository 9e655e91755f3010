//! The client address of a request: that of the connection, or one from a trusted proxy.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::{Extensions, HeaderMap};

use crate::settings::{BasePath, ServerSettings};

/// The remote address of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Returns the client address. `X-Forwarded-For` is used only as far as trusted proxies wrote it.
pub(crate) fn client_of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = extensions
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let forwarded: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        // An invalid entry ends the chain, because entries before it cannot be trusted.
        .map(|part| part.trim().parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
        .collect();
    forwarded
        .into_iter()
        .chain([peer])
        .rev()
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// Returns the path below which the client sees the server: what a trusted proxy says in `X-Forwarded-Prefix`, or the
/// configured base path. It is empty without both.
pub(crate) fn prefix_of(extensions: &Extensions, headers: &HeaderMap, settings: &ServerSettings) -> String {
    let is_trusted = extensions
        .get::<Peer>()
        .is_some_and(|peer| settings.trusted_proxies.contains(&peer.0.ip()));
    let forwarded = headers
        .get("x-forwarded-prefix")
        .filter(|_| is_trusted)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| BasePath::parse(text).ok().flatten());
    forwarded
        .or_else(|| settings.base_path.clone())
        .map(|base| base.as_str().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(Peer(format!("{peer}:1").parse().unwrap()));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<IpAddr> = trusted.iter().map(|address| address.parse().unwrap()).collect();
        client_of(&extensions, &headers, &trusted).to_string()
    }

    #[test]
    fn only_entries_of_trusted_proxies_are_used() {
        assert_eq!(client("1.1.1.1", "9.9.9.9", &[]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", "9.9.9.9", &["10.0.0.1"]), "9.9.9.9");
        assert_eq!(client("10.0.0.1", "8.8.8.8, 9.9.9.9", &["10.0.0.1"]), "9.9.9.9");
        assert_eq!(
            client("10.0.0.1", "9.9.9.9, 10.0.0.2", &["10.0.0.1", "10.0.0.2"]),
            "9.9.9.9"
        );
        assert_eq!(client("10.0.0.1", "9.9.9.9, junk", &["10.0.0.1"]), "0.0.0.0");
        assert_eq!(client("10.0.0.1", "10.0.0.1", &["10.0.0.1"]), "10.0.0.1");
    }
}
