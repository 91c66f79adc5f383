"""A run's page, and a browser that looks at it."""

import os
import shutil
import time
from collections.abc import Iterator
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput

from support.records import CREATED_S
from support.small_run import a_folder, add_trial, latencies
from wsgibench.analysis.verdict import verdict_of
from wsgibench.model.trial import TrialTimes
from wsgibench.report.page import page_of
from wsgibench.runs import RunFolder, results_csv

_PROGRAMS = ("chromium", "chromedriver")
_WITHIN_S = 15.0
_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()

STACKS = ("waitress", "gunicorn")
SECONDS = 4


class Browser:
    """A browser and what the tests ask of it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.run = driver.execute_script
        self.cdp = driver.execute_cdp_cmd

    def open(self, path: Path, view: str = "", *, width: int = 1280, height: int = 900) -> None:
        """The page afresh, in a window of that size."""
        self.cdp("Emulation.setEmulatedMedia", {"media": "", "features": []})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.cdp("Emulation.setDeviceMetricsOverride", size)
        self.driver.get("about:blank")
        self.messages()
        self.driver.get(f"{path.as_uri()}{view}")

    def messages(self) -> list[str]:
        """What the console said since it was asked last."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def until(self, script: str, *arguments: Any) -> Any:
        """What the script returns, as soon as that is true."""
        end = time.monotonic() + _WITHIN_S
        while not (found := self.run(script, *arguments)):
            assert time.monotonic() < end, f"never true: {script}\n{self.messages()}"
            time.sleep(0.02)
        return found

    def see(self, selector: str) -> None:
        """Scroll there, and unfold what it is in; a chart is drawn before this returns."""
        self.run(
            "const it = document.querySelector(arguments[0]);"
            "const part = it.closest('details.part');"
            "if (part) part.open = true;"
            "it.scrollIntoView({block: 'center', behavior: 'instant'})",
            selector,
        )
        self.until(
            "const it = document.querySelector(arguments[0]);"
            "return !it.matches('figure') || !it.querySelector('.plot') || it.dataset.drawn === 'yes'",
            selector,
        )

    def unfold(self) -> None:
        """Open every part of the page that is folded."""
        self.run("document.querySelectorAll('details.part').forEach((each) => { each.open = true })")

    def draw_all(self) -> list[str]:
        """Unfold the page and scroll through it until every chart that is shown is drawn; returns their names."""
        self.unfold()
        charts: list[str] = self.run(
            "return [...document.querySelectorAll('figure.chart')]"
            ".filter((each) => each.querySelector('.plot') && each.offsetParent).map((each) => each.id)"
        )
        for chart in charts:
            self.see(f"#{chart}")
        return charts

    def faults(self) -> list[Any]:
        """What axe-core finds that is not minor, of the page as it stands."""
        # Past the policy of the page, as a debugger may.
        self.cdp("Runtime.evaluate", {"expression": _AXE})
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then((found) => done(found.violations))"
        )
        return [
            (each["id"], each["impact"], [node["target"] for node in each["nodes"]][:5])
            for each in found
            if each["impact"] in ("serious", "critical", "moderate")
        ]

    def frame(self, chart: str) -> dict[str, float]:
        """Where the chart's plot is in the window."""
        self.see(f"#{chart}")
        return self.run(
            "return [...document.querySelectorAll(`#${arguments[0]} path.background`)]"
            ".map((each) => each.getBoundingClientRect()).find((box) => box.height > 0).toJSON()",
            chart,
        )

    def mouse(self, kind: str, x: float, y: float, *, clicks: int = 0, pressed: bool = False) -> None:
        """A mouse event at a place in the window."""
        button = {"button": "left", "buttons": 1} if pressed or clicks else {"button": "none", "buttons": 0}
        self.cdp("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "clickCount": clicks, **button})

    def drag(self, x: float, till_x: float, y: float) -> None:
        """From one place to another with the button down."""
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, clicks=1)
        for step in range(1, 6):
            self.mouse("mouseMoved", x + (till_x - x) * step / 5, y, pressed=True)
        self.mouse("mouseReleased", till_x, y, clicks=1)

    def touch(self, *places: tuple[float, float]) -> None:
        """A finger at a place in the window, or drawn from one to the next (W3C WebDriver, touch pointer)."""
        finger = PointerInput(POINTER_TOUCH, "finger")
        actions = ActionBuilder(self.driver, mouse=finger, duration=50)
        for place, (x, y) in enumerate(places):
            finger_at = actions.pointer_action.move_to_location(round(x), round(y))
            if not place:
                finger_at.pointer_down()
        actions.pointer_action.pointer_up()
        actions.perform()

    def press(self, key: str) -> None:
        """A key, by its name."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            code = {"Enter": 13, "Tab": 9, " ": 32}.get(key, 0)
            self.cdp("Input.dispatchKeyEvent", {"type": kind, "key": key, "windowsVirtualKeyCode": code, **text})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, in a new profile."""
    missing = [name for name in _PROGRAMS if not shutil.which(name)]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed (apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's own sandbox does not work as root
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_script_timeout(90)  # axe-core, where others keep the machine busy
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Two stacks in three blocks, with a figure for everything that a page shows, whatever machine this is."""
    folder = a_folder(tmp_path_factory.mktemp("runs"), STACKS, blocks=3, objectives=("mean",))
    draw = np.random.default_rng(7)
    for number, (block, (place, stack)) in enumerate(product((1, 2, 3), enumerate(STACKS)), start=1):
        begins_s = CREATED_S + 30.0 * block
        trial = add_trial(
            folder,
            number,
            stack,
            {"steady": latencies(*((3 + place) * draw.lognormal(0, 0.3, (SECONDS, 1000))))},
            block=block,
            times=TrialTimes(started_s=begins_s, stopped_s=begins_s + 30.0),
            samples=[
                (second, 1.0 + place, 2**33, {"server": (0.5 * second, 2**25), "engine": (0.1 * second, 2**24)})
                for second in range(SECONDS + 1)
            ],
            pss_bytes=draw.normal(3e7, 1e5),
            server_cpu_s=(1 + place) * draw.normal(1, 0.01),
        )
        (folder.trial(trial).config / "server.conf").write_text("workers = 2\n")
    folder.write_file("results.csv", results_csv(folder.read()))
    return folder


@pytest.fixture(scope="session")
def page(run_folder: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_of(run_folder, verdict_of(run_folder)), encoding="utf-8")
    return path
