"""Faults that the checks must find. A check that cannot fail says nothing."""

import copy

import binary as running
import policy
import wiring

GONE = object()
POD = "spec/template/spec"
OURS = f"{POD}/containers/passerelle"
OWN = f"{OURS}/securityContext"
ARGS = f"{OURS}/args"
FIRST = "spec/ingress/0/from/0"
ROLE, GATEWAY, USERS = "Deployment/establishments", "Deployment/gateway", "Deployment/users"
FOREIGN = "registry.example:5000/passerelle"
HOST = {"name": "data", "hostPath": {"path": "/"}}
URL, KEY = "PASSERELLE__DATABASE__URL_FILE", "PASSERELLE__GATEWAY__ISSUER_KEY"
METRICS, VAULT = "PASSERELLE__GATEWAY__METRICS__LISTEN", "PASSERELLE__USERS__VAULT_KEY_FILE"

# Check, a word of what it must say, object, place in it (what is in a list by its name or number), and what is put there.
MUTATIONS = [
    (policy.schemas, "replicaCount", USERS, "spec/replicaCount", 2),
    (policy.schemas, "is not of type", "Service/users", "spec/ports/http/port", "4001"),
    (policy.confinement, "privileged", USERS, f"{OWN}/privileged", True),
    (policy.confinement, "allowPrivilegeEscalation", "Job/migrate", f"{OWN}/allowPrivilegeEscalation", GONE),
    (policy.confinement, "capabilities", GATEWAY, f"{OWN}/capabilities/add", ["NET_ADMIN"]),
    (policy.confinement, "as root", GATEWAY, f"{POD}/securityContext/runAsNonRoot", GONE),
    (policy.confinement, "as root", GATEWAY, f"{OWN}/runAsUser", 0),
    (policy.confinement, "seccompProfile", GATEWAY, f"{POD}/securityContext/seccompProfile", GONE),
    (policy.confinement, "readOnlyRoot", "Deployment/activation", f"{OWN}/readOnlyRootFilesystem", False),
    (policy.confinement, "automount", "Deployment/redis", f"{POD}/automountServiceAccountToken", GONE),
    (policy.confinement, "hostNetwork", GATEWAY, f"{POD}/hostNetwork", True),
    (policy.confinement, "hostPort", GATEWAY, f"{OURS}/ports/http/hostPort", 4000),
    (policy.confinement, "the volume data", "Deployment/redis", f"{POD}/volumes/data", HOST),
    (policy.bounds, "not a fixed one", USERS, f"{OURS}/image", f"{FOREIGN}:latest"),
    (policy.bounds, "not a fixed one", USERS, f"{OURS}/image", FOREIGN),
    (policy.bounds, "no memory among its limits", "Job/migrate", f"{OURS}/resources/limits/memory", GONE),
    (policy.bounds, "no livenessProbe", "Deployment/activation", f"{OURS}/livenessProbe", GONE),
    (policy.bounds, "does not enforce", "Namespace/passerelle", "metadata/labels", {}),
    (policy.availability, "fewer than two", "Deployment/productions", "spec/replicas", 1),
    (policy.availability, "one budget", "PodDisruptionBudget/users", "spec/maxUnavailable", 2),
    (policy.availability, "not spread", USERS, f"{POD}/topologySpreadConstraints", []),
    (policy.network, "users hears a stranger on [4001]", "NetworkPolicy/subgraphs", "spec/ingress/0/from", GONE),
    (policy.network, "users hears Deployment/activation", "NetworkPolicy/subgraphs", f"{FIRST}/podSelector", {}),
    (policy.network, "users hears another namespace", "NetworkPolicy/subgraphs", FIRST, {"namespaceSelector": {}}),
    (policy.network, "a stranger sends to", "NetworkPolicy/default-deny", "spec/policyTypes", ["Ingress"]),
    (policy.network, "gateway sends to StatefulSet/postgres", "NetworkPolicy/to-database", "spec/podSelector", {}),
    (policy.network, "sends to DNS on []", "NetworkPolicy/dns", "spec/egress", []),
    (policy.network, "sends to Deployment/users on []", "NetworkPolicy/gateway", "spec/egress/0/ports/0/port", 4002),
    (policy.network, "gateway hears another namespace on [4000, 9464]", "NetworkPolicy/metrics", FIRST, {"namespaceSelector": {}}),
    (wiring.services, "another one in the pod", "Service/users", "spec/ports/http/port", 4002),
    (wiring.services, "has no port", "Service/users", "spec/ports/http/targetPort", "web"),
    (wiring.services, "leads to", "Service/users", "spec/selector", {"app.kubernetes.io/name": "activation"}),
    (wiring.services, "a probe asks port", USERS, f"{OURS}/livenessProbe/httpGet/port", 4009),
    (wiring.services, "no such pods", "PodDisruptionBudget/users", "spec/selector/matchLabels", {"a": "b"}),
    (wiring.roles, "listens on", USERS, f"{ARGS}/2", "--listen=0.0.0.0:4002"),
    (wiring.roles, "listens on", GATEWAY, f"{OURS}/env/{METRICS}/value", "0.0.0.0:9465"),
    (wiring.roles, "where it is not", GATEWAY, f"{ARGS}/3", "--subgraph=users=http://activation:4001"),
    (wiring.roles, "where it is not", GATEWAY, f"{ARGS}/3", "--subgraph=users=http://users:4000"),
    (wiring.roles, "no address", GATEWAY, f"{ARGS}/3", "--subgraph=activation=http://activation:4001"),
    (wiring.references, "there is no Secret", USERS, f"{POD}/volumes/users-key/secret/secretName", "passerelle-gateway-pub"),
    (wiring.references, "which it has not", "Deployment/redis", f"{POD}/containers/0/volumeMounts/data/name", "rows"),
    (wiring.image, "another user", USERS, f"{POD}/securityContext/runAsUser", 1000),
    (wiring.image, "is not version", USERS, f"{OURS}/image", "passerelle:0.0.1"),
    (running.subgraphs, "is told of", GATEWAY, f"{ARGS}/3", "--subgraph=pupils=http://users:4001"),
    (running.variables, "unknown key", ROLE, f"{OURS}/env/{URL}", {"name": f"{URL}S", "value": "/run/passerelle/database/url"}),
    (running.variables, "passed over", ROLE, f"{OURS}/env/{URL}", {"name": "PASSERELE__DATABASE__URL", "value": "sqlite"}),
    (running.variables, "expected", ROLE, f"{OURS}/env/PASSERELLE__DATABASE__MAX_CONNECTIONS/value", "many"),
    (running.variables, "nothing is mounted", GATEWAY, f"{OURS}/env/{KEY}/value", "/run/passerelle/issuer.pem"),
    (running.variables, "nothing is mounted", USERS, f"{OURS}/env/{VAULT}/value", "/run/passerelle/vault.key"),
    (running.starts, "does not start", USERS, f"{OURS}/env/{VAULT}/value", "/run/passerelle/users/vaults.key"),
    (running.starts, "start: error: unexpected argument", ROLE, f"{ARGS}/2", "--lisen=0.0.0.0:4001"),
    (running.starts, "start: error: invalid value", ROLE, f"{ARGS}/1", "establishment"),
    (running.starts, "start: passerelle: cannot read", ROLE, f"{ARGS}/3", "--gateway-key=/run/passerelle/gateway/public.pem"),
    (running.starts, "which answers 404", ROLE, f"{OURS}/readinessProbe/httpGet/path", "/ready"),
    (running.starts, "does not start", GATEWAY, f"{POD}/volumes/keys/secret/secretName", "passerelle-gateway-public"),
    (running.starts, "fails: error: unrecognized subcommand", "Job/migrate", f"{ARGS}/0", "migrat"),
]


def unnoticed(rendering, run):
    """The mutations that the checks do not find; `run` calls a check."""
    for check, says, which, path, value in MUTATIONS:
        # How many pods there are is for the base to say; all else is tried on what has all of it.
        if (check is policy.availability) != (rendering.name == "base"):
            continue
        before = only(rendering, which) if check in (running.variables, running.starts) else rendering
        after = copy.deepcopy(before)
        put(after.named(*which.split("/")), path, value)
        found = set(run(check, after)) - set(run(check, before))
        if not any(says in fault for fault in found):
            put_there = "nothing" if value is GONE else value
            yield f"not noticed: {put_there} at {which} {path}: expected \"{says}\", found {sorted(found)}"


def put(place, path, value):
    *steps, last = path.split("/")
    for step in steps:
        place = place[at(place, step)]
    if value is GONE:
        del place[at(place, last)]
    else:
        place[at(place, last)] = value


def at(place, step):
    """The index of what has this name or number in a list; an object's key as it is."""
    if isinstance(place, dict):
        return step
    return int(step) if step.isdigit() else next(i for i, each in enumerate(place) if each["name"] == step)


def only(rendering, which):
    """The rendering without the other pods, so that a check that starts them starts one."""
    others = {str(workload) for workload in rendering.workloads()} - {which}
    kept = [thing for thing in rendering.objects if f"{thing['kind']}/{thing['metadata']['name']}" not in others]
    return type(rendering)(rendering.name, kept, rendering.secrets)
