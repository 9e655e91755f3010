"""Validates the Kubernetes manifests against the schemas of Kubernetes. Prints the kinds that were validated."""

from pathlib import Path

import kubernetes_validate
import yaml

# Kinds of other projects, which have no schema in Kubernetes.
OTHERS = {"Kustomization", "ScaledObject", "TriggerAuthentication"}

kinds = []
for path in sorted((Path(__file__).resolve().parents[2] / "deploy" / "kubernetes").glob("*.yaml")):
    for document in yaml.safe_load_all(path.read_text()):
        if document["kind"] not in OTHERS:
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
            kinds.append(document["kind"])
print(*kinds)
