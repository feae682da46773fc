"""Whether a folder lies on another machine: SQLite's locks, on which a GeoPackage relies, do not hold there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MOUNTS = Path("/proc/mounts")
_REMOTE = frozenset(
    ("9p", "afs", "afpfs", "ceph", "cifs", "davfs", "fuse.davfs", "fuse.rclone", "fuse.sshfs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb3", "smbfs")
)
_DRIVE_REMOTE = 4  # Windows: GetDriveType


def is_on_network(path: Path | str, mounts: Path = MOUNTS) -> bool:
    r"""Whether `path` is on a network drive: ``\\server\share``, a drive letter mapped to one, or a mounted file system of another machine.

    Parameters
    ----------
    path : path
        Need not exist.
    mounts : path
        Where the system lists what is mounted (Linux).
    """
    text = str(path)
    if text.startswith(("\\\\", "//")) and not text.startswith(("\\\\?\\", "\\\\.\\")):
        return True
    if sys.platform == "win32":
        return _is_remote_drive(Path(path))
    return _mounted_from_elsewhere(os.path.realpath(path), mounts)


def _is_remote_drive(path: Path) -> bool:
    import ctypes

    drive = path.absolute().anchor
    return int(ctypes.windll.kernel32.GetDriveTypeW(drive)) == _DRIVE_REMOTE  # type: ignore[attr-defined,unused-ignore]


def _mounted_from_elsewhere(path: str, mounts: Path) -> bool:
    """By the innermost mount that holds `path`."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ").rstrip("/")
        if (path == point or path.startswith(f"{point}/")) and len(point) >= len(best):
            best, kind = point, parts[2]
    return kind in _REMOTE
