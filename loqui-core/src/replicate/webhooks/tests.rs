use super::*;

// Test vector of https://github.com/standard-webhooks/standard-webhooks, computed with an independent implementation.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME: &str = "1614265330";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn now(offset: i64) -> Timestamp {
    Timestamp::from_second(1_614_265_330 + offset).unwrap()
}

fn verify_message(id: &str, time: &str, signature: &str, body: &[u8], now: Timestamp) -> Result<(String, Timestamp)> {
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", time),
        ("webhook-signature", signature),
    ];
    verify(&SECRET.into(), headers, body, now)
}

#[test]
fn published_vector_is_valid() {
    assert_eq!(
        verify_message(ID, TIME, SIGNATURE, BODY, now(0)).unwrap(),
        (ID.to_owned(), now(0))
    );
    let headers = [
        ("Webhook-Signature", SIGNATURE),
        ("WEBHOOK-ID", ID),
        ("x", "y"),
        ("Webhook-Timestamp", TIME),
    ];
    assert!(verify(&SECRET.into(), headers, BODY, now(0)).is_ok());
}

#[test]
fn any_change_invalidates_the_signature() {
    let refused = |id, time, signature, body| {
        let error = verify_message(id, time, signature, body, now(0)).unwrap_err();
        assert_eq!(error.code(), "webhook.invalid");
    };
    refused("msg_other", TIME, SIGNATURE, BODY);
    refused(ID, "1614265331", SIGNATURE, BODY);
    refused(ID, TIME, SIGNATURE, br#"{"test": 2432232315}"#);
    refused(ID, TIME, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=", BODY);
    refused(ID, TIME, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY);
    refused(ID, TIME, "v1,", BODY);
    refused(ID, TIME, "", BODY);
    refused(ID, "soon", SIGNATURE, BODY);
    assert!(verify(&"whsec_AAAA".into(), headers(), BODY, now(0)).is_err());
    assert!(verify(&"whsec_".into(), headers(), BODY, now(0)).is_err());
    assert!(verify(&"whsec_***".into(), headers(), BODY, now(0)).is_err());
    assert!(verify(&SECRET.into(), headers().into_iter().take(2), BODY, now(0)).is_err());
}

fn headers() -> [(&'static str, &'static str); 3] {
    [
        ("webhook-id", ID),
        ("webhook-timestamp", TIME),
        ("webhook-signature", SIGNATURE),
    ]
}

#[test]
fn timestamp_may_differ_by_five_minutes() {
    for (offset, good) in [
        (300, true),
        (-300, true),
        (301, false),
        (-301, false),
        (3_000_000_000, false),
    ] {
        assert_eq!(
            verify_message(ID, TIME, SIGNATURE, BODY, now(offset)).is_ok(),
            good,
            "{offset}"
        );
    }
    assert!(verify_message(ID, "-9223372036854775808", SIGNATURE, BODY, now(0)).is_err());
}

#[test]
fn one_valid_signature_among_several_is_sufficient() {
    let several = format!("v1a,xyz v1,*** v1,AAAA {SIGNATURE}");
    assert!(verify_message(ID, TIME, &several, BODY, now(0)).is_ok());
}

#[test]
fn body_without_prediction_is_refused() {
    let error = open(&SECRET.into(), headers(), BODY, now(0)).unwrap_err();
    assert_eq!(error.code(), "webhook.invalid");
    assert!(crate::error::report(&error).contains("lacks a usable id"));
}

#[test]
fn repetitions_are_detected_and_memory_is_bounded() {
    let mut seen = Seen::default();
    assert!(seen.is_new("a"));
    assert!(!seen.is_new("a"));
    for number in 0..Seen::CAPACITY {
        assert!(seen.is_new(&number.to_string()));
    }
    assert_eq!(seen.ids.len(), Seen::CAPACITY);
    assert!(seen.is_new("a"), "the oldest id was removed");
}

#[test]
fn debug_does_not_show_the_secret() {
    assert!(!format!("{:?}", WebhookSecret::from(SECRET)).contains("MfKQ"));
}
