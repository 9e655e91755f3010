//! Which addresses outputs may come from.

use url::{Host, Url};

use super::Refusal;
use crate::replicate::origin::Origin;

/// Where Replicate delivers (contract section 2.5).
const DELIVERY: &str = "replicate.delivery";

/// Reads an output's address and checks it: `replicate.delivery` or a name below it, https, the usual port, no user
/// information. If the API itself is on this machine (an emulator), the same host will do too, on any port.
pub(super) fn checked(output: &str, origin: &Origin) -> Result<Url, Refusal> {
    let url = Url::parse(output).map_err(Refusal::NotAnAddress)?;
    check(&url, origin)?;
    Ok(url)
}

pub(super) fn check(url: &Url, origin: &Origin) -> Result<(), Refusal> {
    let plain = url.username().is_empty() && url.password().is_none();
    if origin.is_loopback() && origin.url().host() == url.host() && plain && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err(Refusal::NotEncrypted {
            scheme: url.scheme().to_owned(),
        });
    }
    let ours = match url.host() {
        Some(Host::Domain(name)) => name
            .strip_suffix(DELIVERY)
            .is_some_and(|below| below.is_empty() || below.ends_with('.')),
        _ => false,
    };
    if !ours {
        return Err(Refusal::ForeignHost {
            host: url.host_str().unwrap_or_default().to_owned(),
        });
    }
    if !plain || url.port().is_some() {
        return Err(Refusal::NotPlain);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(output: &str, base: &str) -> bool {
        checked(output, &Origin::parse(base).unwrap()).is_ok()
    }

    #[test]
    fn only_replicates_own_hosts_are_followed() {
        for good in [
            "https://replicate.delivery/czjl/abc/output.wav",
            "https://pbxt.replicate.delivery/abc/output.wav",
            "https://REPLICATE.delivery:443/abc",
        ] {
            assert!(allowed(good, "https://api.replicate.com/v1"), "{good}");
        }
        for bad in [
            "http://replicate.delivery/a",
            "https://evilreplicate.delivery/a",
            "https://replicate.delivery.evil.example/a",
            "https://replicate.delivery./a",
            "https://replicate.delivery:8443/a",
            "https://user@replicate.delivery/a",
            "https://storage.googleapis.com/a",
            "https://127.0.0.1/a",
            "http://localhost/a",
            "https://[::1]/a",
            "file:///etc/passwd",
            "ftp://replicate.delivery/a",
            "replicate.delivery/a",
            "",
        ] {
            assert!(!allowed(bad, "https://api.replicate.com/v1"), "{bad}");
        }
    }

    #[test]
    fn the_apis_own_host_is_allowed_only_on_this_machine() {
        assert!(allowed("http://127.0.0.1:4001/out.wav", "http://127.0.0.1:4000/v1"));
        assert!(allowed("http://localhost:4001/out.wav", "http://localhost:4000/v1"));
        for bad in [
            "http://10.0.0.1/out.wav",
            "http://localhost:4001/out.wav",
            "http://127.0.0.2:4001/out.wav",
            "http://example.com/out.wav",
            "http://u@127.0.0.1/out.wav",
            "ftp://127.0.0.1/out.wav",
        ] {
            assert!(!allowed(bad, "http://127.0.0.1:4000/v1"), "{bad}");
        }
        assert!(!allowed("http://127.0.0.1:4001/out.wav", "https://example.com/v1"));
    }
}
