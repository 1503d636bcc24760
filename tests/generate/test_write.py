"""out/ is as it was or as it will be: on odd places, for odd owners, and whenever a run is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cfngen.errors import OutError
from cfngen.generate import exchange, journal, write
from cfngen.project import Project
from tests.support.projects import TOPIC, SmallProject, make

OLD = {"a.yaml": b"old a", "gone.yaml": b"old", "manifest.json": b"{}", "notes/mine.txt": b"mine"}
CHANGE: write.Files = {"a.yaml": b"new a", "b.yaml": b"new b", "gone.yaml": None, "manifest.json": b"[]"}
NEW = {"a.yaml": b"new a", "b.yaml": b"new b", "manifest.json": b"[]", "notes/mine.txt": b"mine"}
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts and gives files away")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    for name, content in OLD.items():
        path = project.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return project


def _apply(project: Project, files: write.Files = CHANGE) -> None:
    with write.lock(project):
        write.apply(project, files)


def _held(project: Project) -> dict[str, bytes]:
    out = project.out.resolve()
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture(params=["exchange", "journal"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to put files into place."""
    if request.param == "journal":
        monkeypatch.setattr(exchange, "_exchange", lambda *_: False)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_all_files_change_and_nothing_is_left(project: Project) -> None:
    _apply(project)
    assert _held(project) == NEW
    assert {path.name for path in project.cache.iterdir()} == {".gitignore", "lock"}


# --- Killed ------------------------------------------------------------------------------------------------


def _killed_at(step: int, project: Project) -> bool:
    """Apply the change in a process that is killed at its `step`-th system call; False where it had fewer."""
    child = os.fork()
    if child == 0:
        count = 0

        def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                nonlocal count
                count += 1
                if count == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return call

        for name in ("mkdir", "link", "unlink", "rename", "replace", "rmdir", "fsync", "chmod", "utime"):
            setattr(os, name, deadly(getattr(os, name)))
        exchange._exchange = deadly(exchange._exchange)
        _apply(project)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_killed_at_every_step_the_next_run_completes_or_began_nothing(
    project: Project, tmp_path: Path, way: str
) -> None:
    steps = 0
    seen = set()
    shutil.copytree(project.root, tmp_path / "original")
    while _killed_at(steps := steps + 1, project):
        held = {name: content for name, content in _held(project).items() if not name.startswith(".")}
        assert held in (OLD, NEW) or way == "journal"
        with write.lock(project):
            pass
        assert _held(project) in (OLD, NEW)
        seen.add(_held(project) == NEW)
        assert not (project.out / journal.FOLDER).exists()
        _apply(project)
        assert _held(project) == NEW
        shutil.rmtree(project.root)
        shutil.copytree(tmp_path / "original", project.root)
    assert steps > 15
    assert seen == {True, False}
    assert _held(project) == NEW


def _failing(real: Callable[..., Any], at: int, error: int) -> Callable[..., Any]:
    """The function, which fails when it is called for the `at`-th time."""
    count = 0

    def call(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == at:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **options)

    return call


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("error", [28, 13])
@pytest.mark.parametrize("name", ["replace", "rename", "fsync", "link", "mkdir"])
def test_a_failing_step_leaves_all_as_it_was(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: int
) -> None:
    shutil.copytree(project.root, tmp_path / "original")
    for at in range(1, 9):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, _failing(getattr(os, name), at, error))
            said = ""
            try:
                _apply(project)
            except OutError as refused:
                said = str(refused)
        assert _held(project) == (OLD if said else NEW)
        assert "nothing was changed" in said or not said
        shutil.rmtree(project.root)
        shutil.copytree(tmp_path / "original", project.root)


def test_what_cannot_be_brought_back_is_told_and_completed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_exchange", lambda *_: False)
    real = Path.replace
    done = 0

    def dying(path: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done > 1:
            raise OSError(5, "Input/output error")
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dying)
        with pytest.raises(OutError) as raised:
            _apply(project)
    assert "some files are new, some are old" in str(raised.value)
    assert "nothing was changed" not in str(raised.value)
    with write.lock(project):
        pass
    assert _held(project) == NEW


def test_a_planted_journal_leads_nowhere_else(project: Project, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("safe")
    (project.out / "link").symlink_to(tmp_path)
    for name in ("../../victim", str(tmp_path / "victim"), "link/victim"):
        planted = project.out / journal.FOLDER
        (planted / "new").mkdir(parents=True)
        (planted / "new" / "0").write_text("planted")
        (planted / "steps.json").write_text(f'[["{name}", true]]')
        with pytest.raises(OutError, match="is a journal of another folder"):
            _apply(project)
        shutil.rmtree(planted)
    assert (tmp_path / "victim").read_text() == "safe"


# --- Odd places --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("way")
def test_a_link_stays_and_its_target_is_written(project: Project, tmp_path: Path) -> None:
    project.out.rename(tmp_path / "elsewhere")
    project.out.symlink_to(tmp_path / "elsewhere")
    _apply(project)
    assert project.out.is_symlink()
    assert _held(project) == NEW
    (tmp_path / "elsewhere").rename(tmp_path / "moved")
    _apply(project, {"a.yaml": b"made"})
    assert (tmp_path / "elsewhere" / "a.yaml").read_bytes() == b"made"


def test_a_link_to_itself_is_refused(project: Project) -> None:
    shutil.rmtree(project.out)
    project.out.symlink_to(project.out)
    with pytest.raises(OutError, match="Too many levels of symbolic links"):
        _apply(project)


def test_another_file_system_than_the_cache(project: Project) -> None:
    shared = Path("/dev/shm")  # noqa: S108
    if not shared.is_dir() or shared.stat().st_dev == project.root.stat().st_dev:
        pytest.skip("there is no second file system here")
    elsewhere = shared / f"cfngen-{os.getpid()}"
    elsewhere.mkdir()
    try:
        project.cache.symlink_to(elsewhere)
        _apply(project)
        assert _held(project) == NEW
    finally:
        shutil.rmtree(elsewhere)


@pytest.fixture
def mounts() -> Iterator[list[Path]]:
    mounted: list[Path] = []
    yield mounted
    for path in mounted:
        subprocess.run(["umount", str(path)], check=True)


def _mount(mounts: list[Path], *arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {done.stderr}")
    mounts.append(Path(arguments[-1]))


@ROOT_ONLY
@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_a_volume_below_is_refused_and_kept(project: Project, mounts: list[Path], kind: str) -> None:
    volume = project.out / "my notes"
    volume.mkdir()
    source = project.root / "source"
    source.mkdir()
    arguments = ["-t", "tmpfs", "tmpfs"] if kind == "tmpfs" else ["--bind", str(source)]
    _mount(mounts, *arguments, str(volume))
    (volume / "mine").write_text("mine")
    with pytest.raises(OutError, match="out/my notes: a volume is mounted below out/"):
        _apply(project)
    assert _held(project) == {**OLD, "my notes/mine": b"mine"}


@ROOT_ONLY
@pytest.mark.parametrize("kind", ["tmpfs", "bind"])
def test_out_is_a_volume_itself(project: Project, mounts: list[Path], kind: str) -> None:
    source = project.root / "source"
    project.out.rename(source)
    project.out.mkdir()
    arguments = ["-t", "tmpfs", "tmpfs"] if kind == "tmpfs" else ["--bind", str(source)]
    _mount(mounts, *arguments, str(project.out))
    if kind == "tmpfs":
        shutil.copytree(source, project.out, dirs_exist_ok=True)
    _apply(project)
    assert _held(project) == NEW


@ROOT_ONLY
def test_a_full_volume_leaves_all_as_it_was(project: Project, mounts: list[Path]) -> None:
    source = project.root / "source"
    project.out.rename(source)
    project.out.mkdir()
    _mount(mounts, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(project.out))
    shutil.copytree(source, project.out, dirs_exist_ok=True)
    with pytest.raises(OutError, match="No space left on device") as raised:
        _apply(project, {**CHANGE, "b.yaml": b"x" * 100_000})
    assert "free some space" in str(raised.value)
    assert _held(project) == OLD


def test_somebody_elses_shell_is_not_left_behind(project: Project) -> None:
    inode = project.out.stat().st_ino
    command = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(
        command, cwd=project.out, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        _apply(project)
        shell.communicate("\n")
    assert _held(project) == NEW
    assert project.out.stat().st_ino == inode


# --- Odd files ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("way")
def test_mode_owner_and_group_are_kept(project: Project) -> None:
    path = project.out / "a.yaml"
    path.chmod(0o640)
    project.out.chmod(0o770)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)
        os.chown(project.out, 1234, 2345)
    before = path.stat(), project.out.stat()
    _apply(project)
    for old, new in zip(before, (path.stat(), project.out.stat()), strict=True):
        assert (old.st_mode, old.st_uid, old.st_gid) == (new.st_mode, new.st_uid, new.st_gid)


@ROOT_ONLY
def test_a_foreign_file_that_cannot_be_read_stays(project: Project) -> None:
    os.chown(project.root, 1234, 1234)
    for path in project.root.rglob("*"):
        os.chown(path, 1234, 1234)
    foreign = project.out / "foreign"
    foreign.write_text("root's")
    foreign.chmod(0o600)
    closed = project.out / "closed"
    closed.mkdir(mode=0o700)
    (closed / "inside").write_text("root's")
    for folder in project.root.parents:
        if folder.stat().st_uid == 0 and folder != Path("/tmp") and folder != Path("/"):  # noqa: S108
            folder.chmod(0o755)
    child = os.fork()
    if child == 0:
        os.setgid(1234)
        os.setuid(1234)
        try:
            _apply(project)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert _held(project) == {**NEW, "foreign": b"root's", "closed/inside": b"root's"}
    assert (foreign.stat().st_uid, foreign.stat().st_mode & 0o777) == (0, 0o600)


def test_a_pipe_in_the_place_of_a_stamp_or_a_template_is_not_waited_for(tmp_path: Path) -> None:
    small: SmallProject = make(tmp_path / "project", news=TOPIC)
    (small.root / ".cfngen").mkdir()
    for name in ("fresh", "fresh.new"):
        os.mkfifo(small.root / ".cfngen" / name)
    assert small.generate().returncode == 0
    (small.root / "out" / "news.yaml").unlink()
    os.mkfifo(small.root / "out" / "news.yaml")
    done = small.generate()
    assert done.returncode == 1
    assert "out/news.yaml: cannot be read: Not a regular file" in done.stderr
