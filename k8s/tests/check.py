"""Checks the manifests against the schemas of Kubernetes, against themselves, and against the binary.

usage: check.py KUBECTL BINARY
"""

import sys
import tempfile

import binary as running
import manifests
import mutations
import policy
import wiring

CHECKS = [
    policy.schemas, policy.confinement, policy.bounds, policy.network,
    wiring.services, wiring.roles, wiring.references, wiring.image,
]
ASKING = [running.subgraphs, running.variables, running.starts]


def main(kubectl, path):
    faults = []
    with tempfile.TemporaryDirectory(prefix="passerelle-k8s-") as folder, tempfile.TemporaryDirectory() as keys:
        # The pods' user reads the binary in it.
        manifests.Path(folder).chmod(0o755)
        binary = running.Binary(path, folder)

        def run(check, rendering):
            return check(rendering, binary) if check in ASKING else check(rendering)

        secrets = manifests.make_secrets(kubectl, keys)
        for name in ("base", "demo"):
            rendering = manifests.render(kubectl, name, secrets)
            for check in [*CHECKS, *ASKING, *([policy.availability] if name == "base" else [])]:
                faults += [f"{name}: {fault}" for fault in run(check, rendering)]
            faults += mutations.unnoticed(rendering, run)
            print(f"{name}: {len(rendering.objects)} objects looked at", flush=True)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
