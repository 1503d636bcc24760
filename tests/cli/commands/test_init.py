"""`cfngen init`: a project from nothing, beside what is there, and after a run that was killed."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from cfngen.cli.placing import place
from cfngen.errors import CfngenError
from cfngen.project import Project
from tests.support.projects import ROOT, UNMEASURED

PREFIX = ("HOME", "PATH", "LANG", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
ENVIRONMENT = {name: os.environ[name] for name in PREFIX if name in os.environ} | {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def cfngen(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cfngen", *arguments],
        cwd=folder,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def init(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return cfngen(folder, "init", *arguments, **environment)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix() and "/.cfngen/new-" not in path.as_posix()
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def test_it_writes_a_project_and_tells_each_file(shop: Path) -> None:
    done = init(shop)
    assert done.returncode == 0, done.stderr
    written = {line.removeprefix("wrote ") for line in done.stdout.splitlines() if line.startswith("wrote ")}
    assert written == files(shop).keys() - {".cfngen/.gitignore"}
    assert {"templates/reports.py", "deployments/dev/reports.yaml", "Makefile", ".gitignore"} <= written
    assert {".pre-commit-config.yaml", ".github/workflows/cfngen.yml", "buildspec.yml"} <= written
    for name, text in files(shop).items():
        assert "@project@" not in text, name
        assert text.endswith("\n"), name
        if name.endswith((".yaml", ".yml")):
            assert yaml.safe_load(text), name


def test_the_region_is_the_one_of_the_aws_configuration(tmp_path: Path) -> None:
    def region(name: str, *arguments: str, **environment: str) -> str:
        assert init(tmp_path, name, *arguments, **environment).returncode == 0
        text = (tmp_path / name / "deployments" / "dev" / "environment.yaml").read_text(encoding="utf-8")
        return str(yaml.safe_load(text)["region"])

    profile = tmp_path / "config"
    profile.write_text("[default]\nregion = eu-north-1\n", encoding="utf-8")
    assert region("a") == "us-east-1"
    assert region("b", AWS_CONFIG_FILE=str(profile)) == "eu-north-1"
    assert region("c", AWS_DEFAULT_REGION="eu-west-1") == "eu-west-1"
    assert region("d", AWS_REGION="eu-west-3", AWS_DEFAULT_REGION="eu-west-1") == "eu-west-3"
    assert region("e", "--region", "ap-south-1", AWS_REGION="eu-west-3") == "ap-south-1"


def test_an_account_is_pinned_when_it_is_named_and_offered_when_not(shop: Path, tmp_path: Path) -> None:
    open_to_all = init(shop)
    assert "dev may be deployed to any account" in open_to_all.stderr
    environment = shop / "deployments" / "dev" / "environment.yaml"
    assert yaml.safe_load(environment.read_text(encoding="utf-8")).keys() == {"region"}
    pinned = init(tmp_path, "pinned", "--account", "111122223333")
    assert "any account" not in pinned.stderr
    environment = tmp_path / "pinned" / "deployments" / "dev" / "environment.yaml"
    assert yaml.safe_load(environment.read_text(encoding="utf-8"))["accounts"] == ["111122223333"]


@pytest.mark.parametrize(
    ("arguments", "problem", "remedy"),
    [
        (["--account", "1234"], "'1234' is not an account id", "an account id has twelve digits"),
        (["--region", "europe"], "'europe' is not a Region", "write one such as eu-west-1"),
        (["--name", "My_Shop"], "'My_Shop' is not a project's name", "--name takes lower-case letters"),
        (["--name", "a" * 24], "is not a project's name", "at most 23 characters"),
        (["2026"], "'2026' gives no project's name", "--name takes lower-case letters"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    shop: Path, arguments: list[str], problem: str, remedy: str
) -> None:
    done = init(shop, *arguments)
    assert done.returncode == 2
    assert problem in done.stderr
    assert remedy in done.stderr
    assert files(shop) == {}


def test_what_is_there_stays_and_is_told(shop: Path) -> None:
    (shop / "README.md").write_text("Mine.\n", encoding="utf-8")
    (shop / "Makefile").symlink_to("nowhere")
    done = init(shop)
    assert done.returncode == 0, done.stderr
    assert "kept README.md: it was there already\n" in done.stdout
    assert "kept Makefile: it was there already\n" in done.stdout
    assert (shop / "README.md").read_text(encoding="utf-8") == "Mine.\n"
    assert (shop / "Makefile").readlink() == Path("nowhere")


def test_a_second_time_it_changes_nothing(shop: Path) -> None:
    assert init(shop).returncode == 0
    before = files(shop)
    again = init(shop, "--name", "other")
    assert again.returncode == 2
    assert "is a project already" in again.stderr
    assert "cfngen new STACK" in again.stderr
    assert files(shop) == before


def test_a_file_in_the_place_of_a_folder_is_one_error(shop: Path) -> None:
    (shop / "deployments").write_text("", encoding="utf-8")
    done = init(shop)
    assert done.returncode == 1
    assert "error: deployments" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (shop / "templates" / "reports.py").exists()


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    done = init(tmp_path, "/proc/nothing")
    assert done.returncode == 1
    assert "cannot be made" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_folder_is_made_and_the_first_command_goes_there(tmp_path: Path) -> None:
    done = init(tmp_path, "my shop")
    assert "Next:\n  cd 'my shop'\n  cfngen generate" in done.stdout
    assert (tmp_path / "my shop" / "templates" / "reports.py").is_file()
    again = cfngen(tmp_path, "--project", "my shop", "init", "inner")
    assert (tmp_path / "my shop" / "inner" / "templates" / "reports.py").is_file(), again.stderr


def test_inside_a_repository_no_other_one_is_begun(shop: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=shop, check=True)
    done = init(shop)
    assert "git init" not in done.stdout
    assert "git add ." in done.stdout
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=shop,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ".cfngen" not in status.stdout  # it ignores itself
    assert "templates/reports.py" in status.stdout


def test_git_is_not_needed(shop: Path, tmp_path: Path) -> None:
    done = init(shop, PATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "This is not a git repository yet" in done.stderr


def test_a_profile_that_does_not_exist_is_one_error_unless_the_region_is_named(shop: Path) -> None:
    done = init(shop, AWS_PROFILE="nobody")
    assert done.returncode == 1
    assert "nobody" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(shop) == {}
    assert init(shop, "--region", "eu-west-1", AWS_PROFILE="nobody").returncode == 0


def test_the_requirement_can_be_given(shop: Path) -> None:
    done = init(shop, "--requirement", "cfngen @ https://example.com/cfngen.whl")
    assert "cfngen @ https://example.com/cfngen.whl\n" in (shop / "requirements.txt").read_text(
        encoding="utf-8"
    )
    assert "a place on this machine" not in done.stderr


def test_killed_at_any_moment_it_leaves_whole_files_and_goes_on_the_next_time(
    shop: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    assert init(tmp_path, "whole", "--name", "shop").returncode == 0
    expected = files(whole)
    for delay in (0.0, 0.02, 0.04, 0.08, 0.15, 0.3):
        shutil.rmtree(shop)
        shop.mkdir()
        running = subprocess.Popen(
            [sys.executable, "-m", "cfngen", "init"],
            cwd=shop,
            env={**ENVIRONMENT, **UNMEASURED},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 300
        while not (shop / ".cfngen").exists() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(delay / 20)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert files(shop).items() <= expected.items()
        again = init(shop)
        assert again.returncode == 0 or "is a project already" in again.stderr
        assert files(shop) == expected


def test_a_disk_without_hard_links_gets_the_files_too(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    (shop / "a").write_text("mine", encoding="utf-8")
    placed = place(Project(shop), {"a": "theirs", "b/c": "text"})
    assert (placed.written, placed.kept) == (("b/c",), ("a",))
    assert (shop / "a").read_text(encoding="utf-8") == "mine"
    assert (shop / "b" / "c").read_text(encoding="utf-8") == "text"


def test_a_full_disk_is_one_error(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CfngenError, match="No space left on device"):
        place(Project(shop), {"a": "text"})


def test_the_action_of_a_new_project_is_this_repositorys() -> None:
    starter = ROOT / "src" / "cfngen" / "cli" / "starter" / "project"
    copied = starter / "dot-github" / "actions" / "cfngen" / "action.yml"
    assert copied.read_bytes() == (ROOT / "action.yml").read_bytes()


@pytest.mark.parametrize(("answer", "pinned"), [("111122223333", True), ("", False), ("12", None)])
def test_at_a_terminal_it_offers_to_pin_the_account(shop: Path, answer: str, pinned: bool | None) -> None:
    here, there = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cfngen", "init"],
        cwd=shop,
        env={**ENVIRONMENT, "TERM": "dumb"},
        stdin=there,
        stdout=subprocess.PIPE,
        stderr=there,
    ) as running:
        os.write(here, f"{answer}\n".encode())
        running.communicate(timeout=600)
    os.close(there)
    shown = os.read(here, 10_000).decode()
    os.close(here)
    assert "Account id of dev, to refuse every other account (Enter leaves it open):" in shown
    if pinned is None:
        assert running.returncode == 2
        assert files(shop) == {}
        return
    environment = yaml.safe_load((shop / "deployments/dev/environment.yaml").read_text(encoding="utf-8"))
    assert environment.get("accounts") == ([answer] if pinned else None)


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, "cfngen==0.1.0"),
        (
            '{"url": "https://example.com/cfngen.whl", "archive_info": {}}',
            "cfngen @ https://example.com/cfngen.whl",
        ),
        (
            '{"url": "https://example.com/cfngen.git", "vcs_info": {"vcs": "git", "commit_id": "1f"}}',
            "cfngen @ git+https://example.com/cfngen.git@1f",
        ),
    ],
)
def test_the_requirement_is_where_cfngen_was_installed_from(
    shop: Path, tmp_path: Path, origin: str | None, line: str
) -> None:
    """As pip leaves it: https://packaging.python.org/en/latest/specifications/direct-url/."""
    installed = tmp_path / "site" / "cfngen-0.1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: cfngen\nVersion: 0.1.0\n", encoding="utf-8"
    )
    if origin:
        (installed / "direct_url.json").write_text(origin, encoding="utf-8")
    done = init(shop, PYTHONPATH=str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert line in (shop / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert "a place on this machine" not in done.stderr
