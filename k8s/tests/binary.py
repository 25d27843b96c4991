"""The roles, run as their pods say: arguments, variables, mounted files, user and ports are the manifests' own.

What differs: mounted folders lie under a temporary one, ports are free ones of this machine, the database is SQLite. Redis is
configured (`variables` asks the binary whether it knows the keys), and left out where a role is started, since there is none here; so
is what would be kept there.
"""

import base64
import os
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

from wiring import addresses

PREFIX, REDIS = "PASSERELLE__", "PASSERELLE__REDIS__"
# The value of a setting that says where something is kept.
IN_REDIS = "redis"
PATIENCE_S = 30
# Where a role listens here, whatever its port in the pod.
FREE = "127.0.0.1:0"


class Binary:
    """The binary, where the pods' user can read it."""

    def __init__(self, path, folder):
        self.path = Path(shutil.copy(path, folder))
        self.path.chmod(0o755)

    def ask(self, *arguments, env=None):
        return subprocess.run([self.path, *arguments], capture_output=True, text=True, env=env or {}, timeout=PATIENCE_S, cwd="/")

    def graphs(self):
        """The subgraphs of the supergraph that it holds."""
        return set(re.findall(r'@join__graph\(name: "([^"]+)"', self.ask("schema", "print", "supergraph").stdout))


def subgraphs(rendering, binary):
    """The roles are the subgraphs that the binary's own supergraph has."""
    told, held = dict(addresses(rendering)).keys(), binary.graphs()
    if told != held:
        yield f"the gateway is told of {sorted(told)}, the binary's supergraph has {sorted(held)}"


def variables(rendering, binary):
    """Every variable is one that the binary knows, with a value that it takes."""
    for workload in rendering.workloads():
        if workload.ours() is None:
            continue
        with Pod(rendering, workload) as pod:
            for name, value in pod.variables.items():
                if not name.startswith(PREFIX):
                    yield f"{workload}: {name} would be passed over, since it does not begin with {PREFIX}"
                    continue
                # What is kept in Redis wants one.
                redis = {key: pod.variables[key] for key in pod.variables if value == IN_REDIS and key.startswith(REDIS)}
                answer = binary.ask("config", "check", env={name: value} | redis)
                if answer.returncode:
                    yield f"{workload}: {name}: {last_line(answer.stderr)}"
                if value.startswith("/") and not os.path.exists(value):
                    yield f"{workload}: {name}: nothing is mounted at {pod.within(value)}"


def starts(rendering, binary):
    """Every role starts and answers its probes, every Job ends well."""
    for workload in rendering.workloads():
        if workload.ours() is None:
            continue
        with Pod(rendering, workload) as pod:
            run = job if workload.kind == "Job" else server
            yield from (f"{workload}: {fault}" for fault in run(pod, binary))


def job(pod, binary):
    answer = subprocess.run([binary.path, *pod.arguments], capture_output=True, text=True, timeout=PATIENCE_S, **pod.process())
    if answer.returncode:
        yield f"fails: {last_line(answer.stderr)}"


def server(pod, binary):
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([binary.path, *pod.arguments], stdout=subprocess.PIPE, stderr=log, text=True, **pod.process())
        # A role that neither ends nor tells its address is ended, and its standard output with it.
        timer = threading.Timer(PATIENCE_S, process.kill)
        timer.start()
        address = process.stdout.readline().strip()
        if not address:
            process.wait()
            log.seek(0)
            yield f"does not start: {last_line(log.read())}"
        for path in pod.probes() if address else []:
            status = get(address + path)
            if status != 200:
                yield f"a probe asks {path}, which answers {status}"
        process.terminate()
        process.wait()
        timer.cancel()
        process.stdout.close()


def get(url):
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def last_line(text):
    """What went wrong: the error's own line, or the last one."""
    lines = [line for line in text.strip().splitlines() if line] or ["no word"]
    line = next((line for line in lines if line.startswith(("error:", "passerelle:"))), lines[-1])
    # Without the list of all that would have been right.
    return line.split("; did you mean")[0]


class Pod:
    """A pod's mounted folders and its environment, under a temporary folder."""

    def __init__(self, rendering, workload):
        self.rendering, self.pod, self.container = rendering, workload.pod, workload.ours()
        self.user = workload.pod["securityContext"]["runAsUser"]

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="passerelle-k8s-")
        self.root = Path(self.temporary.name)
        self.root.chmod(0o755)
        volumes = {volume["name"]: volume for volume in self.pod.get("volumes", [])}
        mounts = sorted(self.container.get("volumeMounts", []), key=lambda mount: mount["mountPath"])
        for mount in mounts:
            self.moved(mount["mountPath"]).mkdir(parents=True)
        for mount in mounts:
            self.fill(volumes[mount["name"]], self.moved(mount["mountPath"]))
        self.variables = {name: self.variable(name, value) for name, value in self.declared().items()}
        self.arguments = [self.argument(each) for each in self.container.get("args", [])]
        return self

    def __exit__(self, *_):
        self.temporary.cleanup()

    def fill(self, volume, folder):
        """A Secret's files, for reading alone; else an empty folder to write to."""
        if "secret" not in volume:
            self.give(folder, self.user, 0o770)
            return
        secret = self.rendering.named("Secret", volume["secret"]["secretName"]) or {"data": {}}
        for key, value in secret["data"].items():
            content = base64.b64decode(value)
            (folder / key).write_bytes(b"sqlite\n" if content.startswith(b"postgres://") else content)
            self.give(folder / key, 0, volume["secret"].get("defaultMode", 0o644))
        self.give(folder, 0, 0o550)

    def give(self, path, owner, mode):
        """Owned as in a pod, where this process may do so; the mode alone where it is nobody special."""
        if os.geteuid() == 0:
            os.chown(path, owner, self.pod["securityContext"]["fsGroup"])
        path.chmod(mode)

    def moved(self, value):
        return self.root / value[1:] if value.startswith("/") else value

    def within(self, value):
        """A path as the pod sees it."""
        return value.removeprefix(str(self.root))

    def declared(self):
        """Its variables, those of ConfigMaps first."""
        found = {}
        for source in self.container.get("envFrom", []):
            found |= self.rendering.named("ConfigMap", source["configMapRef"]["name"])["data"]
        return found | {variable["name"]: variable["value"] for variable in self.container.get("env", [])}

    def variable(self, name, value):
        return FREE if name.endswith("__LISTEN") else str(self.moved(value))

    def argument(self, argument):
        name, equals, value = argument.partition("=")
        if name == "--listen":
            return f"--listen={FREE}"
        return name + equals + str(self.moved(value)) if equals else str(self.moved(argument))

    def process(self):
        """How its process runs: no folder of its own, no variable but its own, and its user where this process may choose."""
        env = {name: value for name, value in self.variables.items() if not name.startswith(REDIS) and value != IN_REDIS}
        context = self.pod["securityContext"]
        if os.geteuid() != 0:
            return {"env": env, "cwd": "/"}
        return {"env": env, "cwd": "/", "user": self.user, "group": context["runAsGroup"], "extra_groups": [context["fsGroup"]]}

    def probes(self):
        """The paths that are asked."""
        probes = (self.container.get(f"{kind}Probe", {}) for kind in ("startup", "liveness", "readiness"))
        return sorted({probe["httpGet"]["path"] for probe in probes if "httpGet" in probe})
