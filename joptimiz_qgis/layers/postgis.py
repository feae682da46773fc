"""A workspace in a schema of a PostGIS database, through the connections that the user has made in QGIS.

Who connects and how is the connection's business: authentication configurations stay where they are, and a password that a connection
holds in the open is not written into projects (QGIS asks for it, or remembers it for the session).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCredentials,
    QgsDataSourceUri,
    QgsFeature,
    QgsFeatureSink,
    QgsProviderConnectionException,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..toolkit.errors import WorkspaceError
from ..toolkit.geopackage import quoted, statement
from ..toolkit.messages import Message
from ..toolkit.progress import Progress
from ..toolkit.workspace import (
    IMPORTS_TABLE,
    ROADS,
    SCHEMA_VERSION,
    TABLES,
    VERSION_TABLE,
    Import,
    Workspace,
    layer_of,
    refuse_version,
)

if TYPE_CHECKING:
    from qgis.core import QgsAbstractDatabaseProviderConnection

    from ..toolkit.geopackage import Layer

KEY, GEOMETRY = "fid", "geom"
_TYPES = {"boolean": "boolean", "number": "double precision", "integer": "bigint"}
_IMPORT_COLUMNS = ("table_name", "source", "mapping", "rows_read", "imported", "rejected", "licence", "imported_at")
_IMPORT_FIELDS = ("table", *_IMPORT_COLUMNS[1:])
_AT_ONCE = 1_000


@dataclass(frozen=True)
class PostgisHome:
    """Where a workspace lives in a database.

    Attributes
    ----------
    connection : str
        Name of one of QGIS's PostgreSQL connections.
    schema : str
        Of the database; made where it does not exist.
    """

    connection: str
    schema: str

    def source(self, name: str) -> str:
        """Data source of table `name` for a layer, without a password."""
        uri = QgsDataSourceUri(self._connected().uri())
        password = uri.password()
        layer = layer_of(name)
        uri.setPassword("")
        if password and not uri.authConfigId():  # for this session only
            QgsCredentials.instance().put(uri.connectionInfo(False), uri.username(), password)
        uri.setDataSource(self.schema, name, GEOMETRY if layer.geometry else None, "", KEY)
        if layer.geometry:
            uri.setSrid("4326")
            uri.setWkbType(QgsWkbTypes.parseType(layer.geometry))
        return str(uri.uri(False))

    # -- making ---------------------------------------------------------------------------------------------------

    def create(self, filled: Path, progress: Progress | None = None) -> None:
        """Make the tables and copy the rows of the workspace in file `filled` into them; all of it, or nothing stays.

        Raises
        ------
        WorkspaceError
            The database cannot be reached, PostGIS is missing, the right to create is missing, or tables of these names are there.
        """
        progress = progress or Progress()
        there = sorted(self._present() & {*TABLES, VERSION_TABLE})
        if there:
            raise WorkspaceError(
                "The schema “{schema}” holds the tables {tables} already and was left as it is. Open it, or choose another schema.",
                schema=self.schema,
                tables=", ".join(there),
            )
        self._require_postgis()
        new_schema = self.schema not in self._schemas()
        try:
            self._run([f"CREATE SCHEMA IF NOT EXISTS {quoted(self.schema)}", *self._own_tables()])
            for name in TABLES:
                self._run(self._table(layer_of(name)))
            for number, name in enumerate(TABLES):
                progress.step(number / len(TABLES))
                self._copy(filled, name, progress)
            self._copy_imports(filled)
            self._run([self._version(SCHEMA_VERSION)])  # last: without it, it is no workspace
        except BaseException:
            self._undo(new_schema)
            raise

    def _undo(self, whole: bool) -> None:
        tables = [f"DROP TABLE IF EXISTS {self._name(name)} CASCADE" for name in (*TABLES, VERSION_TABLE, IMPORTS_TABLE)]
        self._run([f"DROP SCHEMA IF EXISTS {quoted(self.schema)} CASCADE"] if whole else tables)

    def _table(self, layer: Layer) -> list[str]:
        """Statements that make a table."""
        shape = [f"{GEOMETRY} geometry({layer.geometry}, 4326)"] if layer.geometry else []
        columns = [f"{quoted(field.name)} {_TYPES.get(field.type, 'text')}" for field in layer.table.fields]
        made = [f"CREATE TABLE {self._name(layer.name)} ({KEY} bigserial PRIMARY KEY, {', '.join((*shape, *columns))})"]
        return [*made, *self._described(layer)]

    def _described(self, layer: Layer) -> list[str]:
        """Titles as comments, and the spatial index."""
        from ..toolkit.messages import language

        table = self._name(layer.name)
        said = [f"COMMENT ON TABLE {table} IS {text(layer.title[language()])}"]
        said += [f"COMMENT ON COLUMN {table}.{quoted(field.name)} IS {text(field.title)}" for field in layer.table.fields]
        index = f"CREATE INDEX IF NOT EXISTS {quoted(f'{layer.name}_{GEOMETRY}_idx')} ON {table} USING gist ({GEOMETRY})"
        return [*said, index] if layer.geometry else said

    def _own_tables(self) -> list[str]:
        imports = f"id bigserial PRIMARY KEY, {', '.join(f'{name} {_import_type(name)}' for name in _IMPORT_COLUMNS)}"
        return [
            f"CREATE TABLE IF NOT EXISTS {self._name(VERSION_TABLE)} (name text PRIMARY KEY, value text)",
            f"CREATE TABLE IF NOT EXISTS {self._name(IMPORTS_TABLE)} ({imports})",
        ]

    def _version(self, version: int) -> str:
        template = "INSERT INTO {table} VALUES ('schema_version', '{version}') ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        return statement(template, table=self._name(VERSION_TABLE), version=str(version))

    def _copy(self, filled: Path, name: str, progress: Progress) -> None:
        """Rows of one table, their keys included."""
        old = QgsVectorLayer(f"{filled.as_posix()}|layername={name}", name, "ogr")
        new = QgsVectorLayer(self.source(name), name, "postgres")
        if not old.isValid() or not new.isValid():
            raise WorkspaceError("The table “{table}” of the workspace cannot be opened: {cause}", table=name, cause=new.error().summary())
        places = [old.fields().indexOf(field) for field in new.fields().names()]
        for batch in _batches(old, new, places):
            progress.step(0)
            done, _ = new.dataProvider().addFeatures(batch, QgsFeatureSink.Flag.FastInsert)
            if not done:
                cause = " ".join(new.dataProvider().errors())
                raise WorkspaceError("The rows of “{table}” cannot be written into the database: {cause}", table=name, cause=cause)
        serial = f"pg_get_serial_sequence({text(self._name(name))}, '{KEY}')"
        template = "SELECT setval({serial}, coalesce(max({key}), 0) + 1, false) FROM {table}"
        self._run([statement(template, serial=serial, key=KEY, table=self._name(name))])

    def _copy_imports(self, filled: Path) -> None:
        from ..toolkit.workspace import check_workspace

        for each in check_workspace(filled).imports:
            values = ", ".join(text(value) if isinstance(value, str) else str(value) for value in vars(each).values())
            template = "INSERT INTO {table} ({columns}) VALUES ({values})"
            self._run([statement(template, table=self._name(IMPORTS_TABLE), columns=", ".join(_IMPORT_COLUMNS), values=values)])

    # -- opening --------------------------------------------------------------------------------------------------

    def open(self) -> Workspace:
        """Check the workspace and bring it up to date where it is older; a schema with a copy of its tables is made first.

        Raises
        ------
        WorkspaceError
            It cannot be reached, is no workspace, is newer, or lacks a table. Nothing was changed then.
        """
        version = self._checked_version()
        if version == SCHEMA_VERSION:
            return self._found(version, [])
        backup = self._migrate(version)
        note = Message("“{name}” was brought up to date; the tables as they were are kept in the schema “{backup}”.", name=self.schema, backup=backup)
        return self._found(self._checked_version(), [note])

    def _found(self, version: int, notes: list[Message]) -> Workspace:
        rows = {name: int(self._ask(f"SELECT {self._count(name)}")[0][0]) for name in TABLES}
        asked = statement("SELECT {columns} FROM {table} ORDER BY id", columns=", ".join(_IMPORT_COLUMNS), table=self._name(IMPORTS_TABLE))
        imports = [Import(**dict(zip(_IMPORT_FIELDS, row))) for row in self._ask(asked)]
        return Workspace(Path(f"{self.connection}.{self.schema}"), version, rows, imports, notes=notes)

    def _checked_version(self) -> int:
        present = self._present()
        if VERSION_TABLE in present:
            rows = self._ask(statement("SELECT value FROM {table} WHERE name = 'schema_version'", table=self._name(VERSION_TABLE)))
            version = int(rows[0][0]) if rows and str(rows[0][0]).isdigit() else -1
        else:
            version = 0 if self._imported(present) else -1
        if version < 0:
            raise WorkspaceError(
                "The schema “{schema}” is not a workspace: it has none of its tables ({tables}). Choose another one, or make a workspace in it.",
                schema=self.schema,
                tables=", ".join(TABLES),
            )
        refuse_version(version, self.schema)
        missing = [name for name in TABLES if name not in present] if version == SCHEMA_VERSION else []
        if missing:
            raise WorkspaceError(
                "“{name}” lacks the table {tables}: it is damaged, or another program removed it. Take a backup of it, or make a new workspace.",
                name=self.schema,
                tables=", ".join(missing),
            )
        return version

    def _imported(self, present: set[str]) -> list[str]:
        """Tables that have the fields that every import writes."""
        needed = {name: {field.name for field in layer_of(name).table.fields if field.required} | {"source_ligne"} for name in TABLES}
        return [name for name in TABLES if name in present and needed[name] <= set(self._columns(name))]

    # -- bringing up to date --------------------------------------------------------------------------------------

    def _migrate(self, version: int) -> str:
        """All steps from `version` in one transaction; the schema with the tables as they were."""
        backup, number = f"{self.schema}_avant_v{version + 1}", 1
        while backup in self._schemas():
            number += 1
            backup = f"{self.schema}_avant_v{version + 1}_{number}"
        there = self._imported(self._present())
        statements = ["SET LOCAL lock_timeout = '5s'", f"CREATE SCHEMA {quoted(backup)}"]
        statements += [f"CREATE TABLE {quoted(backup)}.{quoted(name)} AS TABLE {self._name(name)}" for name in there]
        statements += self._from_imports(there) if version == 0 else self._missing_tables()
        statements += [self._nothing_lost(backup, name, there) for name in there]
        self._run([*statements, self._version(SCHEMA_VERSION)])
        return backup

    def _missing_tables(self) -> list[str]:
        """1 → 2: the tables of goods-traffic orders."""
        present = self._present()
        return [line for name in TABLES if name not in present for line in self._table(layer_of(name))]

    def _from_imports(self, there: list[str]) -> list[str]:
        """0 → 1: imported tables get the workspace's fields, types and CRS; columns of the user's own stay."""
        made = self._own_tables()
        for name in TABLES:
            if name not in there:
                made += self._table(layer_of(name))
        for name in there:
            made += self._fitted(layer_of(name))
        return made

    def _fitted(self, layer: Layer) -> list[str]:
        table, columns = self._name(layer.name), self._columns(layer.name)
        made = []
        if KEY not in columns:
            made.append(f"ALTER TABLE {table} ADD COLUMN {KEY} bigserial {'UNIQUE' if self._has_key(layer.name) else 'PRIMARY KEY'}")
        made += [
            f"ALTER TABLE {table} ADD COLUMN {quoted(field.name)} {_TYPES.get(field.type, 'text')}"
            for field in layer.table.fields
            if field.name not in columns
        ]
        if layer.geometry:
            made += self._fitted_geometry(layer)
        return [*made, *self._described(layer)]

    def _fitted_geometry(self, layer: Layer) -> list[str]:
        """The geometry in EPSG:4326, of the layer's type; lines among the perimeters go to their own table."""
        table = self._name(layer.name)
        asked = "SELECT f_geometry_column FROM geometry_columns WHERE f_table_schema = {schema} AND f_table_name = {table}"
        found = self._ask(statement(asked, schema=text(self.schema), table=text(layer.name)))
        if not found:
            raise WorkspaceError("The table “{table}” has no geometry. Rename it, then try again.", table=layer.name)
        old = str(found[0][0])
        made = [f"ALTER TABLE {table} RENAME COLUMN {quoted(old)} TO {GEOMETRY}"] if old != GEOMETRY else []
        made.append(f"ALTER TABLE {table} ALTER COLUMN {GEOMETRY} TYPE geometry USING ST_Transform(ST_Force2D({GEOMETRY}), 4326)")
        if layer.name == "bays":
            kept = "UPDATE {table} SET geom_wkt = ST_AsText({shape}) WHERE geom_wkt IS NULL AND ST_Dimension({shape}) = 2"
            made.append(statement(kept, table=table, shape=GEOMETRY))
        if layer.name == "perimeters":
            names = ", ".join(quoted(field.name) for field in layer.table.fields)
            lines = f"FROM {table} WHERE ST_Dimension({GEOMETRY}) = 1"
            made.append(f"INSERT INTO {self._name(ROADS)} ({GEOMETRY}, {names}) SELECT ST_Multi({GEOMETRY}), {names} {lines}")
            made.append(f"DELETE {lines}")
        dimension = {"Point": "", "MultiLineString": ", 2", "MultiPolygon": ", 3"}[layer.geometry]
        shape = f"ST_Multi(ST_CollectionExtract({GEOMETRY}{dimension}))" if dimension else f"ST_PointOnSurface({GEOMETRY})"
        made.append(f"ALTER TABLE {table} ALTER COLUMN {GEOMETRY} TYPE geometry({layer.geometry}, 4326) USING {shape}")
        return made

    def _nothing_lost(self, backup: str, name: str, there: list[str]) -> str:
        """A statement that ends the transaction where a table has fewer rows than before."""
        now = self._count(name)
        if name == "perimeters" and ROADS not in there:
            now += f" + {self._count(ROADS)}"
        before = PostgisHome(self.connection, backup)._count(name)  # noqa: SLF001 - our own kind
        return f"DO $$ BEGIN IF {now} <> {before} THEN RAISE EXCEPTION 'rows of {name} would be lost'; END IF; END $$"

    # -- the database ---------------------------------------------------------------------------------------------

    def _connected(self) -> QgsAbstractDatabaseProviderConnection:
        metadata = QgsProviderRegistry.instance().providerMetadata("postgres")
        if metadata is None or self.connection not in metadata.connections(False):
            raise WorkspaceError(
                "QGIS has no PostgreSQL connection named “{name}”. Make it in the browser panel (PostgreSQL, New connection), then try again.",
                name=self.connection,
            )
        return metadata.connections(False)[self.connection]

    def _ask(self, sql: str) -> list[list[Any]]:
        try:
            return list(self._connected().executeSql(sql))
        except QgsProviderConnectionException as error:
            raise WorkspaceError("The database of the connection “{name}” refuses: {cause}", name=self.connection, cause=_cause(error)) from error

    def _run(self, statements: list[str]) -> None:
        """All statements or none."""
        self._ask("BEGIN; " + "; ".join(statements) + "; COMMIT;")

    def _count(self, table: str) -> str:
        """The number of rows of a table, as a part of a statement."""
        return statement("(SELECT count(*) FROM {table})", table=self._name(table))

    def _name(self, table: str) -> str:
        return f"{quoted(self.schema)}.{quoted(table)}"

    def _present(self) -> set[str]:
        asked = statement("SELECT table_name FROM information_schema.tables WHERE table_schema = {schema}", schema=text(self.schema))
        return {str(row[0]) for row in self._ask(asked)}

    def _schemas(self) -> set[str]:
        return {str(row[0]) for row in self._ask("SELECT nspname FROM pg_namespace")}

    def _columns(self, table: str) -> list[str]:
        where = f"table_schema = {text(self.schema)} AND table_name = {text(table)}"
        return [str(row[0]) for row in self._ask(statement("SELECT column_name FROM information_schema.columns WHERE {where}", where=where))]

    def _has_key(self, table: str) -> bool:
        where = f"table_schema = {text(self.schema)} AND table_name = {text(table)} AND constraint_type = 'PRIMARY KEY'"
        return bool(self._ask(statement("SELECT 1 FROM information_schema.table_constraints WHERE {where}", where=where)))

    def _require_postgis(self) -> None:
        if not self._ask("SELECT 1 FROM pg_extension WHERE extname = 'postgis'"):
            raise WorkspaceError(
                "The database of the connection “{name}” has no PostGIS. Ask its administrator for: CREATE EXTENSION postgis;", name=self.connection
            )


def text(value: str) -> str:
    """A text as SQL wants it."""
    return "'" + value.replace("'", "''") + "'"


def _import_type(name: str) -> str:
    return "bigint" if name in ("rows_read", "imported", "rejected") else "text"


def _cause(error: QgsProviderConnectionException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else "?"


def _batches(old: QgsVectorLayer, new: QgsVectorLayer, places: list[int]) -> Iterator[list[QgsFeature]]:
    batch = []
    for feature in old.getFeatures():
        row = QgsFeature(new.fields())
        row.setAttributes([feature.attribute(place) if place >= 0 else None for place in places])
        row.setGeometry(feature.geometry())
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
