"""Chromium without a window, driven over a pipe in the DevTools protocol: nothing but Python's own library.

    with Browser(program, profile) as browser:
        page = browser.open_page()
        page.go("http://127.0.0.1:1234/")
        page.value("document.title")

What a page does is noted in page.events until page.forget(). Nothing waits for a time: what is waited for is an event
or a condition, and it is an error when it does not come within SECONDS.
"""
import base64
import fcntl
import json
import os
import re
import select
import signal
import subprocess
import time

SECONDS = 20


class DevToolsError(Exception):
    pass


def high(fd):
    """The same file at a number that no redirection below gets in the way of; the old number is closed."""
    new = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 40)
    os.close(fd)
    return new


class Browser:
    def __init__(self, program, profile):
        arguments = [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={profile}",
            # Whatever is asked for elsewhere is answered by the test, or by nobody.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "about:blank"]
        theirs_in, ours_out = (high(fd) for fd in os.pipe())
        ours_in, theirs_out = (high(fd) for fd in os.pipe())
        # Chromium reads commands from 3 and writes to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "-", *arguments],
            pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.reader, self.writer = ours_in, ours_out
        self.rest = b""
        self.arrived = []
        self.number = 0
        self.answers = {}
        self.pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self.process.wait(SECONDS)
        except (DevToolsError, OSError, subprocess.TimeoutExpired):
            pass
        # Its helpers are of its group, which is its own.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.reader)
        os.close(self.writer)

    def send(self, method, parameters, session):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.writer, data):]
        return self.number

    def call(self, method, session=None, **parameters):
        number = self.send(method, parameters, session)
        self.wait(lambda: number in self.answers, method)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def wait(self, condition, what, seconds=SECONDS):
        """Takes what arrives until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            self.take(max(0.0, end - time.monotonic()), what)

    def take(self, seconds, what):
        ready, _, _ = select.select([self.reader], [], [], seconds)
        if not ready:
            raise DevToolsError(f"{what}: nothing came")
        data = os.read(self.reader, 1 << 20)
        if not data:
            raise DevToolsError(f"{what}: the browser has ended")
        *messages, self.rest = (self.rest + data).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            elif message.get("sessionId") in self.pages:
                self.pages[message["sessionId"]].note(message["method"], message["params"])
            else:
                self.arrived.append((message["method"], message["params"]))

    def open_page(self):
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, session, context)
        page.begin()
        return page


class Page:
    """A tab with storage of its own. Whatever it asks other hosts for is this picture."""
    PIXEL = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")

    def __init__(self, browser, session, context):
        self.browser, self.session, self.context = browser, session, context
        self.events = []
        self.world = None
        self.frame = None
        self.shown = None

    def begin(self):
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Audits"):
            self.call(f"{domain}.enable")
        self.call("Network.setCacheDisabled", cacheDisabled=True)
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def note(self, method, parameters):
        self.events.append((method, parameters))
        if method == "Fetch.requestPaused":
            self.answer(parameters)
        if method == "Page.javascriptDialogOpening":
            self.browser.send("Page.handleJavaScriptDialog", {"accept": True}, self.session)

    def answer(self, paused):
        address = paused["request"]["url"]
        if address.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.browser.send("Fetch.continueRequest", {"requestId": paused["requestId"]}, self.session)
            return
        self.browser.send("Fetch.fulfillRequest", {
            "requestId": paused["requestId"], "responseCode": 200,
            "responseHeaders": [{"name": "Content-Type", "value": "image/png"}],
            "body": base64.b64encode(self.PIXEL).decode()}, self.session)

    def forget(self):
        self.events.clear()

    def wait_for(self, method, seconds=SECONDS):
        """The next event of that name, or one that was not looked at yet."""
        found = []

        def has_come():
            for at, (name, parameters) in enumerate(self.events):
                if name == method:
                    found.append(parameters)
                    self.events[at] = (name + " (seen)", parameters)
                    return True
            return False
        self.browser.wait(has_come, method, seconds)
        return found[0]

    def go(self, address):
        """Shows an address, as one who types it: a new document even where only the fragment differs."""
        self.world = None
        if address.split("#")[0] == self.shown:
            self.call("Page.navigate", url="about:blank")
            self.wait_for("Page.loadEventFired")
        self.shown = address.split("#")[0]
        self.forget()
        answer = self.call("Page.navigate", url=address)
        if answer.get("errorText"):
            raise DevToolsError(f"{address}: {answer['errorText']}")
        self.frame = answer["frameId"]
        self.wait_for("Page.loadEventFired")

    def emulate(self, width, height, scheme="light", is_phone=False, scripts=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def value(self, expression, own_world=False):
        """The value of an expression (a promise is waited for) in the page, or in a world beside its scripts, which
        its policy has no say in."""
        parameters = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        if own_world:
            if self.world is None:
                self.world = self.call("Page.createIsolatedWorld", frameId=self.frame,
                                       worldName="test")["executionContextId"]
            parameters["contextId"] = self.world
        answer = self.call("Runtime.evaluate", **parameters)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise DevToolsError(details.get("exception", {}).get("description", details.get("text")))
        return answer["result"].get("value")

    def until(self, condition, seconds=SECONDS):
        """Waits until an expression is true in the page."""
        came = self.value(f"""new Promise(done => {{
            const end = Date.now() + {int(seconds * 1000)};
            const look = () => (({condition}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 15));
            look();
        }})""")
        if not came:
            raise DevToolsError(f"never true: {condition}")

    def is_ever(self, condition, seconds=5):
        try:
            self.until(condition, seconds)
            return True
        except DevToolsError as error:
            if str(error).startswith("never true"):
                return False
            raise

    def click(self, element):
        """A real click in the middle of what the expression finds."""
        place = self.value(f"""(() => {{
            const found = {element};
            if (!found) return null;
            found.scrollIntoView({{block: "center", behavior: "instant"}});
            const box = found.getClientRects()[0];
            return box ? [box.x + box.width / 2, box.y + box.height / 2] : null;
        }})()""")
        if not place:
            raise DevToolsError(f"nothing to click: {element}")
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1],
                      button="none" if kind == "mouseMoved" else "left", clickCount=0 if kind == "mouseMoved" else 1)

    def press(self, key, code):
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def picture(self, path, clip=None, whole=False):
        parameters = {"format": "png"}
        if clip:
            parameters["clip"] = dict(zip(("x", "y", "width", "height"), clip), scale=2)
            parameters["captureBeyondViewport"] = True
        elif whole:
            parameters["captureBeyondViewport"] = True
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000),
                                  "scale": 1}
        data = self.call("Page.captureScreenshot", **parameters)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self, own):
        """What went wrong since the page was asked for: a list of sentences. `own`: where its own addresses begin."""
        found, addresses = [], {}
        # Browsers ask for it themselves, where they show what is no page.
        icon = re.match(r"\w+://[^/]*", own)[0] + "/favicon.ico"
        for name, event in self.events:
            name = name.removesuffix(" (seen)")
            if icon in (event.get(part, {}).get("url") for part in ("entry", "request", "response")):
                continue
            if name == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
                said = " ".join(str(part.get("value", part.get("description"))) for part in event["args"])
                found.append(f"console: {said}")
            elif name == "Runtime.exceptionThrown":
                details = event["exceptionDetails"]
                found.append("exception: " + details.get("exception", {}).get("description", details["text"]))
            elif name == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
                found.append(f"log: {event['entry']['text']} {event['entry'].get('url', '')}")
            elif name == "Audits.issueAdded" and event["issue"]["code"] in (
                    "ContentSecurityPolicyIssue", "MixedContentIssue", "BlockedByResponseIssue", "DeprecationIssue",
                    "QuirksModeIssue", "CorsIssue"):
                found.append(f"issue: {json.dumps(event['issue'])[:400]}")
            elif name == "Network.requestWillBeSent":
                address = event["request"]["url"]
                addresses[event["requestId"]] = address
                foreign = not address.startswith((own, "data:", "blob:"))
                if foreign and event.get("type") != "Image":
                    found.append(f"asks elsewhere: {address} ({event.get('type')})")
                if foreign and event["request"]["headers"].get("Referer"):
                    found.append(f"tells {address} where it is")
            elif name == "Network.responseReceived" and event["response"]["status"] >= 400:
                found.append(f"{event['response']['status']}: {event['response']['url']}")
            elif name == "Network.loadingFailed" and not event.get("canceled"):
                address = addresses.get(event["requestId"], "?")
                found.append(f"failed: {address} {event.get('errorText')} {event.get('blockedReason', '')}")
            elif name == "Page.javascriptDialogOpening":
                found.append(f"dialog: {event['message']}")
        return found
