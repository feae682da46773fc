"""A PostgreSQL server of the tests' own on 127.0.0.1, with PostGIS, out of the distribution's packages; gone with them."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "postgres"
"""Of Debian's package: the server refuses to run as the administrator."""


@dataclass(frozen=True)
class Server:
    """Where it listens, and who may enter: `user` has a password and no more rights than to make schemas."""

    port: int
    user: str
    password: str
    admin_password: str
    programs: Path

    def uri(self, database: str, authentication: str) -> str:
        return f"dbname='{database}' host=127.0.0.1 port={self.port} {authentication} sslmode=disable"

    def sql(self, database: str, statement: str) -> str:
        """What psql answers to the administrator, columns set apart by bars."""
        command = [self.programs / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "admin", "-d", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(command, env={**os.environ, "PGPASSWORD": self.admin_password}, check=True, capture_output=True, encoding="utf-8").stdout.strip()

    def make_database(self, name: str, postgis: bool = True, public: bool = True) -> None:
        """An empty database that `user` may make schemas in, and tables in ``public`` unless not."""
        self.sql("postgres", f"CREATE DATABASE {name}")
        if public:
            self.sql(name, f"GRANT CREATE ON SCHEMA public TO {self.user}")
        self.sql(name, f"GRANT CREATE ON DATABASE {name} TO {self.user}" + ("; CREATE EXTENSION postgis" if postgis else ""))


def programs() -> Path:
    """The newest server of the packages."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run 'make setup'")
    return found[-1]


@contextmanager
def postgres() -> Iterator[Server]:
    """Start a cluster in a folder of its own; stop it and remove the folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="joptimiz-pg-", dir="/tmp"))
    as_account = ["runuser", "-u", ACCOUNT, "--"] if os.getuid() == 0 else []
    if as_account:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)
    place, server = programs(), Server(_free_port(), "agent", secrets.token_hex(8), secrets.token_hex(8), programs())
    secret = folder / "secret"
    secret.write_text(server.admin_password)
    secret.chmod(0o644)

    def run(*command: object) -> None:
        done = subprocess.run([*as_account, *map(str, command)], cwd=folder, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")

    run(place / "initdb", "-D", folder / "data", "-U", "admin", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -p {server.port} -c unix_socket_directories={folder} -c fsync=off"
    run(place / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start")
    try:
        server.sql("postgres", f"CREATE ROLE {server.user} LOGIN PASSWORD '{server.password}'")
        yield server
    finally:
        run(place / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
