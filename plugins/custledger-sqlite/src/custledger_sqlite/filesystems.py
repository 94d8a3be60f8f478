"""What kind of place a file lies in: whether it may be written, and whether other computers share it."""

import os
import sys
from pathlib import Path

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "smb2",
        "afs",
        "ncpfs",
        "ceph",
        "lustre",
        "gfs2",
        "ocfs2",
        "beegfs",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.ceph-fuse",
        "fuse.rclone",
        "fuse.s3fs",
        "davfs",
        "fuse.davfs2",
        "9p",
    }
)
_MOUNTS = Path("/proc/self/mounts")


def is_writable(path: Path) -> bool:
    """Return whether this process may write the file or folder."""
    return os.access(path, os.W_OK)


def network_file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """Return the kind of network file system that ``folder`` lies on, or ``""`` where it is none that can be told."""
    if sys.platform == "win32":
        return "share" if str(folder.resolve()).startswith("\\\\") else ""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place = folder.resolve()
    found, kind = Path("/"), ""
    for line in lines:
        _, point, mounted, *_ = line.split(" ")
        # The kernel writes a space in a name as \040, and so on.
        at = Path(point.encode("latin-1", "surrogateescape").decode("unicode_escape") if "\\" in point else point)
        if place.is_relative_to(at) and len(at.parts) >= len(found.parts):
            found, kind = at, mounted
    return kind if kind in _NETWORK else ""
