"""What the files in a zip from a stranger may be called and be, before any of them is written."""

from __future__ import annotations

import ntpath
import stat
import unicodedata
import zipfile
from collections.abc import Sequence

MAX_NAME = 1024
_NO_LETTERS = frozenset({"Cc", "Cs", "Zl", "Zp"})  # ends of lines, commands to a terminal
_PORTS = tuple("123456789\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}")
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}).union(
    f"{kind}{port}" for kind in ("COM", "LPT") for port in _PORTS
)


class RefusedMemberError(ValueError):
    """A zip must not be unpacked; the message is which file of it and why, without a full stop."""


def checked_files(members: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files among the members of a zip, if all of them may be written below one folder.

    Parameters
    ----------
    members : sequence of ZipInfo
        Files and folders, as they are listed.

    Raises
    ------
    RefusedMemberError
        If one would lie outside, is a link or a device, has a name that some system can't
        keep or keeps for a device, or the name of another.
    """
    files = []
    names: set[tuple[str, ...]] = set()
    for info in members:
        reason = _why_not(info)
        if not reason and not is_folder(info):
            files.append(info)
            key = _key(info.filename)
            reason = "is in it twice, two files of one name" if key in names else ""
            names.add(key)
        if reason:
            raise RefusedMemberError(f"{info.filename!r:.80} {reason}")
    return files


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip is a folder: its name ends so."""
    return info.filename.endswith(("/", "\\"))


def parts_of(name: str) -> list[str]:
    """The folders and the file in a path, split as Windows does: some programs there write so."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]


def is_outside(name: str) -> bool:
    """Whether a path leads out of the folder that it is told from, on any system, or names none.

    Parameters
    ----------
    name : str
        From a zip or a table, with either kind of slash.

    Source
    ------
    Microsoft, Naming Files, Paths, and Namespaces: a name that ends in spaces loses them.
    """
    parts = parts_of(name)
    climbs = any(part.replace(" ", "") == ".." for part in parts)
    is_rooted = name.startswith(("/", "\\")) or bool(ntpath.splitdrive(name)[0])
    return climbs or is_rooted or not parts or "\0" in name


def _why_not(info: zipfile.ZipInfo) -> str:
    """Why a member of a zip must not be unpacked; '' if it may be."""
    name = f"{info.filename}file" if is_folder(info) else info.filename
    usual = stat.S_IFDIR if is_folder(info) else stat.S_IFREG
    if is_outside(name) or ":" in name:  # "file:stream" is beside a file, where no list shows it
        return "would be written outside its folder"
    if "\0" in info.orig_filename or len(name) > MAX_NAME or not all(map(_is_name, parts_of(name))):
        return "has a name that no file can have on every system"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, usual):
        return "is a link or a device, not a file"
    return ""


def _is_name(part: str) -> bool:
    """Whether a folder or file can be called so on every system."""
    is_written = not any(unicodedata.category(letter) in _NO_LETTERS for letter in part)
    is_device = part.partition(".")[0].strip().upper() in _DEVICES
    return is_written and not is_device and bool(part.strip(" ."))


def _key(name: str) -> tuple[str, ...]:
    """The same for names that some system takes for one."""
    return tuple(
        unicodedata.normalize("NFC", part.rstrip(" .") or part).casefold()
        for part in parts_of(name)
    )
