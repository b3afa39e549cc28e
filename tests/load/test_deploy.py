"""The files that show how to run on a cluster: what they say is what the harness takes."""

from pathlib import Path

import typer
import yaml

from flashcrowd.cli.main import application
from flashcrowd.load.distributed.launch import PORT

DEPLOY = Path(__file__).parents[2] / "loadtests" / "deploy"
PARTS = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))


def part(kind: str, name: str = "") -> dict:
    """The one object of a kind (and name)."""
    (found,) = [each for each in PARTS if each["kind"] == kind and name in each["metadata"]["name"]]
    return found


def pod(kind: str) -> dict:
    """The pod of a job or deployment."""
    return part(kind)["spec"]["template"]


def options(kind: str) -> dict:
    """What the command line makes of a container's arguments."""
    (container,) = pod(kind)["spec"]["containers"]
    command, *arguments = container["args"]
    load = typer.main.get_command(application()).commands[command]
    return load.make_context(command, list(arguments)).params


def test_master_and_workers_find_each_other():
    """The service has the name that workers look for, the master's pods, and the master's ports."""
    service = part("Service")
    assert options("Deployment")["worker"]
    assert options("Deployment")["master_host"] == service["metadata"]["name"]
    assert service["spec"]["selector"] == pod("Job")["metadata"]["labels"]
    ports = {port["name"]: port["port"] for port in service["spec"]["ports"]}
    master = options("Job")
    assert master["master"]
    assert ports["workers"] == master["master_port"] == options("Deployment")["master_port"] == PORT
    assert master["prometheus"].split(":")[1] == str(ports["metrics"])
    assert pod("Job")["metadata"]["annotations"]["prometheus.io/port"] == str(ports["metrics"])


def test_run_begins_when_all_workers_are_there_and_its_record_stays():
    """As many workers are expected as are deployed; record and vault are on the claimed volume."""
    deployment, job = part("Deployment"), pod("Job")["spec"]
    assert options("Job")["expect_workers"] == deployment["spec"]["replicas"]
    assert deployment["spec"]["selector"]["matchLabels"] == pod("Deployment")["metadata"]["labels"]
    (container,), (volume,) = job["containers"], job["volumes"]
    assert volume["persistentVolumeClaim"]["claimName"] == part("PersistentVolumeClaim")["metadata"]["name"]
    (mount,) = container["volumeMounts"]
    assert mount["name"] == volume["name"]
    for option in ("out", "vault"):
        assert str(options("Job")[option]).startswith(mount["mountPath"] + "/")


def test_both_run_the_image_that_the_dockerfile_makes():
    """One image, whose entry point is the command."""
    images = {pod(kind)["spec"]["containers"][0]["image"] for kind in ("Job", "Deployment")}
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert images == {"flashcrowd"}
    assert "-t flashcrowd ." in text
    assert 'ENTRYPOINT ["flashcrowd"]' in text
