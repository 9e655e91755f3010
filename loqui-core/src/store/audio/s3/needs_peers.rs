//! The suite of audio stores on a real server of the S3 API.

use object_store::aws::AmazonS3Builder;

use crate::store::AudioStore;

#[path = "../../../../../tests/peers/s3_server.rs"]
mod s3_server;
use s3_server::{BUCKET, S3Server};

fn store(server: &S3Server, bucket: &str, prefix: &str) -> AudioStore {
    let settings = AmazonS3Builder::new()
        .with_endpoint(&server.endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_access_key_id("anna")
        .with_secret_access_key("secret99");
    AudioStore::in_bucket(settings, bucket, prefix).unwrap()
}

#[tokio::test]
#[ignore = "needs a server of the S3 API"]
async fn bucket_passes_the_suite() {
    let server = S3Server::start();
    for prefix in ["", "app/one"] {
        super::super::tests::suite(&store(&server, BUCKET, prefix)).await;
    }
}

#[tokio::test]
#[ignore = "needs a server of the S3 API"]
async fn prefixes_separate_stores() {
    let server = S3Server::start();
    let (one, two) = (store(&server, BUCKET, "one"), store(&server, BUCKET, "two"));
    one.put("takes/1", "first".into()).await.unwrap();
    assert_eq!(two.get("takes/1").await.unwrap(), None);
    two.delete_all("takes").await.unwrap();
    assert_eq!(one.get("takes/1").await.unwrap(), Some("first".into()));
}

#[tokio::test]
#[ignore = "needs a server of the S3 API"]
async fn missing_bucket_is_reported() {
    let server = S3Server::start();
    let error = store(&server, "elsewhere", "").check().await.unwrap_err();
    assert_eq!(error.code(), "store.unavailable");
    assert!(error.hint().unwrap().contains("bucket"), "{error}");
}

#[tokio::test]
#[ignore = "needs a server of the S3 API"]
async fn last_erasure_deletes_shared_audio() {
    let server = S3Server::start();
    crate::api::tests::sharing::last_erasure_deletes(store(&server, BUCKET, "loqui")).await;
}
