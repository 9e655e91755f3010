//! Audio stores named by an address.

use url::Url;

use super::AudioStore;
use crate::error::{Error, Result, code};

/// The hint for an invalid address.
const HINT: &str = "Write it as file:///path/to/folder or s3://bucket/prefix.";

impl AudioStore {
    /// Keeps audio at this address: `file:///path/to/folder`, or `s3://bucket/prefix` (feature `s3`; see `s3` for the
    /// environment variables with the credentials).
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for an invalid address or invalid S3 settings; `store.unavailable` if the folder cannot be
    /// created, and for S3 in a build without the feature.
    ///
    /// # Examples
    ///
    /// ```
    /// use loqui_core::store::AudioStore;
    ///
    /// let error = AudioStore::from_url("ftp://example.com/voices").unwrap_err();
    /// assert_eq!(error.code(), "option.out_of_range");
    /// ```
    pub fn from_url(address: &str) -> Result<Self> {
        if let Some(folder) = address.strip_prefix("file://") {
            return if folder.is_empty() {
                Err(refused("the address of the audio names no folder"))
            } else {
                Self::local(folder)
            };
        }
        match Url::parse(address) {
            Ok(url) if url.scheme() == "s3" => {
                let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none();
                match url.host_str() {
                    Some(bucket) if bare && url.query().is_none() && url.fragment().is_none() => {
                        in_bucket(bucket, url.path().trim_matches('/'))
                    }
                    _ => Err(refused("the address of the audio is not a bucket with a prefix")),
                }
            }
            _ => Err(refused("the address of the audio is neither a folder nor a bucket")),
        }
    }
}

#[cfg(feature = "s3")]
fn in_bucket(bucket: &str, prefix: &str) -> Result<AudioStore> {
    AudioStore::s3(bucket, prefix)
}

#[cfg(not(feature = "s3"))]
fn in_bucket(_bucket: &str, _prefix: &str) -> Result<AudioStore> {
    Err(
        Error::new(&code::STORE_UNAVAILABLE, "this build cannot keep audio in S3")
            .with_hint("Build with the feature s3, or pass an object store of your own."),
    )
}

/// The address is not part of the error: it may contain a secret.
fn refused(message: &str) -> Error {
    Error::new(&code::OPTION_OUT_OF_RANGE, message).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folder_is_a_valid_address() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audio");
        let store = AudioStore::from_url(&format!("file://{}", path.display())).unwrap();
        assert_eq!(store.location(), path.display().to_string());
        store.check().await.unwrap();
    }

    #[cfg(feature = "s3")]
    #[test]
    fn bucket_with_a_prefix_is_a_valid_address() {
        assert_eq!(
            AudioStore::from_url("s3://voices/app/one/").unwrap().location(),
            "s3://voices/app/one"
        );
        assert_eq!(AudioStore::from_url("s3://voices").unwrap().location(), "s3://voices");
    }

    #[test]
    fn other_addresses_are_refused_without_being_shown() {
        for address in [
            "",
            "/var/lib/audio",
            "file://",
            "s3://",
            "s3:///voices",
            "s3://anna:hush@voices/app",
            "s3://voices/app?key=hush",
            "gopher://hush/",
        ] {
            let error = AudioStore::from_url(address).unwrap_err();
            assert_eq!(error.code(), "option.out_of_range", "{address:?}");
            assert!(error.hint().unwrap().contains("s3://bucket/prefix"), "{address:?}");
            assert!(!crate::error::report(&error).contains("hush"), "{address:?}");
        }
    }
}
