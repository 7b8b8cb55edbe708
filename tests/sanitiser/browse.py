"""browse.py DRIVER BROWSER FOLDER: every hostile input, sanitised, in headless Chromium. Prints TAP lines.

A server on the loopback address gives the page and stands for every other host. It notes what is asked: the canary is
`pwned`, which every hostile script calls and which asks for /pwned/WAY, and the host canary.example, which everything
but an image or a link points to. The page shows each input one after the other, then says that it is done.
"""
import http.server
import json
import re
import subprocess
import sys
import threading

import cases

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>a</title><script>
const way = location.pathname.slice(1).split("/")[0];
function pwned() { fetch("/pwned/" + way); }
const inputs = %s;
async function show() {
    for (const html of inputs) {
        const place = document.createElement("div");
        document.body.append(place);
        if (way === "inner") {
            place.innerHTML = html;
            const again = document.createElement("div");
            place.append(again);
            again.innerHTML = place.firstChild === again ? "" : place.innerHTML;
        } else {
            const frame = document.createElement("iframe");
            place.append(frame);
            const canary = "<script>function pwned() { parent.pwned(); }<\\/script>";
            if (way === "srcdoc") {
                const loaded = new Promise(resolve => frame.onload = resolve);
                frame.srcdoc = canary + html;
                await Promise.race([loaded, new Promise(resolve => setTimeout(resolve, 300))]);
            } else {
                frame.contentDocument.open();
                frame.contentDocument.write(canary + html);
                frame.contentDocument.close();
            }
        }
        /* Images are lazy: they are asked for when they are seen. */
        place.scrollIntoView();
        await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        for (const link of way === "inner" ? place.querySelectorAll("a") : []) {
            /* What a person would do; only a script goes where it leads to. */
            link.addEventListener("click", event => link.protocol === "javascript:" || event.preventDefault());
            link.click();
        }
        await new Promise(resolve => setTimeout(resolve, 0));
    }
    await new Promise(resolve => setTimeout(resolve, 1500));
    await fetch("/done/" + way);
    document.documentElement.dataset.done = "yes";
}
onload = show;
</script></head><body></body></html>"""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = self.headers.get("Host", "")
        self.server.asked.append((host, self.path))
        own = host.startswith("127.0.0.1")
        body = self.server.pages.get(self.path, b"") if own else b""
        if self.path.startswith("/done/"):
            self.server.done.set()
        self.send_response(200 if body or self.path.startswith(("/done/", "/pwned/")) else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked, server.pages, server.done = [], {}, threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def browse(server, browser, profile, path, html, seconds=120):
    """What was asked while the page was shown, for at most so long; None when it was never done."""
    port = server.server_port
    # Nothing of it may end the script that it stands in.
    listed = json.dumps(html).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    server.pages[path] = (PAGE % listed).encode("utf-8", "replace")
    server.asked.clear()
    server.done.clear()
    process = subprocess.Popen(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         f"--user-data-dir={profile}", f"--host-resolver-rules=MAP *:80 127.0.0.1:{port}, MAP *:443 127.0.0.1:1",
         "--remote-debugging-port=0", f"http://127.0.0.1:{port}{path}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        done = server.done.wait(seconds)
    finally:
        process.terminate()
        process.wait(20)
    return list(server.asked) if done else None


def alarms(asked):
    """Of what was asked, what no safe page asks for."""
    return sorted({f"{host}{path}" for host, path in asked if path.startswith("/pwned") or "canary.example" in host})


def main(driver, browser, folder):
    failed = False

    def say(name, good, *more):
        nonlocal failed
        failed = failed or not good
        print(f"{'ok' if good else 'not ok'} {name}")
        if not good:
            print("\n".join(f"# {line}" for line in map(str, more)))

    inputs = [html for _, html in cases.read_cases() if len(html) < 20000]
    outputs = [output for output in (cases.sanitise(driver, html) for html in inputs) if output]
    raw = [html.decode("utf-8", "replace") for html in inputs]
    safe = [output.decode("utf-8") for output in outputs]
    server = serve()
    for way in ("inner", "write", "srcdoc"):
        asked = browse(server, browser, f"{folder}/{way}", f"/{way}/safe", safe)
        say(f"{way}: all {len(safe)} are shown", asked is not None)
        say(f"{way}: no script runs, nothing is asked for but images", asked is not None and not alarms(asked),
            *alarms(asked or []))
        say(f"{way}: images are asked for", any("img.example" in host for host, _ in asked or []))
        # A page that must trip the canary may navigate away, or never be done: what was asked by then counts.
        browse(server, browser, f"{folder}/{way}-raw", f"/{way}/raw", [html for html in raw if is_calm(html)], 12)
        found = alarms(server.asked)
        say(f"{way}: without the sanitiser the canary is heard", f"127.0.0.1:{server.server_port}/pwned/{way}" in found,
            *found)
        say(f"{way}: ... and others are asked", any("canary.example" in line for line in found), *found)
    return failed


def is_calm(html):
    """Would a raw page with it still come to its end? Not when it is sent elsewhere."""
    return not re.search(r"(?i)http-equiv|<base|<plaintext|<form|<frameset|dialog|popover", html)


sys.exit(main(*sys.argv[1:]))
