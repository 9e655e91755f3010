//! Where audio is kept, as an address.

use url::Url;

use super::AudioStore;
use crate::error::{Error, Result, code};

/// What is said of an address that cannot be used.
const HINT: &str = "Write it as file:///path/to/folder or s3://bucket/prefix.";

impl AudioStore {
    /// Keeps audio at this address: `file:///path/to/folder`, or `s3://bucket/prefix` (feature `s3`; see `s3` for the
    /// variables that say with which credentials).
    ///
    /// # Errors
    ///
    /// `option.out_of_range` for what is no such address, and for settings of S3 that cannot be used;
    /// `store.unavailable` if a folder cannot be made, and for S3 in a build without it.
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
            _ => Err(refused("audio cannot be kept at that address")),
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
            .with_hint("Build with the feature s3, or bring an object store of your own."),
    )
}

/// The address itself is not told: somebody may have written a secret into it.
fn refused(message: &str) -> Error {
    Error::new(&code::OPTION_OUT_OF_RANGE, message).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_an_address() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audio");
        let store = AudioStore::from_url(&format!("file://{}", path.display())).unwrap();
        assert_eq!(store.location(), path.display().to_string());
        store.check().await.unwrap();
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_bucket_with_a_prefix_is_an_address() {
        assert_eq!(
            AudioStore::from_url("s3://voices/app/one/").unwrap().location(),
            "s3://voices/app/one"
        );
        assert_eq!(AudioStore::from_url("s3://voices").unwrap().location(), "s3://voices");
    }

    #[test]
    fn anything_else_is_refused_with_what_to_write_and_without_the_address() {
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
