"""Rendered manifests, and the few questions that every check asks of them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent.parent
SERVERS = ("Deployment", "StatefulSet")
IMAGE = "passerelle"


@dataclass
class Rendering:
    """The objects of one overlay, with those that an operator makes (the Secrets)."""

    name: str
    objects: list
    secrets: list

    def of(self, *kinds):
        return [thing for thing in self.objects if thing["kind"] in kinds]

    def named(self, kind, name):
        return next((o for o in self.objects + self.secrets if o["kind"] == kind and o["metadata"]["name"] == name), None)

    def workloads(self):
        return [Workload(thing) for thing in self.of("Job", *SERVERS)]


class Workload:
    """Something that makes pods."""

    def __init__(self, thing):
        self.thing = thing
        self.kind, self.name = thing["kind"], thing["metadata"]["name"]
        self.pod = thing["spec"]["template"]["spec"]
        self.labels = thing["spec"]["template"]["metadata"]["labels"]

    def __str__(self):
        return f"{self.kind}/{self.name}"

    def containers(self):
        return self.pod.get("initContainers", []) + self.pod["containers"]

    def ours(self):
        """Our container, where there is one."""
        return next((c for c in self.containers() if repository(c["image"]).split("/")[-1] == IMAGE), None)

    def ports(self):
        """Port by name."""
        return {port.get("name"): port["containerPort"] for c in self.containers() for port in c.get("ports", [])}


def repository(image):
    """An image's name without tag or digest; a colon before the last slash is the registry's port."""
    image = image.split("@")[0]
    head, colon, tail = image.rpartition(":")
    return head if colon and "/" not in tail else image


def tag(image):
    return image[len(repository(image)):].lstrip(":")


def selects(selector, labels):
    """Whether a label selector selects these labels."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for expression in selector.get("matchExpressions", []):
        if expression["operator"] != "In":
            raise ValueError(f"the operator {expression['operator']} is not known to these checks")
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return True


def render(kubectl, overlay, secrets):
    text = subprocess.run([kubectl, "kustomize", FOLDER / overlay], check=True, stdout=subprocess.PIPE, text=True).stdout
    return Rendering(overlay, list(yaml.safe_load_all(text)), secrets)


def make_secrets(kubectl, folder):
    """What `secrets.sh --demo` makes."""
    command = [FOLDER / "secrets.sh", folder, "--demo"]
    env = {"KUBECTL": kubectl, "PATH": os.environ["PATH"]}
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=env).stdout
    return [thing for thing in yaml.safe_load_all(text) if thing]
