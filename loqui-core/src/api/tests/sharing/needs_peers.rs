//! The same with a bucket.

use object_store::aws::AmazonS3Builder;

use super::last_erasure_deletes;
use crate::store::AudioStore;

#[path = "../../../../../tests/peers/s3_server.rs"]
mod s3_server;
use s3_server::{BUCKET, S3Server};

#[tokio::test]
#[ignore = "needs a server of the S3 API"]
async fn last_erasure_deletes_shared_audio_in_a_bucket() {
    let server = S3Server::start();
    let settings = AmazonS3Builder::new()
        .with_endpoint(&server.endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_access_key_id("anna")
        .with_secret_access_key("secret99");
    last_erasure_deletes(AudioStore::in_bucket(settings, BUCKET, "loqui").unwrap()).await;
}
