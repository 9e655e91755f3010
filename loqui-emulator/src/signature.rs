//! Signatures of webhooks (<https://replicate.com/docs/topics/webhooks/verify-webhook>) and of download links.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Signs a webhook. `secret` is the secret without its prefix `whsec_`.
pub(crate) fn webhook(secret: &str, id: &str, timestamp: i64, body: &str) -> String {
    let key = BASE64_STANDARD.decode(secret).unwrap_or_default();
    format!("v1,{}", sign(&key, &format!("{id}.{timestamp}.{body}")))
}

/// Signs the download link of a file.
pub(crate) fn download(secret: &str, owner: &str, file: &str, expiry: i64) -> String {
    sign(secret.as_bytes(), &format!("{owner} {file} {expiry}"))
}

fn sign(key: &[u8], message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhook_signature_matches_the_published_test_vector() {
        assert_eq!(
            webhook(
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn link_depends_on_every_part() {
        let link = download("secret", "me", "file", 1);
        assert_ne!(link, download("secret", "you", "file", 1));
        assert_ne!(link, download("secret", "me", "file", 2));
        assert_ne!(link, download("other", "me", "file", 1));
    }
}
