//! Audio in a bucket of S3 or of a server with the same API.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{ClientConfigKey, ClientOptions, HttpClient, HttpConnector};
use object_store::{BackoffConfig, RetryConfig};

use crate::error::{Error, Result, code};
use crate::tls;

/// The hint for a bucket that cannot be used.
pub(super) const HINT: &str = "Check that the bucket exists, the values of AWS_ENDPOINT and AWS_REGION, and the permissions of AWS_ACCESS_KEY_ID.";

/// The timeout of a connection, with TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest pause between two reads.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// The timeout of one request. A part has a few megabytes.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(2);
/// How long a call is retried. The runtime retries as well, and a generation waits meanwhile.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// Opens a bucket, without a request.
pub(super) fn open(settings: AmazonS3Builder, bucket: &str) -> Result<AmazonS3> {
    let unencrypted = settings
        .get_config_value(&AmazonS3ConfigKey::Endpoint)
        .is_some_and(|endpoint| endpoint.starts_with("http://"));
    if unencrypted && !allows_http(|key| settings.get_config_value(&AmazonS3ConfigKey::Client(key))) {
        return Err(Error::new(&code::OPTION_OUT_OF_RANGE, "AWS_ENDPOINT is not encrypted")
            .with_hint("Use an https address; for a server on this machine set AWS_ALLOW_HTTP=true."));
    }
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: 5,
        retry_timeout: RETRY_TIMEOUT,
    };
    settings
        .with_bucket_name(bucket)
        .with_retry(retry)
        .with_http_connector(Connector)
        .build()
        .map_err(|source| {
            Error::new(&code::OPTION_OUT_OF_RANGE, "the S3 settings are invalid")
                .with_hint("Check the variables that begin with AWS_.")
                .with_source(source)
        })
}

fn allows_http(setting: impl Fn(ClientConfigKey) -> Option<String>) -> bool {
    setting(ClientConfigKey::AllowHttp).is_some_and(|text| matches!(text.as_str(), "true" | "1"))
}

/// Connects with the TLS settings of the rest of the library.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed =
            |source: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic { store: "S3", source };
        let tls = tls::client(&["h2", "http/1.1"]).map_err(|error| failed(error.into()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("loqui/", env!("CARGO_PKG_VERSION")))
            .https_only(!allows_http(|key| options.get_config_value(&key)))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .build()
            .map_err(|error| failed(error.without_url().into()))?;
        Ok(HttpClient::new(client))
    }
}

#[cfg(test)]
mod needs_peers;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoint_without_encryption_is_refused_unless_allowed() {
        let settings = || AmazonS3Builder::new().with_endpoint("http://127.0.0.1:9000");
        let error = open(settings(), "voices").unwrap_err();
        assert_eq!(error.code(), "option.out_of_range");
        assert!(error.hint().unwrap().contains("AWS_ALLOW_HTTP"), "{error}");
        assert!(open(settings().with_allow_http(true), "voices").is_ok());
        let address = AmazonS3Builder::new().with_endpoint("https://s3.example.com");
        assert!(open(address, "voices").is_ok());
    }

    #[tokio::test]
    async fn unreachable_endpoint_is_unavailable_with_a_hint() {
        let settings = AmazonS3Builder::new()
            .with_endpoint("http://127.0.0.1:1")
            .with_allow_http(true)
            .with_access_key_id("anna")
            .with_secret_access_key("hush-hush")
            .with_retry(RetryConfig::default());
        let store = super::super::AudioStore::in_bucket(settings, "voices", "app").unwrap();
        let error = tokio::time::timeout(Duration::from_mins(1), store.get("takes/1"))
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(error.code(), "store.unavailable");
        assert!(error.hint().unwrap().contains("AWS_ENDPOINT"), "{error}");
        assert!(!crate::error::report(&error).contains("hush-hush"));
        assert_eq!(store.location(), "s3://voices/app");
    }
}
