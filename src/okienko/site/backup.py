"""One file with everything: the database as pg_dump's archive, the documents, and a manifest with checksums.

The file is a zip, so that any machine can look into it. A restore checks all before it touches anything.
The database comes back in one transaction, and the documents are swapped around it: a failure at any point
leaves what was there. The dump is made before the documents are copied, because a document is stored before
the row that names it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from okienko.site.postgres import binary
from okienko.site.prepare import apply_migrations
from okienko.site.told import TellError

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
DOCUMENTS = "documents/"
PIECE = 1024 * 1024


class BackupError(TellError):
    pass


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    migrations: list[str]
    checksums: dict[str, str]

    def text(self) -> str:
        content = {"format": FORMAT, "made_at": self.made_at, "version": self.version}
        return json.dumps(content | {"migrations": self.migrations, "sha256": self.checksums}, indent=1)

    @classmethod
    def read(cls, archive: zipfile.ZipFile) -> Manifest:
        try:
            content = json.loads(archive.read(MANIFEST))
            if content["format"] != FORMAT:
                raise BackupError(f"The backup has format {content['format']}; this version reads {FORMAT}.")
            return cls(content["made_at"], content["version"], content["migrations"], dict(content["sha256"]))
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as problem:
            raise BackupError(
                "The file is no backup of Okienko, or its list of contents is damaged."
            ) from problem


# --- Writing ------------------------------------------------------------------------------------------------


def back_up(target: Path) -> str:
    """Work goes on meanwhile: the dump is of one moment, and documents never change once stored."""
    target = target.absolute()
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            count = _write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as problem:
        raise BackupError(
            f"The backup could not be written: {problem.strerror}: {problem.filename}"
        ) from problem
    finally:
        part.unlink(missing_ok=True)
    return f"{target}: the database and {count} documents, {target.stat().st_size:,} bytes".replace(",", " ")


def _write(file: IO[bytes]) -> int:
    checksums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        migrations = _applied_migrations()
        with tempfile.NamedTemporaryFile() as dump:
            _postgres("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump.name}")
            with Path(dump.name).open("rb") as written:
                checksums[DATABASE] = _add(archive, DATABASE, written)
        documents = _documents()
        for path in sorted(path for path in documents.rglob("*") if path.is_file()):
            name = DOCUMENTS + path.relative_to(documents).as_posix()
            # Retention may remove a document between the dump and now: then its row is about to go as well.
            with suppress(FileNotFoundError), path.open("rb") as document:
                checksums[name] = _add(archive, name, document)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made_at, version("okienko"), migrations, checksums)
        archive.writestr(MANIFEST, manifest.text())
    return len(checksums) - 1


def _add(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> str:
    checksum = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        while piece := source.read(PIECE):
            checksum.update(piece)
            member.write(piece)
    return checksum.hexdigest()


# --- Reading ------------------------------------------------------------------------------------------------


def restore(source: Path, *, replace: bool) -> str:
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as problem:
        raise BackupError(f"{source} cannot be read as a backup: {problem}") from problem
    with archive, _nobody_else_at_work():
        manifest = Manifest.read(archive)
        _verify(archive, manifest)
        _demand_known(manifest)
        if not replace and not _is_empty():
            raise BackupError("There are data here already; --replace puts the backup in their place.")
        _bring_back(archive, manifest)
    apply_migrations()  # a backup of an older version is brought in step
    count = len(manifest.checksums) - 1
    return f"Restored the backup of {manifest.made_at}: the database and {count} documents."


@contextmanager
def _nobody_else_at_work() -> Iterator[None]:
    """Clerks must not go on working on what is about to be replaced."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with (settings.DATA / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise BackupError("Okienko runs on these data; stop it before a restore.") from problem
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
        if others:
            raise BackupError(f"{others} other connections use the database; stop what holds them first.")
        yield


def _verify(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if sorted(names) != sorted([MANIFEST, *manifest.checksums]):
        raise BackupError("The backup is damaged: its contents and its list of contents differ.")
    for name, expected in manifest.checksums.items():
        path = PurePosixPath(name)
        plain = path.as_posix() == name and ".." not in path.parts and "\\" not in name
        if name != DATABASE and not (plain and name.startswith(DOCUMENTS)):
            raise BackupError(f"The backup holds a file that does not belong there: {name}.")
        checksum = hashlib.sha256()
        try:
            with archive.open(name) as member:
                while piece := member.read(PIECE):
                    checksum.update(piece)
        except (zipfile.BadZipFile, OSError, EOFError) as problem:
            raise BackupError(f"The backup is damaged at {name}.") from problem
        if checksum.hexdigest() != expected:
            raise BackupError(f"The backup is damaged at {name}: its checksum is another one.")


def _demand_known(manifest: Manifest) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"The backup was made by a newer version ({manifest.version}); "
            f"this one does not know {unknown[0]}."
        )


def _is_empty() -> bool:
    return not connection.introspection.table_names() and not any(_documents().rglob("*"))


def _bring_back(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    documents = _documents()
    fresh = documents.with_name(f"{documents.name}.restoring")
    old = documents.with_name(f"{documents.name}.replaced")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    try:
        for name in manifest.checksums:
            if name.startswith(DOCUMENTS):
                _extract(archive, name, fresh / name.removeprefix(DOCUMENTS))
        documents.mkdir(parents=True, exist_ok=True)
        documents.rename(old)
        try:
            fresh.rename(documents)
            _restore_database(archive)
        except BaseException:
            shutil.rmtree(documents, ignore_errors=True)
            old.rename(documents)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(old)


def _extract(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as member, target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(member, file, PIECE)
        file.flush()
        os.fsync(file.fileno())


def _restore_database(archive: zipfile.ZipFile) -> None:
    """Emptying and filling are one transaction, so the archive is turned into a script for psql first."""
    connection.close()
    with (
        tempfile.NamedTemporaryFile(suffix=".dump") as dump,
        tempfile.NamedTemporaryFile(suffix=".sql") as script,
    ):
        with archive.open(DATABASE) as member:
            shutil.copyfileobj(member, dump, PIECE)
        dump.flush()
        script.write(EMPTY_DATABASE)
        script.flush()
        _run(["pg_restore", "--no-owner", "--no-privileges", "--file=-", dump.name], output=script)
        script.flush()
        _postgres(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--file={script.name}",
        )


# Everything of ours, but not the schema: it belongs to whoever made the database, with rights that we keep.
EMPTY_DATABASE = b"""
SET client_min_messages = warning;
DO $$
DECLARE command text;
BEGIN
  FOREACH command IN ARRAY ARRAY(
    SELECT format('DROP %s IF EXISTS %s CASCADE',
                  CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
                  oid::regclass)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm'))
  LOOP EXECUTE command; END LOOP;
  FOREACH command IN ARRAY ARRAY(
    SELECT format('DROP SEQUENCE IF EXISTS %s CASCADE', oid::regclass)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S')
  LOOP EXECUTE command; END LOOP;
  FOREACH command IN ARRAY ARRAY(
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc routine
     WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = routine.oid AND deptype = 'e'))
  LOOP EXECUTE command; END LOOP;
  FOREACH command IN ARRAY ARRAY(
    SELECT format('DROP TYPE IF EXISTS %s CASCADE', oid::regtype) FROM pg_type kind
     WHERE typnamespace = 'public'::regnamespace
       AND (typtype IN ('e', 'd', 'r') OR typrelid IN (SELECT oid FROM pg_class WHERE relkind = 'c'))
       AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = kind.oid AND deptype = 'e'))
  LOOP EXECUTE command; END LOOP;
END $$;
"""


# --- Both ---------------------------------------------------------------------------------------------------


def _documents() -> Path:
    return Path(default_storage.path(""))


def _applied_migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _postgres(program: str, *arguments: str) -> None:
    """A program that connects to the database of the settings; the password stays out of the process list."""
    database: dict[str, Any] = dict(connection.settings_dict)
    variables = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {variable: str(database[key]) for variable, key in variables.items() if database[key]}
    for name, value in database["OPTIONS"].items():
        if name.startswith("ssl"):
            environment[f"PG{name.upper()}"] = str(value)
    _run([program, *arguments, f"--dbname={database['NAME']}"], environment=environment)


def _run(
    command: list[str], *, output: IO[bytes] | None = None, environment: dict[str, str] | None = None
) -> None:
    program, *arguments = command
    done = subprocess.run(  # noqa: S603
        [binary(program), *arguments],
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=output if output is not None else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.decode(errors='replace').strip()}")
