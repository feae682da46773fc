"""The panel's section for a firm's files: import customers, review their positions, remove them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qgis.core import Qgis, QgsProject
from qgis.PyQt import sip

from ..toolkit.dependencies import require_libraries
from ..toolkit.errors import MissingDependencyError
from .background import BackgroundWork, Running
from .company_undo import customers_file, undo_last
from .one_writer import claim, when_free
from .section import Section

if TYPE_CHECKING:
    from qgis.gui import QgisInterface
    from qgis.PyQt.QtWidgets import QWidget

    from .background import Done, Work
    from .dlg_company import CompanyDialog


class CompanySection(Section):
    """Buttons of the journey of a firm.

    Parameters
    ----------
    iface : QgisInterface
    say : callable
        Shows a sentence at the top of the panel.
    parent : QWidget, optional
    """

    def __init__(self, iface: QgisInterface, say: Callable[..., None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.introduce(self.tr("Customers"), self.tr("A firm's file of customers: cleaned, placed on the map, and what applies to each."))
        self.iface = iface
        self.say = say
        self.dialog: CompanyDialog | None = None
        self.work: Running | None = None
        self.add_button("importCompanyButton", self.tr("Import a company file…"), "import_company", self.import_file)
        self.add_button("reviewCustomersButton", self.tr("Review positions…"), "review_customers", self.open_review)
        self.add_button("undoImportButton", self.tr("Undo the last import…"), "undo_import", self.undo)
        self.add_button("purgeCustomersButton", self.tr("Purge customers’ data…"), "purge_customers", self.purge)

    def import_file(self) -> None:
        """Open the dialog; the one at work, or in the middle of its steps, if there is."""
        try:
            require_libraries()
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        if self.dialog is None or not (self.dialog.work or self.dialog.isVisible() or self.dialog.closed_at_work):
            from .dlg_company import CompanyDialog

            self._close_dialog()
            self.dialog = CompanyDialog(self.iface, self.iface.mainWindow())
        self.dialog.show()  # beside the map, not in front of it
        self.dialog.raise_()

    def open_review(self) -> None:
        """Open the review of the import that is in the project."""
        from .dck_review import open_review

        try:
            require_libraries()
        except MissingDependencyError as error:
            self.say(str(error), Qgis.MessageLevel.Warning)
            return
        open_review(self.iface)

    def purge(self) -> None:
        """Remove the customers' data for good, after listing them."""
        self._close_review()
        when_free(None, self._purge)

    def _purge(self) -> None:
        from .purge_customers import purge_customers

        if self.work is None and not sip.isdeleted(self):
            purge_customers(self.iface.mainWindow(), self._at_purge, self._undone)

    def undo(self) -> None:
        """Take the last import back."""
        path = customers_file(QgsProject.instance())
        if path is None:
            self.say(self.tr("There is no import to undo."))
        elif self.work is None:
            undo_last(path, self._at_work, self._undone, self)

    def _at_work(self, title: str, work: Work, done: Done) -> Running:
        self.work = BackgroundWork(title, work, done)
        self.work.start()
        return self.work

    def _at_purge(self, title: str, work: Work, done: Done) -> None:
        claim(None, self._at_work(title, work, done))

    def _undone(self, done: bool, sentence: str) -> None:
        from .dck_review import look_again

        self.work = None
        look_again(self.iface)
        if sentence:
            self.say(sentence, Qgis.MessageLevel.Info if done else Qgis.MessageLevel.Warning)

    def leave(self) -> None:
        """Stop what is at work and close what is open: the plugin is unloaded."""
        if self.work is not None:
            self.work.abandon()
        self._close_review()
        self._close_dialog()

    def _close_review(self) -> None:
        from .dck_review import close_reviews

        close_reviews(self.iface)

    def _close_dialog(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None and not sip.isdeleted(dialog):
            dialog.leave()
