"""Names and numbers that stand in several places are the same in all of them."""

import re
import tomllib
from urllib.parse import urlsplit

from manifests import FOLDER, selects, tag


def services(rendering):
    """Every Service leads to pods that listen on that port; every probe asks a port that is there."""
    workloads = rendering.workloads()
    for service in rendering.of("Service"):
        name, spec = service["metadata"]["name"], service["spec"]
        behind = [w for w in workloads if selects({"matchLabels": spec["selector"]}, w.labels)]
        if [w.name for w in behind] != [name]:
            yield f"Service/{name}: leads to {[str(w) for w in behind]} and not to {name}"
            continue
        for port in spec["ports"]:
            target = port.get("targetPort", port["port"])
            if target not in behind[0].ports() and target not in behind[0].ports().values():
                yield f"Service/{name}: {behind[0]} has no port {target}"
            elif port["port"] != behind[0].ports().get(target, target):
                yield f"Service/{name}: the port {port['port']} is another one in the pod"
    for workload in workloads:
        for container in workload.containers():
            for probe in (container.get(f"{kind}Probe", {}) for kind in ("startup", "liveness", "readiness")):
                port = (probe.get("httpGet") or probe.get("tcpSocket") or {}).get("port")
                if port is not None and port not in workload.ports() and port not in workload.ports().values():
                    yield f"{workload}: a probe asks port {port}, which it has not"
        for budget in rendering.of("PodDisruptionBudget"):
            if not any(selects(budget["spec"]["selector"], w.labels) for w in workloads):
                yield f"PodDisruptionBudget/{budget['metadata']['name']}: there are no such pods"


def options(container, name):
    """The values of an option, however it is written."""
    arguments = container.get("args", [])
    joined = [a.removeprefix(f"{name}=") for a in arguments if a.startswith(f"{name}=")]
    return joined + [after for a, after in zip(arguments, arguments[1:]) if a == name]


def roles(rendering):
    """Roles listen where their ports say, and the gateway has the address of every subgraph."""
    subgraphs = {}
    for workload in rendering.workloads():
        container = workload.ours()
        if container is None or workload.kind == "Job":
            continue
        variables = [each["value"] for each in container.get("env", []) if each["name"].endswith("__LISTEN")]
        listens = [int(address.rpartition(":")[2]) for address in options(container, "--listen") + variables]
        if listens != [port["containerPort"] for port in container.get("ports", [])]:
            yield f"{workload}: listens on {listens}, which is not what its ports say"
        if container["args"][0] == "subgraph":
            subgraphs[container["args"][1]] = workload
    for name, url in addresses(rendering):
        at = urlsplit(url)
        service = rendering.named("Service", at.hostname)
        if name not in subgraphs or service is None or at.port not in [p["port"] for p in service["spec"]["ports"]] \
                or not selects({"matchLabels": service["spec"]["selector"]}, subgraphs[name].labels):
            yield f"the gateway looks for {name} at {url}, where it is not"
    missing = subgraphs.keys() - dict(addresses(rendering)).keys()
    if missing:
        yield f"the gateway has no address of {sorted(missing)}"


def addresses(rendering):
    """Name and URL of every subgraph, as the gateway is told."""
    gateways = [w.ours() for w in rendering.workloads() if w.ours() and w.ours()["args"][0] == "gateway"]
    return [tuple(each.split("=", 1)) for container in gateways for each in options(container, "--subgraph")]


def references(rendering):
    """What pods take from Secrets, ConfigMaps and claims is there, and no Secret is made for nobody."""
    used = set()
    for workload in rendering.workloads():
        claims = {t["metadata"]["name"] for t in workload.thing["spec"].get("volumeClaimTemplates", [])}
        volumes = {volume["name"] for volume in workload.pod.get("volumes", [])}
        wanted = [("Secret", v["secret"]["secretName"]) for v in workload.pod.get("volumes", []) if "secret" in v]
        wanted += [("PersistentVolumeClaim", v["persistentVolumeClaim"]["claimName"])
                   for v in workload.pod.get("volumes", []) if "persistentVolumeClaim" in v]
        for container in workload.containers():
            wanted += [("ConfigMap", source["configMapRef"]["name"]) for source in container.get("envFrom", [])]
            mounts = {mount["name"] for mount in container.get("volumeMounts", [])}
            for name in mounts - claims - volumes:
                yield f"{workload}: mounts {name}, which it has not"
            for name in volumes - mounts:
                yield f"{workload}: does not mount {name}"
        used |= set(wanted)
        for kind, name in wanted:
            if rendering.named(kind, name) is None:
                yield f"{workload}: there is no {kind} {name}"
    for secret in rendering.secrets:
        name = secret["metadata"]["name"]
        # The demonstration's servers are not in the base.
        if ("Secret", name) not in used and not (rendering.name == "base" and name.startswith("passerelle-demo-")):
            yield f"secrets.sh makes {name}, which nobody uses"


def image(rendering):
    """The Dockerfile fits the pods and the sources."""
    top = FOLDER.parent
    dockerfile, cargo = (top / "Dockerfile").read_text(), tomllib.loads((top / "Cargo.toml").read_text())
    sent = (top / ".dockerignore").read_text().splitlines()
    for member in cargo["workspace"]["members"]:
        if f"!{member.split('/')[0]}" not in sent:
            yield f".dockerignore: keeps {member} from the build"
    wanted, version = (cargo["workspace"]["package"][key] for key in ("rust-version", "version"))
    if f"rust:{wanted}-" not in dockerfile:
        yield f"Dockerfile: not built with Rust {wanted}, as Cargo.toml says"
    user = re.findall(r"^USER (\d+):(\d+)$", dockerfile, re.M)
    for workload in rendering.workloads():
        if workload.ours() is None:
            continue
        context = workload.pod["securityContext"]
        if user != [(str(context["runAsUser"]), str(context["runAsGroup"]))]:
            yield f"{workload}: runs as another user than that of the Dockerfile"
        if tag(workload.ours()["image"]) != version:
            yield f"{workload}: the image {workload.ours()['image']} is not version {version}"
