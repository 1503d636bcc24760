"""The first deployment of an environment offers to name its account."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfngen.cli.pinning import pin
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment
from tests.support.account_world import World, topic

TEXT = "# Where dev lives.\nregion: {region}\n# accounts: ['111122223333']\n"


@pytest.fixture
def anywhere(here: World) -> World:
    """An environment that may go to any account."""
    (here.root / "deployments" / "dev" / "environment.yaml").write_text(TEXT.format(region=here.aws.region))
    here.stack("one", topic("one"))
    return here


def _file(here: World) -> str:
    return (here.root / "deployments" / "dev" / "environment.yaml").read_text()


def test_agreed_it_is_written_and_every_other_account_is_refused(anywhere: World) -> None:
    ran = anywhere.run("deploy", answer="y\ny")
    assert ran.code == 0
    assert f"With the line accounts: ['{anywhere.aws.account}'], every other account is refused" in " ".join(
        ran.err.split()
    )
    assert "written: deployments/dev/environment.yaml; commit it" in ran.err
    assert _file(anywhere) == TEXT.format(region=anywhere.aws.region).replace(
        "# accounts: ['111122223333']", f"accounts: ['{anywhere.aws.account}']"
    )
    assert anywhere.run("deploy", answer="y").code == 0
    anywhere.environment(accounts=["999999999999"])
    assert anywhere.run("deploy", answer="y").code == 1


def test_declined_it_stays_as_it_is_and_the_deployment_goes_on(anywhere: World) -> None:
    ran = anywhere.run("deploy", answer="n\ny")
    assert (ran.code, anywhere.status("one")) == (0, "CREATE_COMPLETE")
    assert _file(anywhere) == TEXT.format(region=anywhere.aws.region)
    anywhere.stack("two", topic("two"))
    again = anywhere.run("deploy", "two", answer="")
    assert "names no account" not in again.err


def test_where_nobody_is_asked_it_is_said(anywhere: World) -> None:
    ran = anywhere.deploy()
    assert f"to refuse every other account, write accounts: ['{anywhere.aws.account}']" in ran.err
    assert _file(anywhere) == TEXT.format(region=anywhere.aws.region)
    assert "names no account" not in anywhere.deploy().err


def test_a_file_that_cannot_be_written_is_one_error(anywhere: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    ran = anywhere.run("deploy", answer="y\ny")
    assert ran.code == 1
    assert "error: deployments/dev/environment.yaml: cannot be written: No space left on device" in ran.err
    assert anywhere.deployed() == {}


@pytest.mark.parametrize(
    "text",
    [
        "region: eu-west-1\naccounts: []\n",
        "# accounts: ['111122223333']\naccounts: []\nregion: eu-west-1",
        "region: eu-west-1",
    ],
)
def test_what_is_written_is_read(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text(text)
    project = Project(tmp_path)
    pin(project, environment(project, "dev"), "123456789012")
    assert environment(project, "dev").accounts == ("123456789012",)
    assert [path.name for path in folder.iterdir()] == ["environment.yaml"]
