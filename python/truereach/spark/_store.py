"""Files that the driver and its workers share, and their copies on workers' own disks.

A store is a folder at any address that pyarrow knows: a path, file://, s3://, gs://, hdfs://. What stands in it is named by
what it holds, written under another name and moved into place, and never changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import uuid
from dataclasses import dataclass, field
from typing import Any

from .. import _truereach
from .._truereach import EngineError

#: Files of this machine whose checksum was seen to fit.
_verified: set[tuple[str, int, int, int]] = set()

#: The form of manifests.
FORMAT = 1


@dataclass(frozen=True)
class Store:
    """A folder at an address."""

    address: str

    def _place(self, name: str) -> tuple[Any, str]:
        from pyarrow import fs

        try:
            if "://" in self.address or self.address.startswith("file:"):
                system, root = fs.FileSystem.from_uri(self.address)
            else:
                system, root = fs.LocalFileSystem(), os.path.abspath(self.address)
        except (OSError, ValueError) as error:
            raise EngineError(f"store: cannot open {self.address!r}: {error}\n  hint: a folder that the driver and every worker see") from None
        return system, f"{root.rstrip('/')}/{name}"

    def inner(self, name: str) -> Store:
        """A folder in it."""
        return Store(f"{self.address.rstrip('/')}/{name}")

    def write(self, name: str, data: bytes) -> None:
        """Writes a file whole or not at all. Who writes second writes the same."""
        system, path = self._place(name)
        working = f"{path}.{uuid.uuid4().hex}.part"
        try:
            system.create_dir(os.path.dirname(path), recursive=True)
            with system.open_output_stream(working) as out:
                out.write(data)
            system.move(working, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                system.delete_file(working)
            raise EngineError(f"store: cannot write {path}: {error}\n  hint: a folder that the driver and every worker can write to") from None

    def read(self, name: str) -> bytes:
        """All bytes of a file."""
        system, path = self._place(name)
        try:
            with system.open_input_stream(path) as file:
                return bytes(file.read())
        except FileNotFoundError:
            raise EngineError(f"{path} is missing on {socket.gethostname()}\n  hint: was it removed, or is the store no folder that every worker sees?") from None
        except OSError as error:
            raise EngineError(f"cannot read {path} on {socket.gethostname()}: {error}") from None

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        from pyarrow import fs

        system, path = self._place(name)
        return bool(system.get_file_info(path).type == fs.FileType.File)

    def listed(self) -> list[str]:
        """The files in it."""
        from pyarrow import fs

        system, path = self._place("")
        found = system.get_file_info(fs.FileSelector(path.rstrip("/"), allow_not_found=True))
        return [str(one.base_name) for one in found if one.type == fs.FileType.File]

    def remove(self) -> None:
        """Removes it with all that is in it."""
        system, path = self._place("")
        with contextlib.suppress(OSError):
            system.delete_dir(path)

    @property
    def spark(self) -> str:
        """The address as Spark has it: it takes a bare path for one of its own file system, and Amazon's store by another name."""
        if "://" not in self.address and not self.address.startswith("file:"):
            return f"file://{os.path.abspath(self.address)}"
        return self.address.replace("s3://", "s3a://", 1) if self.address.startswith("s3://") else self.address

    def forget(self, name: str) -> None:
        """Removes a file, if it is there."""
        system, path = self._place(name)
        with contextlib.suppress(OSError):
            system.delete_file(path)

    def local(self, name: str) -> str | None:
        """The path of a file, if the store is a folder of this machine."""
        if "://" in self.address and not self.address.startswith("file:"):
            return None
        return str(self._place(name)[1])

    def fetch(self, name: str, folder: str, checksum: int) -> str:
        """The path of a copy on this machine's own disk, whose checksum fits.

        A store in this machine's own files is read in place.
        """
        there = self.local(name)
        if there is not None and os.path.exists(there):
            about = os.stat(there)
            known = (there, about.st_mtime_ns, about.st_size, checksum)
            if known not in _verified:
                self._check(name, _truereach.file_digest(there), checksum)
                _verified.add(known)
            return there
        path = os.path.join(folder, f"{checksum:016x}-{os.path.basename(name)}")
        if os.path.exists(path):
            return path
        data = self.read(name)
        self._check(name, _truereach.digest(data), checksum)
        local_write(path, data)
        return path

    def _check(self, name: str, found: int, checksum: int) -> None:
        if found != checksum:
            raise EngineError(
                f"{self.address}/{name} does not match its checksum\n"
                "  hint: it was damaged after it was written: remove its folder, and the network is cut again"
            )


def local_write(path: str, data: bytes) -> None:
    """Writes a file on a worker's own disk."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError as error:
        with contextlib.suppress(OSError, UnboundLocalError):
            os.unlink(file.name)
        raise EngineError(
            f"no local disk: cannot write {path} on {socket.gethostname()}: {error.strerror or error}\n"
            "  hint: local_dir names a folder that every worker can write to, on a disk of its own"
        ) from None


@dataclass(frozen=True)
class Manifest:
    """What a network that is cut is made of."""

    accounts: int
    follows: int
    weighted: bool
    bounds: list[int]
    digest: int
    #: Of each shard: bytes and checksum.
    shards: list[tuple[int, int]]
    #: Of each file of names, bytes and checksum; none where accounts are called by their numbers here.
    names: list[tuple[int, int]] = field(default_factory=list)

    def text(self) -> bytes:
        """As it is written."""
        names = [
            {"file": names_name(at), "bytes": size, "checksum": f"{checksum:016x}"}
            for at, (size, checksum) in enumerate(self.names)
        ]
        shards = [
            {"file": shard_name(at), "bytes": size, "checksum": f"{checksum:016x}"}
            for at, (size, checksum) in enumerate(self.shards)
        ]
        made = {
            "format": FORMAT, "version": _truereach.__version__, "accounts": self.accounts, "follows": self.follows,
            "weighted": self.weighted, "bounds": self.bounds, "digest": f"{self.digest:016x}", "shards": shards, "names": names,
        }
        return (json.dumps(made, indent=1) + "\n").encode()

    @staticmethod
    def of(store: Store) -> Manifest:
        """The manifest of a network in a store."""
        text = store.read("manifest.json")
        try:
            made = json.loads(text)
            if made["format"] != FORMAT:
                raise EngineError(f"{store.address}: written in format {made['format']}, this truereach reads {FORMAT}")
            shards, names = (
                [(int(file["bytes"]), int(file["checksum"], 16)) for file in made.get(kind, [])] for kind in ("shards", "names")
            )
            found = Manifest(
                int(made["accounts"]), int(made["follows"]), bool(made["weighted"]), [int(one) for one in made["bounds"]],
                int(made["digest"], 16), shards, names,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EngineError(f"{store.address}/manifest.json is no manifest: {error}") from None
        if len(found.shards) + 1 != len(found.bounds):
            raise EngineError(f"{store.address}/manifest.json is no manifest: {len(found.shards)} shards, {len(found.bounds)} bounds")
        return found


def shard_name(index: int) -> str:
    """The file of a shard."""
    return f"shard-{index:05d}.trs"


def names_name(index: int) -> str:
    """The file of the names of a shard's accounts."""
    return f"names-{index:05d}.parquet"
