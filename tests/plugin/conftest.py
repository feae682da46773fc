"""What the plugin's tests share: the provider, the real data, a project that is empty again, QGIS programs of their own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProject, QgsSettings
from qgis.PyQt import sip
from qgis_builders import Feedback

from joptimiz_qgis import classFactory
from joptimiz_qgis.toolkit.messages import set_language

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "toolkit"))  # the portals and the servers that both rooms are tested against
SHARED = ROOT.parent / "shared"
ALGORITHMS = (
    "joptimiz:baycoverage",
    "joptimiz:coveragebyzone",
    "joptimiz:coveragegaps",
    "joptimiz:coveragepdf",
    "joptimiz:coveragereport",
    "joptimiz:createsurvey",
    "joptimiz:createworkspace",
    "joptimiz:enrichcustomers",
    "joptimiz:exportbays",
    "joptimiz:exportregulations",
    "joptimiz:fetchsource",
    "joptimiz:harmonisationreport",
    "joptimiz:importaccesspoints",
    "joptimiz:importbays",
    "joptimiz:importcompanyfile",
    "joptimiz:importdeliverypoints",
    "joptimiz:importperimeters",
    "joptimiz:importpoi",
    "joptimiz:importregulations",
    "joptimiz:locateregulations",
    "joptimiz:mergesurvey",
    "joptimiz:openworkspace",
    "joptimiz:purgecustomers",
    "joptimiz:surveyreport",
    "joptimiz:validatebays",
    "joptimiz:validateregulations",
    "joptimiz:whatapplies",
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real open data; nothing of it is copied into the project."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the real data are not at {SHARED / 'data'} (see its SOURCES.md)")
    return SHARED / "data"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """QGIS and our sentences in English, whatever the machine and whatever the test before chose."""
    speak("en")
    yield
    speak("en")


def speak(language: str) -> None:
    QgsSettings().setValue("locale/overrideFlag", True)
    QgsSettings().setValue("locale/userLocale", language)
    set_language(language)


@pytest.fixture(autouse=True)
def no_error_in_a_slot(monkeypatch) -> Iterator[None]:
    """What Qt calls raises into nowhere (PyQt would end the process): such an error fails the test in which it happened."""
    raised: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: raised.append(error))
    yield
    assert not raised


@pytest.fixture(autouse=True)
def project() -> Iterator[QgsProject]:
    """QGIS's project, empty before and after."""
    QgsProject.instance().clear()
    yield QgsProject.instance()
    QgsProject.instance().clear()


@pytest.fixture
def provider(qgis_processing, english) -> Iterator[Any]:
    """The plugin's provider as qgis_process starts it, taken back at the end."""
    plugin = classFactory(None)
    plugin.initProcessing()
    yield plugin.provider
    plugin.unload()


@pytest.fixture(scope="session")
def browser_model(qgis_processing) -> Any:
    """What QGIS's own widgets ask the interface for; QGIS owns one as long as it runs."""
    from qgis.gui import QgsBrowserGuiModel

    return QgsBrowserGuiModel()


@pytest.fixture
def dock(qgis_iface, provider, browser_model, monkeypatch) -> Iterator[Any]:
    """The panel, without the plugin around it."""
    from joptimiz_qgis.gui.dck_joptimiz import JoptimizDock

    monkeypatch.setattr(qgis_iface, "browserModel", lambda: browser_model, raising=False)
    made = JoptimizDock(qgis_iface, None)
    yield made
    made.leave()
    sip.delete(made)


@pytest.fixture
def run(provider, project) -> Callable[..., dict[str, Any]]:
    """``run("baycoverage", feedback=…, POINTS=…)``: results of the algorithm, as `processing.run` gives them to scripts."""
    import processing

    def run_algorithm(name: str, feedback: Feedback | None = None, **parameters: Any) -> dict[str, Any]:
        context = QgsProcessingContext()
        context.setProject(project)
        return processing.run(f"joptimiz:{name}", {"OUTPUT": "memory:", **parameters}, feedback=feedback or Feedback(), context=context)

    return run_algorithm


@pytest.fixture
def refusal(run) -> Callable[..., str]:
    """``refusal("baycoverage", …)``: the sentence with which the algorithm refuses."""

    def refused(name: str, **parameters: Any) -> str:
        feedback = Feedback()
        with pytest.raises(QgsProcessingException) as caught:
            run(name, feedback=feedback, **parameters)
        assert "Traceback" not in str(caught.value)
        return " ".join([str(caught.value), *feedback.errors])

    return refused


@pytest.fixture
def files_in(tmp_path) -> Callable[[], list[str]]:
    """Names of all files in the test's folder, hidden ones included."""
    return lambda: sorted(path.name for path in tmp_path.iterdir())


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# -- processes of their own --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> Callable[[str], dict[str, str]]:
    """``environment("fr")``: variables for a QGIS program with an empty profile in that language and the plugin enabled."""
    made: dict[str, dict[str, str]] = {}

    def variables(language: str = "en") -> dict[str, str]:
        if language not in made:
            profile = tmp_path_factory.mktemp(f"profile-{language}")
            profile.chmod(0o700)
            settings = profile / "profiles" / "default" / "QGIS" / "QGIS3.ini"
            settings.parent.mkdir(parents=True)
            settings.write_text(
                "[PythonPlugins]\njoptimiz_qgis=true\nprocessing=true\n\n[qgis]\ncheckVersion=false\n\n"
                f"[locale]\noverrideFlag=true\nuserLocale={language}\n"
            )
            inherited = {name: value for name, value in os.environ.items() if not name.startswith(("QGIS_", "PYTEST_"))}
            made[language] = {
                **inherited,
                "QGIS_CUSTOM_CONFIG_PATH": str(profile),
                "QGIS_PLUGINPATH": str(ROOT),
                "QT_QPA_PLATFORM": "offscreen",
                "XDG_RUNTIME_DIR": str(profile),
            }
        return made[language]

    return variables


@pytest.fixture(scope="session")
def python(environment) -> Callable[..., Any]:
    """``python(code, …)``: what `code` prints as JSON in a process of its own, QGIS and Processing started, the plugin loaded."""

    def run_code(code: str, *arguments: Any, before: str = "", **variables: str) -> Any:
        start = (Path(__file__).parent / "start_qgis.py").read_text(encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", f"{before}\n{start}\n{code}", *map(str, arguments)],
            cwd=ROOT,
            env={**environment(), **variables},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run_code


@pytest.fixture(scope="session")
def qgis_process(environment) -> Callable[..., subprocess.CompletedProcess]:
    """``qgis_process("run", "joptimiz:…", …)``: the real program; `inputs` go to it as JSON."""
    binary = shutil.which("qgis_process") or pytest.fail("qgis_process is not installed: run 'make setup'")

    def call(*arguments: str, language: str = "en", inputs: dict[str, Any] | None = None) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [binary, *arguments, *(["-"] if inputs is not None else [])],
            cwd=ROOT,
            env=environment(language),
            input=json.dumps({"inputs": inputs}) if inputs is not None else None,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    return call


def algorithm(identifier: str) -> Any:
    return QgsApplication.processingRegistry().createAlgorithmById(identifier)
