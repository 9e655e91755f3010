//! The script of the guide, unchanged, against the server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use loqui_emulator::Emulator;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::server::{Server, Start, heart};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/guide/test_voice_cloning.sh");
/// The hash of the script, which must not change.
const SHA256: &str = "11d5fb0fc135186a18e6033c2966a4d7b262ebd69f216af589b4e91139bc2da8";

/// The directories of PATH.
#[expect(
    clippy::disallowed_methods,
    reason = "the script runs with the environment of the tests"
)]
fn path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap()
}

/// Creates a folder with a `curl` that replaces port 8000 by the port of the server.
fn curl_to(server: &Server, folder: &Path) -> PathBuf {
    let path = path();
    let curl = std::env::split_paths(&path)
        .map(|folder| folder.join("curl"))
        .find(|file| file.is_file())
        .expect("curl is on the path: the guide's script uses it");
    let shim = folder.join("bin/curl");
    std::fs::create_dir(folder.join("bin")).unwrap();
    let text = format!(
        "#!/bin/bash\nargs=()\nfor arg; do args+=(\"${{arg/#http:\\/\\/localhost:8000/{}}}\"); done\nexec {} \"${{args[@]}}\"\n",
        server.url.replace('/', "\\/"),
        curl.display()
    );
    std::fs::write(&shim, text).unwrap();
    std::fs::set_permissions(&shim, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder.join("bin")
}

async fn run(server: &Server, sample: Option<Vec<u8>>) -> (i32, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    if let Some(sample) = sample {
        std::fs::write(folder.path().join("test_sample.wav"), sample).unwrap();
    }
    let bin = curl_to(server, folder.path());
    let path = path();
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let output = Command::new("bash")
        .arg(SCRIPT)
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), said, folder)
}

fn passed(said: &(i32, String, tempfile::TempDir), mode: &str) {
    let (code, text, folder) = said;
    assert_eq!(*code, 0, "{text}");
    for line in [
        "🎙️  Testing Voice Cloning Workflow",
        "✅ Logged in",
        &format!("   Mode: {mode}"),
        "✅ Sample uploaded (ID: 1)",
        "✅ Generation queued (ID: 1)",
        "✅ Generation completed!",
        "✅ Downloaded: cloned_voice_1.wav",
        "🎉 SUCCESS! Voice cloning complete!",
        "✅ All tests passed!",
    ] {
        assert!(text.lines().any(|said| said == line), "{line}: {text}");
    }
    // The script does not distinguish an error from audio (S202).
    let wav = std::fs::read(folder.path().join("cloned_voice_1.wav")).unwrap();
    assert!(wav.starts_with(b"RIFF") && wav.len() > 48_000, "{} bytes", wav.len());
}

#[test]
fn s077_script_is_unchanged() {
    let script = std::fs::read(SCRIPT).unwrap();
    assert_eq!(hex::encode(Sha256::digest(script)), SHA256);
}

#[tokio::test(flavor = "multi_thread")]
async fn s125_script_passes_with_the_offline_voice() {
    let server = Start::offline().start().await;
    passed(&run(&server, Some(heart())).await, "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn s125_script_passes_with_replicate() {
    let emulator = Emulator::start().await.unwrap();
    let server = Start::at(&emulator).start().await;
    passed(&run(&server, Some(heart())).await, "replicate");
    assert_eq!(emulator.ledger().paid_runs(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn s098_script_prints_why_an_upload_was_refused() {
    let server = Start::offline().start().await;
    let (code, text, _) = run(&server, Some(b"Dear diary".to_vec())).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("❌ Upload failed!"), "{text}");
    assert!(text.contains("\"code\": \"sample.unreadable\""), "{text}");
}
