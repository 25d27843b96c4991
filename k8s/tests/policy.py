"""What every object must be: known to Kubernetes, confined, probed, bounded, and closed to whom it does not serve."""

from dataclasses import dataclass
from itertools import product

import kubernetes_validate
from manifests import SERVERS, selects, tag

KUBERNETES = "1.37"
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
PART_OF, COMPONENT = "app.kubernetes.io/part-of", "app.kubernetes.io/component"


def schemas(rendering):
    """Every object is of its schema, with no field that nobody knows."""
    for thing in rendering.objects + rendering.secrets:
        try:
            kubernetes_validate.validate(thing, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{thing['kind']}/{thing['metadata']['name']}: {error}"


def confinement(rendering):
    """The Pod Security Standard "restricted", a read-only root and no way to the cluster's API."""
    for workload in rendering.workloads():
        pod = workload.pod
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.get(key):
                yield f"{workload}: {key}"
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{workload}: automountServiceAccountToken is not false"
        for volume in pod.get("volumes", []):
            if not VOLUMES & volume.keys():
                yield f"{workload}: the volume {volume['name']} is of a kind that is not allowed"
        for container in workload.containers():
            for fault in unconfined(container, pod.get("securityContext", {})):
                yield f"{workload}: {container['name']}: {fault}"


def unconfined(container, shared):
    own = container.get("securityContext", {})
    capabilities = own.get("capabilities", {})
    told = {**shared, **own}
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if capabilities.get("drop") != ["ALL"] or capabilities.get("add"):
        yield "capabilities are not just dropped"
    if told.get("runAsNonRoot") is not True or not told.get("runAsUser"):
        yield "may run as root"
    if told.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "seccompProfile is not RuntimeDefault"
    if own.get("readOnlyRootFilesystem") is not True:
        yield "readOnlyRootFilesystem is not true"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "hostPort"


def bounds(rendering):
    """Requests, limits and a fixed image for every container; probes for all that serve."""
    for workload in rendering.workloads():
        for container in workload.containers():
            if tag(container["image"]) in ("", "latest"):
                yield f"{workload}: the image {container['image']} is not a fixed one"
            for side, of in product(("requests", "limits"), ("cpu", "memory")):
                if of not in container.get("resources", {}).get(side, {}):
                    yield f"{workload}: {container['name']}: no {of} among its {side}"
            for probe in ("livenessProbe", "readinessProbe"):
                if workload.kind in SERVERS and probe not in container:
                    yield f"{workload}: {container['name']}: no {probe}"
    if not any(thing["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") == "restricted"
               for thing in rendering.of("Namespace")):
        yield "the namespace does not enforce restricted pods"


def availability(rendering):
    """Base only: two pods of each role, spread out, of which one at a time may be taken away."""
    for workload in rendering.workloads():
        if workload.kind == "Job":
            continue
        if workload.thing["spec"].get("replicas", 1) < 2:
            yield f"{workload}: fewer than two replicas"
        spread = workload.pod.get("topologySpreadConstraints", [])
        if not any(selects(each["labelSelector"], workload.labels) for each in spread):
            yield f"{workload}: not spread over nodes"
        budgets = [budget["spec"] for budget in rendering.of("PodDisruptionBudget")]
        if [b.get("maxUnavailable") for b in budgets if selects(b["selector"], workload.labels)] != [1]:
            yield f"{workload}: not exactly one budget that lets one pod go"


# Who reaches whom within the namespace, by component, and on which port.
REACHES = {
    "gateway": {"subgraph": {4001}, "redis": {6379}},
    "subgraph": {"database": {5432}, "redis": {6379}},
    "migrate": {"database": {5432}, "redis": {6379}},
}
# Ports that somebody listens on, and some that nobody should be reached on.
PORTS = (53, 80, 443, 4000, 4001, 5432, 6379, 9464)
DNS = {"kubernetes.io/metadata.name": "kube-system"}
MONITORING = {"kubernetes.io/metadata.name": "monitoring"}


@dataclass
class Peer:
    name: str
    labels: dict
    # Labels of its namespace, where that is not ours.
    namespace: dict | None = None

    def component(self):
        return self.labels.get(COMPONENT) if self.namespace is None else None


def network(rendering):
    """What each pod may send and hear, worked out from the policies as a cluster would, is what it should be and no more."""
    policies = [policy["spec"] for policy in rendering.of("NetworkPolicy")]
    ours = [Peer(str(w), w.labels) for w in rendering.workloads()]
    ours += [Peer("an unknown pod", {PART_OF: "passerelle"}), Peer("a stranger", {})]
    others = [Peer("DNS", {"k8s-app": "kube-dns"}, DNS), Peer("another namespace", {COMPONENT: "gateway"}, {"of": "others"})]
    others += [Peer("Prometheus", {}, MONITORING)]
    # In the base these two are somebody else's: whether they listen is not ours to say.
    present = {peer.component() for peer in ours}
    others += [Peer(name, {COMPONENT: name}) for name in ("database", "redis") if name not in present]
    for this, other in product(ours, ours + others):
        if this is other:
            continue
        for direction, does, wanted in (("Egress", "sends to", sends(this, other)), ("Ingress", "hears", hears(this, other))):
            found = {port for port in PORTS if allows(policies, direction, this, other, port)}
            if found != wanted:
                yield f"network: {this.name} {does} {other.name} on {sorted(found)} and should on {sorted(wanted)}"


def sends(this, other):
    if other.namespace is DNS:
        return {53} if PART_OF in this.labels else set()
    return REACHES.get(this.component(), {}).get(other.component(), set())


def hears(this, other):
    if this.component() == "gateway":
        return {4000, 9464} if other.namespace is MONITORING else {4000}
    return REACHES.get(other.component(), {}).get(this.component(), set())


def allows(policies, direction, this, other, port):
    own = [policy for policy in policies if direction in policy["policyTypes"] and selects(policy["podSelector"], this.labels)]
    if not own:
        return True
    side, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return any(
        (not rule.get("ports") or port in [each["port"] for each in rule["ports"]])
        and (not rule.get(peers) or any(means(peer, other) for peer in rule[peers]))
        for policy in own for rule in policy.get(side, []))


def means(peer, other):
    """Whether a rule's peer means this one."""
    if "ipBlock" in peer:
        raise ValueError("addresses are not known to these checks")
    if "namespaceSelector" in peer:
        # Our own namespace's labels are not looked at: no rule names it.
        home = other.namespace is not None and selects(peer["namespaceSelector"], other.namespace)
    else:
        home = other.namespace is None
    return home and selects(peer.get("podSelector", {}), other.labels)
