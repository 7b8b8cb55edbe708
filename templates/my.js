/*
 * /my/: ticks become the address (#putuo+ic), the address becomes ticks; what is ticked becomes a list of recent
 * articles, links to channels, and an OPML file. Titles and addresses from recent.json are somebody else's words: they
 * are put in as text, and only http and https are followed.
 */
"use strict";

(function () {
    const data = JSON.parse(document.getElementById("channels").textContent);
    const result = document.getElementById("result");
    const words = result.dataset;
    const title = document.title;
    const boxes = new Map(); /* key → checkbox, in the page's order */
    let recent = null; /* recent.json; null while it is not there */
    let hasFailed = false;

    /* --- small things --------------------------------------------------------------------------------------- */

    function element(name, text, className) {
        const made = document.createElement(name);
        if (text) {
            made.textContent = text;
        }
        if (className) {
            made.className = className;
        }
        return made;
    }

    function link(address, text) {
        const made = element("a", text);
        made.href = address;
        return made;
    }

    /* The absolute form of an address that may be followed; "" for any other. */
    function safeAddress(address) {
        try {
            const url = new URL(address, document.baseURI);
            return url.protocol === "http:" || url.protocol === "https:" ? url.href : "";
        } catch {
            return "";
        }
    }

    function filled(pattern, values) {
        return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] : whole));
    }

    /* ECMA-402 refuses some tags that pages may have, such as zh-yue. */
    function numberText(number) {
        const language = document.documentElement.lang;
        const tag = [language, language.split("-")[0]].find(function (one) {
            try {
                return Intl.getCanonicalLocales(one).length > 0;
            } catch {
                return false;
            }
        });
        return number.toLocaleString(tag);
    }

    function dateText(iso) {
        const [year, month, day] = String(iso).slice(0, 10).split("-");
        return filled(words.date, {year, month: String(Number(month)), day: String(Number(day)), month2: month,
                                   day2: day});
    }

    /* --- the choice ----------------------------------------------------------------------------------------- */

    function chosenKeys() {
        return Array.from(boxes).filter(([, box]) => box.checked).map(([key]) => key);
    }

    /* taxonomy → its chosen keys, in the page's order */
    function chosenByTaxonomy() {
        const groups = new Map();
        for (const key of chosenKeys()) {
            const taxonomy = data.keys[key];
            groups.set(taxonomy, (groups.get(taxonomy) || []).concat(key));
        }
        return groups;
    }

    /* With <base>, "#a" alone would be an address of the home page. */
    function pageAddress(keys) {
        return location.href.split("#")[0] + (keys.length > 0 ? "#" + keys.map(encodeURIComponent).join("+") : "");
    }

    function keysOfAddress() {
        return location.hash.slice(1).split(/\+|%2B/i).filter(Boolean).map(function (part) {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        });
    }

    /* The address is the choice; a jump to the main part must not take its place. */
    function jump(event) {
        const main = document.getElementById("main");
        event.preventDefault();
        main.tabIndex = -1;
        main.focus({preventScroll: true});
        main.scrollIntoView();
    }

    /* Where the jump was followed all the same, into another tab: what is ticked stays, and the address says it. */
    function isJump() {
        return location.hash === "#main" && !boxes.has("main");
    }

    function readAddress() {
        const keys = keysOfAddress();
        if (isJump()) {
            writeAddress();
            return;
        }
        for (const [key, box] of boxes) {
            box.checked = keys.includes(key);
        }
        const unknown = keys.filter((key) => !boxes.has(key));
        document.getElementById("unknown").textContent =
            unknown.length > 0 ? words.unknown + unknown.join(" ") : "";
        show();
    }

    function writeAddress() {
        history.replaceState(null, "", pageAddress(chosenKeys()));
        document.getElementById("unknown").textContent = "";
        show();
    }

    /* --- channels of a choice ------------------------------------------------------------------------------- */

    function channelOf(keys) {
        return data.channels.find((channel) => channel.keys.length === keys.length &&
                                               keys.every((key) => channel.keys.includes(key)));
    }

    /* Of each group one: [[a, b], [c]] → [[a, c], [b, c]] */
    function combinations(groups) {
        return groups.reduce((made, group) => made.flatMap((some) => group.map((key) => some.concat(key))), [[]]);
    }

    function chosenChannels() {
        const groups = Array.from(chosenByTaxonomy().values());
        const found = new Set();
        for (const keys of groups.length > 0 ? combinations(groups) : []) {
            const own = channelOf(keys);
            const channels = own ? [own] : keys.map((key) => channelOf([key]));
            channels.filter(Boolean).forEach((channel) => found.add(channel));
        }
        return Array.from(found);
    }

    /* The file of the feed that is recommended; "" on a site that has none. */
    const feedFile = data.formats.length > 0 ? data.formats[0].file : "";

    /* --- OPML ----------------------------------------------------------------------------------------------- */

    const REPLACED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;",
                      "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"};

    /* As the value of an XML attribute; what XML 1.0 cannot say is left out. */
    function xmlText(text) {
        return String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
                           .replace(/[&<>"\t\n\r]/g, (character) => REPLACED[character]);
    }

    function outlineText(channel) {
        const title = xmlText(channel.title);
        const feed = xmlText(new URL(channel.path + feedFile, data.base).href);
        const page = xmlText(new URL(channel.path, data.base).href);
        return `<outline type="rss" text="${title}" title="${title}" xmlUrl="${feed}" htmlUrl="${page}"/>\n`;
    }

    function opmlText(channels) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>\n<title>" +
               xmlText(data.site) + "</title>\n</head>\n<body>\n" + channels.map(outlineText).join("") +
               "</body>\n</opml>\n";
    }

    function downloadOpml() {
        const file = new Blob([opmlText(chosenChannels())], {type: "text/x-opml"});
        const address = URL.createObjectURL(file);
        const anchor = link(address);
        anchor.download = "pindao.opml";
        document.body.append(anchor);
        anchor.click();
        anchor.remove();
        setTimeout(() => URL.revokeObjectURL(address), 10000);
    }

    /* --- what is shown -------------------------------------------------------------------------------------- */

    function matches(entry, groups) {
        return groups.every((group) => group.some((key) => entry.keys.includes(key)));
    }

    function itemOf(entry) {
        const item = element("li", "", "item");
        const about = element("p", "", "item-about");
        const date = element("time", dateText(entry.date));
        const heading = element("h3");
        const address = safeAddress(entry.url);
        const labels = element("p", "", "labels");
        date.dateTime = entry.date;
        about.append(date);
        if (entry.source) {
            about.append(" ", element("span", entry.source));
        }
        heading.append(address ? link(address, entry.title) : element("span", entry.title));
        item.append(about, heading);
        if (entry.summary) {
            item.append(element("p", entry.summary, "item-summary"));
        }
        for (const key of entry.keys.filter((one) => boxes.has(one))) {
            const channel = channelOf([key]);
            labels.append(channel ? link(channel.path || "./", data.labels[key]) : element("span", data.labels[key]),
                          " ");
        }
        item.append(labels);
        return item;
    }

    function statusText(found) {
        if (hasFailed) {
            return words.failed;
        }
        if (!recent) {
            return words.loading;
        }
        const last = recent.entries[0];
        const first = recent.entries[recent.entries.length - 1];
        const values = {count: numberText(found.length),
                        total: numberText(recent.entries.length),
                        from: first ? dateText(first.date) : "", to: last ? dateText(last.date) : ""};
        if (!first) {
            return words.empty;
        }
        return filled(found.length > 0 ? words.shown : words.none, values) +
               (recent.is_complete === false ? " " + filled(words.newest, values) : "");
    }

    function showChannels(channels) {
        document.getElementById("own").replaceChildren(...channels.map(function (channel) {
            const item = element("li");
            item.append(link(channel.path || "./", channel.title), " ");
            if (feedFile) {
                const feed = link(channel.path + feedFile, words.subscribe);
                feed.className = "feed";
                feed.setAttribute("aria-label", words.subscribe + " " + channel.title);
                item.append(feed);
            }
            return item;
        }));
    }

    function show() {
        const keys = chosenKeys();
        const groups = Array.from(chosenByTaxonomy().values());
        const found = recent && keys.length > 0 ? recent.entries.filter((entry) => matches(entry, groups)) : [];
        const chosen = groups.map((group) => group.map((key) => data.labels[key]).join(words.separator)).join(" × ");
        document.title = chosen ? chosen + " · " + data.site : title;
        document.getElementById("chosen").textContent = chosen || words.nothing;
        document.getElementById("some").hidden = keys.length === 0;
        document.getElementById("bookmark").dataset.copy = pageAddress(keys);
        showChannels(chosenChannels());
        document.getElementById("status").textContent = statusText(found);
        document.getElementById("found").replaceChildren(...found.map(itemOf));
    }

    /* --- beginning ------------------------------------------------------------------------------------------ */

    function makeTickable(item) {
        const label = element("label");
        const box = element("input");
        box.type = "checkbox";
        box.value = item.dataset.key;
        box.addEventListener("change", writeAddress);
        boxes.set(item.dataset.key, box);
        label.append(box, ...item.firstElementChild.childNodes);
        item.replaceChildren(label);
    }

    async function load() {
        try {
            const answer = await fetch(new URL("recent.json", document.baseURI));
            if (!answer.ok) {
                throw new Error(String(answer.status));
            }
            recent = await answer.json();
        } catch {
            hasFailed = true;
        }
        show();
    }

    function clearAll() {
        for (const box of boxes.values()) {
            box.checked = false;
        }
        writeAddress();
    }

    document.querySelectorAll("[data-key]").forEach(makeTickable);
    document.getElementById("download").hidden = !feedFile;
    document.getElementById("download").addEventListener("click", downloadOpml);
    document.getElementById("clear").addEventListener("click", clearAll);
    document.querySelectorAll(".skip").forEach((one) => one.addEventListener("click", jump));
    window.addEventListener("hashchange", readAddress);
    result.hidden = false;
    readAddress();
    load();
})();
