//! The Kubernetes manifests fit each other and the program. A validator of schemas is not needed: these rules are what would
//! go unnoticed until a rollout.

use std::collections::BTreeSet;
use std::path::Path;

/// A manifest as lines, without comments.
fn documents(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../deploy/kubernetes")
        .join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .collect();
    lines.join("\n").split("\n---\n").map(str::to_owned).collect()
}

/// The values of a key, in block and in flow style.
fn values<'a>(document: &'a str, key: &str) -> BTreeSet<&'a str> {
    let mark = format!("{key}: ");
    let after = document.match_indices(&mark).filter_map(|(at, _)| {
        let before = document[..at].chars().next_back();
        let rest = &document[at + mark.len()..];
        before
            .is_none_or(|c| matches!(c, ' ' | '\n' | '{'))
            .then(|| rest.split(['\n', ',', '}']).next().unwrap_or_default().trim())
    });
    after.collect()
}

#[test]
fn every_manifest_is_part_of_the_kustomization() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/kubernetes");
    let kustomization = documents("kustomization.yaml").remove(0);
    let files = std::fs::read_dir(folder).unwrap();
    let names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    for name in names.iter().filter(|name| *name != "kustomization.yaml") {
        assert!(kustomization.contains(&format!("- {name}")), "{name}");
        for document in documents(name) {
            for key in ["apiVersion", "kind", "name"] {
                assert!(!values(&document, key).is_empty(), "{name} has no {key}");
            }
        }
    }
}

#[test]
fn servers_are_probed_where_the_program_answers() {
    let server = documents("server.yaml").remove(0);
    assert_eq!(values(&server, "path"), BTreeSet::from(["/healthz", "/readyz"]));
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let (_, rest) = server.split_once(probe).unwrap();
        let path = rest.split_once("path: ").unwrap().1;
        assert_eq!(path.starts_with("/readyz"), probe == "readinessProbe", "{probe}");
    }
    // The pause and the grace period of the program fit into the time that Kubernetes gives.
    let number = |key| values(&server, key).first().unwrap().parse::<u64>().unwrap();
    let grace = include_str!("../../../deploy/loqui.toml");
    let grace: u64 = grace
        .lines()
        .find_map(|line| line.strip_prefix("#: shutdown_grace_seconds = "))
        .unwrap()
        .parse()
        .unwrap();
    assert!(number("seconds") + grace < number("terminationGracePeriodSeconds"));
}

#[test]
fn workers_are_scaled_by_the_table_that_is_the_queue() {
    let scaler = documents("scaler.yaml").join("\n");
    let worker = documents("worker.yaml").remove(0);
    assert!(values(&scaler, "name").contains("loqui-worker"));
    assert!(values(&worker, "name").contains("loqui-worker"));
    let query = values(&scaler, "query");
    assert_eq!(
        query.first().copied(),
        Some("SELECT count(*) FROM generation WHERE status IN ('PENDING'"),
        "{query:?}"
    );
    // One worker for as many generations as it runs at once.
    let target = scaler.split_once("targetQueryValue: \"").unwrap().1;
    let target = target.split('"').next().unwrap();
    assert!(worker.contains(&format!("--concurrency, \"{target}\"")));
    let grace: u64 = worker
        .split_once("--grace, \"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let given: u64 = values(&worker, "terminationGracePeriodSeconds")
        .first()
        .unwrap()
        .parse()
        .unwrap();
    assert!(grace < given);
}

#[test]
fn references_between_manifests_are_kept() {
    let all = [
        "settings.yaml",
        "server.yaml",
        "worker.yaml",
        "ingress.yaml",
        "scaler.yaml",
    ]
    .map(|name| documents(name).join("\n"));
    let joined = all.join("\n");
    // A container runs the command of the program, as a user that the image has, without a writable root.
    for container in [&all[1], &all[2]] {
        assert!(container.contains("runAsUser: 10001") && container.contains("readOnlyRootFilesystem: true"));
        assert!(container.contains("mountPath: /var/lib/loqui") && container.contains("configMapRef: { name: loqui }"));
    }
    for settings in values(&joined, "key") {
        assert_eq!(settings, "LOQUI_DATABASE_URL");
    }
    // All settings exist.
    let page = include_str!("../../../docs/settings.md");
    for line in all[0].lines().filter_map(|line| line.trim().split_once(':')) {
        if line.0.starts_with("LOQUI_") || line.0.starts_with("AWS_") {
            assert!(page.contains(&format!("`{}`", line.0)), "{}", line.0);
        }
    }
}
