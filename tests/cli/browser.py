"""A real browser without a window, for the tests of the page: Debian's Chromium, driven by its own driver.

What it is asked to fetch and what it complains of is kept, whatever a test is of.
"""

import json
import shutil

import pytest

WIDTHS = {"phone": 375, "desktop": 1280}
SCHEMES = ["light", "dark"]

# Without these Chromium looks up hosts of its own at every start.
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",  # which root must not have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def start_browser():
    """Skips, and says so, where there is no browser; setup.sh installs it."""
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            pytest.skip(f"SKIPPED: there is no {program}, so no page can be looked at; ./setup.sh installs it")
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        pytest.skip("SKIPPED: there is no Selenium for this Python, so no page can be looked at; ./setup.sh installs it")
    options = webdriver.ChromeOptions()
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return Browser(webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver"))))


class Browser:
    def __init__(self, driver):
        self.driver = driver
        driver.set_script_timeout(60)

    def close(self):
        self.driver.quit()

    def open(self, path, width="desktop", scheme="light", fragment=""):
        """The page with all of its charts drawn, however far down."""
        self.look(width, scheme, 900)
        self.driver.get("about:blank")
        self.complaints(), self.requests()  # of the page before
        self.driver.get(f"file://{path}{fragment}")
        self.draw_all(width, scheme)

    def look(self, width, scheme, height):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": WIDTHS[width], "height": height, "deviceScaleFactor": 1, "mobile": width == "phone"},
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )

    def draw_all(self, width="desktop", scheme="light"):
        """Charts are drawn when they come near the window: it becomes as high as the page."""
        for _ in range(2):  # drawing makes the page higher
            self.look(width, scheme, self.script("return document.documentElement.scrollHeight"))
            self.wait_until("[...document.querySelectorAll('figure')].every((figure) => figure.dataset.drawn)")

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def wait_until(self, condition):
        """Of JavaScript; the script timeout ends it."""
        self.driver.execute_async_script(
            f"const done = arguments[0]; const look = () => ({condition}) ? done() : setTimeout(look, 20); look();"
        )

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def find_all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def complaints(self):
        """All that the console holds, since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Where the browser wanted to fetch something from, since it was last asked, files of its own apart."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]
