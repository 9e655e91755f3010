//! Allowed URLs of outputs.

use url::{Host, Url};

use super::OutputUrlError;
use crate::replicate::origin::Origin;

/// The host of Replicate's outputs (<https://replicate.com/docs/topics/predictions/output-files>).
const OUTPUT_HOST: &str = "replicate.delivery";

/// Parses and checks the URL of an output.
///
/// Allowed are https URLs of `replicate.delivery` and its subdomains, on the default port and without user information. If
/// the API is on this machine (an emulator), its host is allowed too, on any port.
pub(super) fn parse(output: &str, origin: &Origin) -> Result<Url, OutputUrlError> {
    let url = Url::parse(output).map_err(OutputUrlError::NotAUrl)?;
    check(&url, origin)?;
    Ok(url)
}

pub(super) fn check(url: &Url, origin: &Origin) -> Result<(), OutputUrlError> {
    let has_no_credentials = url.username().is_empty() && url.password().is_none();
    if origin.is_loopback()
        && origin.url().host() == url.host()
        && has_no_credentials
        && matches!(url.scheme(), "http" | "https")
    {
        return Ok(());
    }
    if url.scheme() != "https" {
        return Err(OutputUrlError::NotEncrypted {
            scheme: url.scheme().to_owned(),
        });
    }
    let is_output_host = match url.host() {
        Some(Host::Domain(name)) => name
            .strip_suffix(OUTPUT_HOST)
            .is_some_and(|below| below.is_empty() || below.ends_with('.')),
        _ => false,
    };
    if !is_output_host {
        return Err(OutputUrlError::ForeignHost {
            host: url.host_str().unwrap_or_default().to_owned(),
        });
    }
    if !has_no_credentials || url.port().is_some() {
        return Err(OutputUrlError::NotPlain);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(output: &str, base: &str) -> bool {
        parse(output, &Origin::parse(base).unwrap()).is_ok()
    }

    #[test]
    fn only_output_hosts_are_allowed() {
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
    fn api_host_is_allowed_only_on_this_machine() {
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
