"""The dialog “Import a company file”: step by step from a file to customers on the map; nothing is written before the last press."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import Qgis, QgsProcessingContext, QgsProject, QgsRectangle, QgsSettings, QgsVectorLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from ..layers import GROUP
from ..layers.customer_layers import Released, customer_layers, show_customers
from ..layers.customers import style_customers
from ..processing.company_settings import company_settings
from ..toolkit.company.history import History
from ..toolkit.errors import JoptimizError
from . import company_import as steps
from .collector import collector_at_rest, look_through_again
from .company_undo import undo_last
from .dck_review import look_again
from .one_writer import claim, when_free
from .wdg_company_checks import TOWNS, ChecksPage
from .wdg_company_columns import ColumnsPage
from .wdg_company_enrich import ALGORITHM as ENRICH
from .wdg_company_enrich import EnrichPage
from .wdg_company_file import RECIPE, FilePage
from .wdg_company_merge import TARGET, MergePage
from .wdg_company_places import PlacesPage
from .wdg_company_result import ResultPage
from .work_dialog import WorkDialog, named_button

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent

    from ..toolkit.company.geocoder import Consent
    from ..toolkit.company.pipeline import Prepared
    from ..toolkit.company.recipe import Recipe
    from ..toolkit.progress import Progress
    from .background import Done, Running, Work

FILE, COLUMNS, CHECKS, PLACES, MERGE, RESULT, ENRICHMENT = range(7)
_GEOCODE = "joptimiz/company/ask_geocoder"


class CompanyDialog(WorkDialog):
    """Pages from left to right; each one's answers are worked on in the background before the next is shown.

    Parameters
    ----------
    iface : QgisInterface
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__("CompanyDialog", "import_company", parent)
        self.setWindowTitle(self.tr("Import a company file"))
        self.setAcceptDrops(True)
        self.iface = iface
        self.settings = company_settings()
        self.opened: steps.Opened | None = None
        self.prepared: Prepared | None = None
        self.found: steps.Found | None = None
        self.compared: steps.Compared | None = None
        self.written: Path | None = None
        self.closed_at_work = False
        self.entries = 0  # of the log, with that of this import
        self.waiting = False
        self.file_page, self.columns_page, self.checks_page = FilePage(), ColumnsPage(), ChecksPage()
        self.places_page, self.merge_page, self.result_page = PlacesPage(iface), MergePage(), ResultPage()
        self.enrich_page = EnrichPage(iface, self.messages, self.enrich)
        self._lay_out()
        self._connect()
        self.turn(FILE)
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * 0.95))  # Qt itself would stop at two thirds of the screen
        self.file_page.recall()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a table beside a list; fits a screen of 1280 × 720."""
        return QSize(1080, 660)

    def _lay_out(self) -> None:
        self.list = QListWidget()
        self.list.setObjectName("steps")
        titles = (
            self.tr("1. File"),
            self.tr("2. Columns"),
            self.tr("3. Checks"),
            self.tr("4. Positions"),
            self.tr("5. What changes"),
            self.tr("6. Result"),
            self.tr("7. Enrichment"),
        )
        self.list.addItems(titles)
        self.list.setFixedWidth(self.list.sizeHintForColumn(0) + 28)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setSpacing(3)
        self.list.itemClicked.connect(lambda item: self._clicked(self.list.row(item)))
        self.pages = QStackedWidget()
        for page in (self.file_page, self.columns_page, self.checks_page, self.places_page, self.merge_page, self.result_page, self.enrich_page):
            self.pages.addWidget(page)
        middle = QHBoxLayout()
        middle.addWidget(self.list)
        middle.addWidget(self.pages, 1)
        self.back_button = named_button("backButton", self.tr("Back"), self.back)
        self.next_button = named_button("nextButton", self.tr("Next"), self.go_on)
        outer = QVBoxLayout(self)
        outer.addWidget(self.messages)
        outer.addLayout(middle, 1)
        outer.addLayout(self.bottom([self.back_button, self.next_button], self.next_button))

    def _connect(self) -> None:
        self.file_page.changed.connect(self.read)
        self.file_page.fault.connect(self.say)
        self.file_page.straight_on.connect(self.straight_on)
        self.checks_page.changed.connect(self.check_again)
        self.places_page.changed.connect(lambda: self.place(None))
        self.places_page.sending.connect(self.send)
        self.merge_page.changed.connect(self.compare)
        self.result_page.asked.connect(self._asked)

    # -- pages ---------------------------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show a page."""
        if page == FILE and self.opened is not None and self.columns_page.opened is self.opened:
            self.file_page.show_types(self.opened, self.columns_page.columns())  # as they were matched meanwhile
        self.pages.setCurrentIndex(page)
        self._show_buttons()

    def page(self) -> int:
        """The page that is shown."""
        return int(self.pages.currentIndex())

    def back(self) -> None:
        """To the page before; what was answered stays."""
        if self.work is None and self.page() > 0:
            self.messages.clearWidgets()
            self.turn(self.page() - 1)

    def go_on(self) -> None:
        """Work on the answers of this page, then show the next one."""
        if self.work is not None:
            return
        self.messages.clearWidgets()
        actions = {FILE: self._to_columns, COLUMNS: self.check, CHECKS: self._to_places, PLACES: self._to_merge, MERGE: self.write}
        action = actions.get(self.page())
        if action is not None:
            action()

    def _clicked(self, page: int) -> None:
        if self.work is None and page in self._reachable():
            self.turn(page)
        self._show_buttons()

    def _reachable(self) -> set[int]:
        """Pages whose contents are known."""
        if self.written is not None:
            return {RESULT, ENRICHMENT}
        known = ((COLUMNS, self.opened), (CHECKS, self.prepared), (PLACES, self.found), (MERGE, self.compared))
        return {FILE, *(page for page, what in known if what is not None)}

    def _show_buttons(self) -> None:
        page, working = self.page(), self.work is not None
        reachable = self._reachable()
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if row in reachable or row == page else Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(page)
        ready = {FILE: self.opened, COLUMNS: self.opened, CHECKS: self.prepared, PLACES: self.found and self.found.located, MERGE: self.compared}
        self.back_button.setVisible(page not in {FILE, RESULT})
        self.next_button.setVisible(page in ready)
        self.next_button.setText(self.tr("Import") if page == MERGE else self.tr("Next"))
        self.back_button.setEnabled(not working)
        self.next_button.setEnabled(not working and ready.get(page) is not None)

    def show_working(self, working: bool) -> None:
        """One piece of work at a time."""
        if hasattr(self, "next_button"):
            self.pages.setEnabled(not working)
            self._show_buttons()

    def _ended(self, sentence: str) -> None:
        """What is said where work came to nothing."""
        level = Qgis.MessageLevel.Warning if sentence else Qgis.MessageLevel.Info
        self.say(sentence or self.tr("Cancelled. Nothing was changed."), level)
        self.show()

    # -- 1. file -------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take a file."""
        if event.mimeData().hasUrls() and self.work is None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Read the file that was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths and self.page() == FILE:
            self.file_page.choose(paths[0])

    def recipe(self) -> Recipe:
        """What the recipe says, with what was answered otherwise up to now."""
        return replace(self.file_page.recipe, read=self.file_page.reading_options())

    def read(self) -> None:
        """Read the file as the first page says."""
        if self.work is not None:
            self.waiting = True  # again, when this has ended
            self.work.cancel()
            return
        self.waiting = False
        self._forget()
        path = self.file_page.path()
        if not path:
            self.file_page.show_nothing()
            self._show_buttons()
            return
        self.messages.clearWidgets()
        recipe, settings = self.recipe(), self.settings
        self.in_background(self.tr("Reading the file"), lambda progress: steps.open_file(path, recipe, settings, progress), self._read)

    def _read(self, opened: Any, sentence: str) -> None:
        if self.waiting:
            self.read()
            return
        if opened is None:
            self.file_page.show_nothing()
            self.file_page.reading.setEnabled(bool(self.file_page.reading_options()))  # what was told wrongly can be told anew
            self._ended(sentence)
            return
        self.opened = opened
        self.file_page.show_file(opened)
        if opened.fault:
            self.say(opened.fault)
        self._show_buttons()

    def _forget(self) -> None:
        self.opened = self.prepared = self.found = self.compared = self.written = None
        self.places_page.told_crs = self.file_page.recipe.crs

    # -- 2. columns ----------------------------------------------------------------------------------------------------

    def _to_columns(self) -> None:
        if self.opened is not None:
            if self.prepared is None:
                self.columns_page.show_file(self.opened, self.recipe().key)
            self.turn(COLUMNS)

    def check(self) -> None:
        """Check the rows with the columns chosen."""
        opened, fault = self.opened, self.columns_page.fault()
        if opened is None or fault:
            self.say(fault)
            return
        self._check(opened, steps.with_columns(self.recipe(), self.columns_page.columns(), self.columns_page.key_columns()))

    def check_again(self) -> None:
        """Check with another table of communes; what was agreed to for all rows alike stays agreed to."""
        if self.opened is None or self.prepared is None or self.work is not None:
            return
        self.messages.clearWidgets()
        agreed, _single = self.checks_page.corrections()
        self._check(self.opened, replace(self.prepared.recipe, corrections=tuple(agreed)))

    def _check(self, opened: steps.Opened, recipe: Recipe) -> None:
        towns = self.checks_page.towns_file()
        self.in_background(self.tr("Checking the rows"), lambda progress: steps.check_rows(opened, recipe, towns, progress), self._checked)

    def _checked(self, checks: Any, sentence: str) -> None:
        if checks is None:
            self._ended(sentence)
            return
        self.found = self.compared = None
        self._show_checks(checks)
        self.turn(CHECKS)

    def _show_checks(self, checks: steps.Checks) -> None:
        self.prepared = checks.prepared
        self.checks_page.show_checked(checks.kinds, checks.prepared.recipe.corrections)
        if checks.fault:
            self.say(self.tr("The towns were not checked: {cause}").format(cause=checks.fault))
        else:
            QgsSettings().setValue(TOWNS, self.checks_page.towns_file())

    # -- 3. checks -----------------------------------------------------------------------------------------------------

    def _to_places(self) -> None:
        if self.prepared is None:
            return
        columns, recipe = self.prepared.recipe.columns, self.prepared.recipe
        self._begin_places(recipe, columns)
        self.place(None, self.checks_page.corrections())

    def _begin_places(self, recipe: Recipe, columns: dict[str, str]) -> None:
        wanted = bool(recipe.geocoder) or QgsSettings().value(_GEOCODE, False, bool)
        self.places_page.begin(self.geocoder(), "address" in columns, "siret" in columns, wanted, self.places_page.told_crs)

    def geocoder(self) -> str:
        """The one of the recipe, else that of the options."""
        return self.file_page.recipe.geocoder or self.settings.geocoder

    # -- 4. positions --------------------------------------------------------------------------------------------------

    def place(self, consent: Consent | None, corrections: Any = None) -> None:
        """Place the rows; what is known of their addresses is taken, nothing is sent without `consent`."""
        prepared = self.prepared
        if prepared is None or self.work is not None:
            return
        geocode = self.places_page.geocode.isChecked() and "address" in prepared.recipe.columns
        answers: dict[str, Any] = {
            "crs": self.places_page.told_crs,
            "geocoder": self.geocoder() if geocode else "",
            "threshold": self.file_page.recipe.threshold if self.file_page.recipe.geocoder else self.settings.threshold,
        }
        QgsSettings().setValue(_GEOCODE, geocode)
        sirene, settings = self.places_page.sirene.filePath().strip(), self.settings

        def work(progress: Any) -> Any:
            ready = prepared.with_corrections(*corrections) if corrections is not None else prepared
            ready = replace(ready, recipe=replace(ready.recipe, **answers))
            return steps.find_places(ready, sirene, settings, consent, progress)

        self.in_background(self.tr("Placing the customers"), work, self._placed)

    def send(self) -> None:
        """Send the addresses that the user has just agreed to send."""
        found = self.found
        plan = found.located.plan if found and found.located else None
        if plan is not None:
            self.place(plan.consent())

    def _placed(self, result: Any, sentence: str) -> None:
        if result is None:
            self._ended(sentence)
            return
        self.prepared, self.found = result
        self.compared = None
        self.places_page.show_found(self.found)
        if self.found.sentence:
            self.say(self.found.sentence)
        self.turn(PLACES)

    # -- 5. what changes -----------------------------------------------------------------------------------------------

    def _to_merge(self) -> None:
        if self.prepared is None:
            return
        try:
            steps.remember_columns(self.prepared)
        except JoptimizError as error:
            self.say(str(error))
        self.merge_page.begin(self.prepared.recipe.missing)
        self.compare()

    def compare(self) -> None:
        """Say what would change in the result."""
        if self.prepared is None or self.found is None or self.work is not None:
            return
        self.messages.clearWidgets()
        self.prepared = replace(self.prepared, recipe=replace(self.prepared.recipe, missing=self.merge_page.chosen_missing()))
        self.compared = None
        prepared, found, target = self.prepared, self.found, self.merge_page.path()
        title = self.tr("Comparing with the last import")
        self.in_background(title, lambda progress: steps.compare(prepared, found, target, progress), self._compared)

    def _compared(self, compared: Any, sentence: str) -> None:
        self.compared = compared
        self.merge_page.show_compared(compared)
        if compared is not None or sentence:  # where the result is at fault, another one is chosen there
            self.turn(MERGE)
        if compared is None:
            self._ended(sentence)

    def straight_on(self) -> None:
        """All steps up to the merge, as the recipe says."""
        opened = self.opened
        if opened is None or self.work is not None:
            return
        self.messages.clearWidgets()
        recipe = self.recipe()
        self.columns_page.show_file(opened, recipe.key)
        self.merge_page.begin(recipe.missing)
        towns, sirene = self.checks_page.towns_file(), self.places_page.sirene.filePath().strip()
        target, settings = self.merge_page.path(), self.settings
        self.in_background(
            self.tr("As last time"), lambda progress: steps.at_one_go(opened, recipe, towns, sirene, target, settings, progress), self._went_on
        )

    def _went_on(self, result: Any, sentence: str) -> None:
        if result is None:
            self._ended(sentence)
            return
        checks, prepared, found, compared = result
        self._show_checks(checks)
        self._begin_places(prepared.recipe, prepared.recipe.columns)
        self.prepared, self.found = prepared, found
        self.places_page.show_found(found)
        if compared is not None:
            self._compared(compared, "")
            return
        self.turn(PLACES)
        if found.sentence:
            self.say(found.sentence)

    # -- writing -------------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the result; its layers are let go meanwhile."""
        if self.compared is not None:
            when_free(Path(self.merge_page.path()), lambda: None if sip.isdeleted(self) else self._write_now())

    def _write_now(self) -> None:
        compared, target = self.compared, self.merge_page.path()
        if compared is None or self.work is not None:
            return
        try:
            released = Released(QgsProject.instance(), Path(target))
        except JoptimizError as error:
            self.say(str(error))
            return

        written: list[Any] = []

        def ended(_history: Any, sentence: str) -> None:
            released.restore()
            self._written(written[0] if written else None, sentence, Path(target))  # a Cancel that came too late is none

        def work(progress: Any) -> None:
            written.append(steps.write(compared.ready, target, progress))

        claim(Path(target), self.in_background(self.tr("Importing the customers"), work, ended))

    def _written(self, history: Any, sentence: str, target: Path) -> None:
        if history is None or self.compared is None:
            self._ended(sentence)
            return
        QgsSettings().setValue(TARGET, str(target))
        self.written, self.entries = target, len(history.entries())
        layers = show_customers(QgsProject.instance(), target)
        self.result_page.show_result(self.compared, target)
        look_again(self.iface)
        self.turn(RESULT)
        self.show()
        self._look_at(layers)

    def _look_at(self, layers: list[Any]) -> None:
        canvas, bounds = self.iface.mapCanvas(), self.found.bounds if self.found else None
        if not layers or bounds is None:
            return
        extent = canvas.mapSettings().layerExtentToOutputExtent(layers[-1], QgsRectangle(*bounds))
        if extent.isFinite():
            extent.scale(1.2)
            canvas.setExtent(extent)
            canvas.refresh()

    # -- 6. afterwards -------------------------------------------------------------------------------------------------

    def _asked(self, what: str) -> None:
        self.messages.clearWidgets()
        actions = {
            "table": self.open_table,
            "review": self.review,
            "enrich": self._to_enrichment,
            "recipe": self.save_recipe,
            "rejects": self.save_rejects,
            "findings": self.save_findings,
            "undo": self.undo,
        }
        actions[what]()

    def open_table(self) -> None:
        """Show the table of the customers."""
        layers = customer_layers(QgsProject.instance(), self.written) if self.written else []
        for layer in layers:
            if layer.source().endswith("layername=clients") and layer.featureCount():
                self.iface.showAttributeTable(layer)
                return
        if layers:
            self.iface.showAttributeTable(layers[0])

    def review(self) -> None:
        """Open the panel in which doubtful positions are accepted, moved or rejected."""
        try:
            module = importlib.import_module(".dck_review", __package__)
        except ImportError:
            self.say(self.tr("The layer “Customers to review” holds them: look at the column of reasons."), Qgis.MessageLevel.Info)
            return
        module.open_review(self.iface, self.written)

    def save_recipe(self) -> None:
        """Keep the answers in a file, for next month."""
        last = QgsSettings().value(RECIPE, "", str)
        path = self._ask_file(self.tr("Save the recipe"), last or "recette_clients.json", ".json")
        if not path or self.prepared is None:
            return
        from ..toolkit.company.importing import save_recipe

        if self._kept(lambda: save_recipe(self.prepared, path), path):
            QgsSettings().setValue(RECIPE, path)

    def save_rejects(self) -> None:
        """The rejected rows with their reasons, to be put right at their source."""
        if self.compared is not None:
            self._save_table(self.tr("Rejected rows"), "rejets.csv", self.compared.ready.reject_table)

    def save_findings(self) -> None:
        """What the checks found."""
        if self.compared is not None:
            self._save_table(self.tr("Findings"), "constats.csv", self.compared.ready.findings().table)

    def _save_table(self, title: str, name: str, table: Any) -> None:
        path = self._ask_file(title, str(self.written.with_name(name)) if self.written else name, ".csv")
        if path:
            from ..toolkit.company.export import write_csv

            self._kept(lambda: write_csv(table(), path, overwrite=True), path)

    def _ask_file(self, title: str, proposed: str, ending: str) -> str:
        path, _ = QFileDialog.getSaveFileName(self, title, proposed, f"{ending[1:].upper()} (*{ending})")
        return path if not path or path.lower().endswith(ending) else path + ending

    def _kept(self, save: Any, path: str) -> bool:
        try:
            save()
        except JoptimizError as error:
            self.say(str(error))
            return False
        self.say(self.tr("Saved: {path}").format(path=path), Qgis.MessageLevel.Success)
        return True

    def undo(self) -> None:
        """Put the file back as it was before this import."""
        if self.written is not None:
            undo_last(self.written, self.in_background, self._undone, self)

    def _undone(self, done: bool, sentence: str) -> None:
        self.say(sentence or self.tr("Cancelled. Nothing was changed."), Qgis.MessageLevel.Success if done else Qgis.MessageLevel.Warning)
        look_again(self.iface)
        if done and self.written is not None and len(History(self.written).entries()) < self.entries:
            self.written = self.compared = None  # the answers are left: they may be changed, and imported again
            self.result_page.show_undone()
        self._show_buttons()

    # -- 7. enrichment -------------------------------------------------------------------------------------------------

    def _to_enrichment(self) -> None:
        if self.written is not None:
            self.enrich_page.begin(self.written)
            self.turn(ENRICHMENT)

    def enrich(self) -> None:
        """Run the algorithm on what was imported."""
        if self.written is None or self.work is not None:
            return
        self.messages.clearWidgets()
        parameters = self.enrich_page.parameters(self.written)
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        possible, sentence = self.enrich_page.form.algorithm.checkParameterValues(parameters, context)
        if not possible:
            self.say(sentence)
            return
        claim(self.written, self.run_algorithm(ENRICH, parameters, self._enriched))

    def _enriched(self, success: bool, results: dict[str, Any], errors: str) -> None:
        if not success:
            self._ended("" if self.cancelled else errors or self.tr("The customers could not be enriched."))
            return
        show_enriched(QgsProject.instance(), str(results["OUTPUT"]))
        text = self.tr("The enriched customers are on the map; the table for Excel is {path}.")
        plain = self.tr("The enriched customers are on the map.")
        self.turn(RESULT)
        self.say(text.format(path=results["TABLE"]) if results.get("TABLE") else plain, Qgis.MessageLevel.Success)

    # -- end -----------------------------------------------------------------------------------------------------------

    def in_background(self, title: str, work: Work, done: Done) -> Running:
        """See `WorkDialog.in_background`; what is large here is made without Python's collector."""

        def quiet(progress: Progress) -> Any:
            with collector_at_rest():
                return work(progress)

        return super().in_background(title, quiet, done)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Seen again."""
        self.closed_at_work = False
        super().showEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Work goes on, and what comes of it is shown when the dialog is opened again."""
        self.closed_at_work = self.work is not None
        super().closeEvent(event)

    def let_go(self) -> None:
        """The map has its layers no more."""
        self.places_page.forget()
        self._forget()
        look_through_again()


def show_enriched(project: QgsProject, source: str) -> None:
    """Put the result of the enrichment on the map, styled."""
    layer = QgsVectorLayer(source, "customers", "ogr")
    if not layer.isValid():
        return
    style_customers(layer)
    root = project.layerTreeRoot()
    group = root.findGroup(GROUP) or root.insertGroup(0, GROUP)
    project.addMapLayer(layer, False)
    group.insertLayer(0, layer)
