use std::fs;
use std::ops::ControlFlow;

use super::super::super::{HashOrigin, Progress, PullOptions, Source};
use super::{Answer, Fixture, WEIGHTS, entries, models, quiet, speaks, tiny_folder};

#[test]
fn a_model_is_pulled_once_and_used_without_network() {
    let fixture = Fixture::new();
    fixture.succeeds();
    let model = fixture.models.get("tiny").unwrap();
    assert!(
        model
            .files()
            .iter()
            .all(|file| file.hash_origin == HashOrigin::FirstDownload)
    );
    let requests = fixture.server.requests().len();
    assert!(!fixture.pull().unwrap().installed_now);
    assert_eq!(fixture.server.requests().len(), requests);
    assert!(
        fixture
            .server
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn a_download_continues_where_the_connection_broke() {
    let fixture = Fixture::new();
    let (content, mut left) = (fixture.weights.clone(), 3);
    fixture.server.on(WEIGHTS, move |request| {
        let answer = Answer::file(request, &content, "v1");
        if left == 0 {
            return answer;
        }
        left -= 1;
        answer.cut_after(10_000)
    });
    let mut received = Vec::new();
    let mut retries = 0;
    let mut progress = |progress: &Progress| {
        match progress {
            Progress::Receiving { file, bytes, total } if file == "model.safetensors" => {
                received.push((*bytes, *total));
            }
            Progress::Retrying { .. } => retries += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    };
    fixture.models.pull("tiny", &fixture.options(), &mut progress).unwrap();
    assert_eq!(retries, 3);
    assert!(received.is_sorted_by(|a, b| a.0 <= b.0), "{received:?}");
    let size = fixture.weights.len() as u64;
    assert_eq!(received.last(), Some(&(size, Some(size))));
    let expected = [0, 10_000, 20_000, 30_000].map(|start| match start {
        0 => (None, None),
        _ => (Some(format!("bytes={start}-")), Some("\"v1\"".to_owned())),
    });
    assert_eq!(fixture.ranges(), expected);
    speaks(&fixture.models, "tiny");
}

#[test]
fn a_later_call_continues_an_interrupted_download() {
    let fixture = Fixture::new();
    let mut cancel = |progress: &Progress| match progress {
        Progress::Receiving { file, bytes, .. } if file == "model.safetensors" && *bytes > 0 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let (content, mut first) = (fixture.weights.clone(), true);
    fixture.server.on(WEIGHTS, move |request| {
        if std::mem::take(&mut first) {
            Answer::file(request, &content, "v1").cut_after(5_000)
        } else {
            Answer::status(503)
        }
    });
    fixture.fails("pocket.unreachable");
    let partial = fixture.models.folder().join(".partial/tiny/model.safetensors.part");
    let kept = fs::metadata(&partial).unwrap().len();
    assert_eq!(kept, 5_000);
    fixture.server.file(WEIGHTS, fixture.weights.clone());
    let error = fixture
        .models
        .pull("tiny", &fixture.options(), &mut cancel)
        .unwrap_err();
    assert_eq!(error.code(), "pocket.cancelled");
    fixture.succeeds();
    assert!(
        fixture
            .ranges()
            .contains(&(Some(format!("bytes={kept}-")), Some("\"v1\"".to_owned())))
    );
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let fixture = Fixture::new();
    let (content, mut first) = (fixture.weights.clone(), true);
    fixture.server.on(WEIGHTS, move |_| {
        let answer = Answer::body(&content).header("etag", "\"v1\"");
        if std::mem::take(&mut first) {
            answer.cut_after(10_000)
        } else {
            answer
        }
    });
    fixture.succeeds();
    assert_eq!(fixture.ranges()[1].0.as_deref(), Some("bytes=10000-"));
}

#[test]
fn a_file_that_changed_in_between_starts_over() {
    let fixture = Fixture::new();
    let (content, mut requests) = (fixture.weights.clone(), 0);
    fixture.server.on(WEIGHTS, move |request| {
        requests += 1;
        match requests {
            1 => Answer::file(request, &vec![1; content.len()], "old").cut_after(10_000),
            _ => Answer::file(request, &content, "new"),
        }
    });
    fixture.succeeds();
}

#[test]
fn without_a_tag_nothing_is_continued() {
    for tag in [None, Some("W/\"v1\"")] {
        let fixture = Fixture::new();
        let (content, mut first) = (fixture.weights.clone(), true);
        fixture.server.on(WEIGHTS, move |_| {
            let mut answer = Answer::body(&content);
            if let Some(tag) = tag {
                answer = answer.header("etag", tag);
            }
            if std::mem::take(&mut first) {
                answer.cut_after(10_000)
            } else {
                answer
            }
        });
        fixture.succeeds();
        assert!(fixture.ranges().iter().all(|(range, _)| range.is_none()));
    }
}

#[test]
fn wrong_ranges_start_over_and_fail_in_the_end() {
    for status in [206, 416] {
        let fixture = Fixture::new();
        let content = fixture.weights.clone();
        let mut wrong = 1;
        fixture.server.on(WEIGHTS, move |request| {
            if request.header("range").is_none() {
                let answer = Answer::file(request, &content, "v1");
                return if wrong > 0 { answer.cut_after(10_000) } else { answer };
            }
            wrong -= 1;
            match status {
                416 => Answer::status(416),
                _ => Answer::partial(&content[7..], "bytes 7-9/10"),
            }
        });
        fixture.succeeds();
    }
    let fixture = Fixture::new();
    let content = fixture.weights.clone();
    fixture
        .server
        .on(WEIGHTS, move |request| match request.header("range") {
            None => Answer::file(request, &content, "v1").cut_after(10_000),
            Some(_) => Answer::partial(&content[7..], "bytes 7-9/10"),
        });
    fixture.fails("pocket.unexpected_answer");
}

#[test]
fn failing_servers_are_asked_again() {
    let fixture = Fixture::new();
    let (content, mut failures) = (fixture.weights.clone(), vec![500, 503, 429, 408]);
    fixture.server.on(WEIGHTS, move |request| match failures.pop() {
        Some(status) => Answer::status(status),
        None => Answer::file(request, &content, "v1"),
    });
    fixture.succeeds();

    let fixture = Fixture::new();
    fixture.server.on(WEIGHTS, |_| Answer::status(500));
    let error = fixture.fails("pocket.unreachable");
    assert!(error.retryable() && error.to_string().contains("500"), "{error}");
    assert_eq!(fixture.server.count("GET", WEIGHTS), 5);
    fixture.server.file(WEIGHTS, fixture.weights.clone());
    fixture.succeeds();
}

#[test]
fn refusals_are_final() {
    for (status, code) in [
        (401, "pocket.access_denied"),
        (403, "pocket.access_denied"),
        (404, "pocket.not_found"),
        (410, "pocket.not_found"),
        (400, "pocket.unexpected_answer"),
    ] {
        let fixture = Fixture::new();
        fixture.server.on(WEIGHTS, move |_| Answer::status(status));
        let error = fixture.fails(code);
        assert!(!error.retryable() && !error.hint().is_empty());
        assert_eq!(fixture.server.count("GET", WEIGHTS), 1, "{status}");
    }
    let fixture = Fixture::new();
    let nobody = PullOptions::default()
        .source(Source::Address("http://127.0.0.1:9/".into()))
        .impatient();
    let error = fixture.models.pull("tiny", &nobody, &mut quiet).unwrap_err();
    assert_eq!(error.code(), "pocket.unreachable");
}

#[test]
fn hashes_of_a_lock_file_are_checked() {
    let fixture = Fixture::new().with_lock(|text| text);
    fixture.succeeds();
    let model = fixture.models.get("tiny").unwrap();
    assert_eq!(model.language(), Some("en"));
    assert!(
        model
            .files()
            .iter()
            .all(|file| file.hash_origin == HashOrigin::LockFile)
    );
    assert!(
        model
            .files()
            .iter()
            .all(|file| file.from.starts_with(&fixture.server.address))
    );
}

#[test]
fn content_with_another_hash_is_not_installed() {
    let fixture = Fixture::new().with_lock(|text| text);
    let mut other = fixture.weights.clone();
    *other.last_mut().unwrap() ^= 1;
    fixture.server.file(WEIGHTS, other);
    let error = fixture.fails("pocket.hash_mismatch");
    assert!(error.to_string().contains("the lock file states"), "{error}");
    assert!(
        !entries(&fixture.models)
            .iter()
            .any(|name| name.contains("model.safetensors"))
    );
    fixture.server.file(WEIGHTS, fixture.weights.clone());
    fixture.succeeds();
}

#[test]
fn a_continued_file_with_another_hash_is_received_again_once() {
    let fixture = Fixture::new().with_lock(|text| text);
    let (content, mut requests) = (fixture.weights.clone(), 0);
    fixture.server.on(WEIGHTS, move |request| {
        requests += 1;
        match requests {
            // The server mixes two versions under one tag.
            1 => Answer::file(request, &vec![1; content.len()], "v1").cut_after(10_000),
            _ => Answer::file(request, &content, "v1"),
        }
    });
    fixture.succeeds();
    assert_eq!(fixture.server.count("GET", WEIGHTS), 3);
}

#[test]
fn truncated_and_overlong_files_are_found() {
    let fixture = Fixture::new().with_lock(|text| text);
    let content = fixture.weights.clone();
    fixture.server.on(WEIGHTS, move |_| {
        Answer::body(&content).without_length().cut_after(10_000)
    });
    let error = fixture.fails("pocket.unreachable");
    assert!(error.to_string().contains("received 10000 of"), "{error}");
    let mut long = fixture.weights.clone();
    long.push(0);
    fixture
        .server
        .on(WEIGHTS, move |_| Answer::body(&long).without_length());
    fixture.fails("pocket.unexpected_answer");

    // Without a stated size, only the weights themselves show that something is missing.
    let fixture = Fixture::new();
    let content = fixture.weights.clone();
    fixture.server.on(WEIGHTS, move |_| {
        Answer::body(&content).without_length().cut_after(50_000)
    });
    let error = fixture.fails("pocket.invalid_model");
    assert!(error.to_string().contains("is the file complete?"), "{error}");
    assert_eq!(entries(&fixture.models), Vec::<String>::new());
}

#[test]
fn files_of_different_models_are_not_installed() {
    let fixture = Fixture::new();
    let source = tiny_folder();
    let text = fs::read_to_string(source.path().join("config.json")).unwrap();
    let other = text.replace(r#""num_layers": 2"#, r#""num_layers": 1"#);
    fixture.server.file("/tiny/config.json", other.into_bytes());
    fixture.fails("pocket.invalid_model");
    assert_eq!(entries(&fixture.models), Vec::<String>::new());
    fixture.server.file("/tiny/config.json", text.into_bytes());
    fixture.server.on("/tiny/tokenizer.model", |_| Answer::status(404));
    let error = fixture.fails("pocket.not_found");
    assert!(error.to_string().contains("tokenizer.model"), "{error}");
}

#[test]
fn hostile_lock_files_are_refused() {
    for (from, to) in [
        ("config.json", "../../x.json"),
        ("\"format\": 1", "\"format\": 2"),
        ("{", "["),
    ] {
        let fixture = Fixture::new().with_lock(|text| text.replacen(from, to, 1));
        fixture.fails("pocket.unexpected_answer");
    }
    let fixture = Fixture::new();
    fixture.server.file("/tiny/model.lock.json", vec![b' '; 100_000]);
    fixture.fails("pocket.unexpected_answer");
}

#[test]
fn a_full_disk_is_reported() {
    let huge = 1_u64 << 60;
    let fixture = Fixture::new().with_lock(|text| {
        let mut lock: serde_json::Value = serde_json::from_str(&text).unwrap();
        let files = lock["files"].as_array_mut().unwrap();
        for file in files {
            file["bytes"] = (1_u64 << 60).into();
        }
        lock.to_string()
    });
    let error = fixture.fails("pocket.no_space");
    assert!(
        error.to_string().contains(&format!("{} bytes are needed", 3 * huge)),
        "{error}"
    );
    assert_eq!(fixture.server.count("GET", WEIGHTS), 0);
}

/// `/dev/full` is a device on which every write fails as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_is_reported() {
    let fixture = Fixture::new();
    let partial = fixture.models.folder().join(".partial/tiny");
    fs::create_dir_all(&partial).unwrap();
    let part = partial.join("model.safetensors.part");
    let link = part.clone();
    let content = fixture.weights.clone();
    fixture.server.on(WEIGHTS, move |request| {
        if !link.is_symlink() {
            std::os::unix::fs::symlink("/dev/full", &link).unwrap();
        }
        Answer::file(request, &content, "v1")
    });
    fixture.fails("pocket.no_space");
    fs::remove_file(&part).unwrap();
    fixture.server.file(WEIGHTS, fixture.weights.clone());
    fixture.succeeds();
}

#[test]
fn addresses_need_tls_outside_of_this_machine() {
    let (_folder, models) = models();
    for address in [
        "http://example.com/tiny",
        "http://10.0.0.1/tiny",
        "ftp://127.0.0.1/tiny",
        "https://a:b@example.com/tiny",
        "https://example.com/tiny?token=1",
        "tiny",
        "",
    ] {
        let options = PullOptions::default().source(Source::Address(address.into()));
        let error = models.pull("tiny", &options, &mut quiet).unwrap_err();
        assert_eq!(error.code(), "pocket.address", "{address}");
        assert!(!error.to_string().contains("a:b"), "{error}");
    }
    let fixture = Fixture::new();
    fixture.server.on(WEIGHTS, |_| {
        Answer::status(302).header("location", "http://example.com/weights")
    });
    let error = fixture.fails("pocket.unexpected_answer");
    assert!(error.to_string().contains("without TLS"), "{error}");
    fixture
        .server
        .on(WEIGHTS, |_| Answer::status(302).header("location", WEIGHTS));
    let error = fixture.fails("pocket.unexpected_answer");
    assert!(error.to_string().contains("too often"), "{error}");
    fixture.server.file("/moved", fixture.weights.clone());
    fixture.server.on(WEIGHTS, |_| {
        Answer::status(308).header("location", "/moved?signature=1")
    });
    fixture.succeeds();
}
