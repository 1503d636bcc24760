"""Files put into place one by one: whoever is killed in between leaves a journal that the next run completes.

    out/.cfngen-journal/new/<n>      what the n-th file will be
    out/.cfngen-journal/old/<n>      what it was
    out/.cfngen-journal/steps.json   [[name, whether there is a new one], ...]: once all is written

The journal stands in out/ itself: nothing else is sure to be on the same volume. Every run looks for one, and
only where there is one, or one is written, shutil is imported: it imports four compression libraries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from cfngen.generate import staged

FOLDER = ".cfngen-journal"
_STEPS = "steps.json"

Steps = list[tuple[str, bool]]


class HalfDoneError(Exception):
    """Some files are new and some are old; the journal is kept."""


def write(out: Path, files: Mapping[str, bytes | None]) -> None:
    """Write the files, None for one that goes; the manifest last.

    Raises:
        OSError: something cannot be written; nothing was changed, or all is as it was.
        HalfDoneError: and it cannot be brought back either.
    """
    import shutil

    journal = out / FOLDER
    names = sorted(files, key=lambda name: (name == "manifest.json", name))
    steps = [(name, files[name] is not None) for name in names]
    try:
        shutil.rmtree(journal, ignore_errors=True)
        for folder in ("new", "old"):
            (journal / folder).mkdir(parents=True)
        for number, name in enumerate(names):
            if (content := files[name]) is not None:
                staged.write(journal / "new" / str(number), content, out / name)
            if (out / name).exists():
                shutil.copy2(out / name, journal / "old" / str(number))
        draft = journal / f"{_STEPS}.new"
        staged.write(draft, json.dumps(steps).encode(), draft)
        draft.rename(journal / _STEPS)
    except OSError:
        shutil.rmtree(journal, ignore_errors=True)
        raise
    try:
        _put(out, steps)
    except OSError as error:
        _bring_back(out, steps, error)
        _forget(journal)
        raise
    _forget(journal)


def complete(out: Path) -> None:
    """Finish what a run left half done; what it had only begun to write is removed.

    Raises:
        OSError: it cannot be finished, or is not a journal.
    """
    journal = out / FOLDER
    if not journal.is_dir():
        return
    if (journal / _STEPS).is_file():
        _put(out, _read(journal / _STEPS))
    _forget(journal)


def _put(out: Path, steps: Steps) -> None:
    """Each step may have been done already."""
    for number, (name, stays) in enumerate(steps):
        new = out / FOLDER / "new" / str(number)
        if not stays:
            (out / name).unlink(missing_ok=True)
        elif new.exists():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            new.replace(out / name)


def _bring_back(out: Path, steps: Steps, cause: OSError) -> None:
    try:
        for number, (name, _) in enumerate(steps):
            old = out / FOLDER / "old" / str(number)
            if old.exists():
                old.replace(out / name)
            else:
                (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise HalfDoneError(cause.strerror) from error


def _read(path: Path) -> Steps:
    """The steps; a journal that somebody else put there must not lead out of the folder."""
    try:
        steps = [(str(name), bool(stays)) for name, stays in json.loads(path.read_bytes())]
    except (ValueError, TypeError) as error:
        raise OSError(None, f"{path.name} is not a journal") from error
    for name, _ in steps:
        parts = PurePosixPath(name).parts
        inside = (path.parent.parent / name).parent.resolve().is_relative_to(path.parent.parent)
        if not parts or ".." in parts or parts[0] == FOLDER or not inside:
            raise OSError(None, f"{path.name} is a journal of another folder")
    return steps


def _forget(journal: Path) -> None:
    import shutil

    (journal / _STEPS).unlink(missing_ok=True)
    shutil.rmtree(journal, ignore_errors=True)
    if journal.exists():
        journal.rmdir()  # raises what was ignored
