/*
 * What pages offer where scripts run: buttons that copy an address, a field that filters a list, tables that scroll by
 * themselves. Every page is whole without. All words come from the page.
 */
"use strict";

(function () {
    /* Without a secure context there is no clipboard, but a selection can still be copied. */
    function copyBySelection(text) {
        const field = document.createElement("textarea");
        field.value = text;
        field.readOnly = true;
        field.className = "off-screen";
        document.body.append(field);
        field.select();
        const isCopied = document.execCommand("copy");
        field.remove();
        return isCopied;
    }

    async function copyText(text) {
        if (navigator.clipboard && window.isSecureContext) {
            try {
                await navigator.clipboard.writeText(text);
                return true;
            } catch {
                /* refused: try the other way */
            }
        }
        return copyBySelection(text);
    }

    const announcement = document.createElement("p");
    announcement.setAttribute("role", "status");
    announcement.className = "off-screen";

    async function copyFrom(button) {
        if (!(await copyText(button.dataset.copy))) {
            return;
        }
        announcement.textContent = button.dataset.done;
        button.focus();
        if (button.dataset.label === undefined) {
            button.dataset.label = button.textContent;
        }
        button.textContent = button.dataset.done;
        button.classList.add("done");
        setTimeout(function () {
            button.textContent = button.dataset.label;
            button.classList.remove("done");
            announcement.textContent = "";
        }, 2000);
    }

    function offerCopying() {
        for (const button of document.querySelectorAll("button[data-copy]")) {
            button.hidden = false;
            button.addEventListener("click", function () {
                copyFrom(button);
            });
        }
        (document.querySelector("main") || document.body).append(announcement);
    }

    /* One form for what looks alike: full-width letters, capitals. */
    function folded(text) {
        return text.normalize("NFKC").toLowerCase();
    }

    const FILTER_FROM = 8; /* shorter lists are seen at a glance */

    function offerFilter(list) {
        const items = Array.from(list.children);
        if (items.length < FILTER_FROM) {
            return;
        }
        const texts = items.map((item) => folded(item.textContent));
        const label = document.createElement("label");
        const words = document.createElement("span");
        const field = document.createElement("input");
        const count = document.createElement("output");
        label.className = "filter";
        words.textContent = list.dataset.filter;
        field.type = "search";
        field.autocomplete = "off";
        label.append(words, field, count);
        list.before(label);
        field.addEventListener("input", function () {
            const wanted = folded(field.value).split(/\s+/).filter(Boolean);
            let shown = 0;
            items.forEach(function (item, i) {
                item.hidden = !wanted.every((word) => texts[i].includes(word));
                shown += item.hidden ? 0 : 1;
            });
            count.textContent = wanted.length === 0 ? "" : shown === 0 ? list.dataset.filterNone
                                                                       : shown + " / " + items.length;
        });
    }

    /* A wide table scrolls in a region of its own, which the keyboard can reach. */
    function giveTableRoom(table, name) {
        const region = document.createElement("div");
        region.className = "scroll";
        table.before(region);
        region.append(table);
        function setReach() {
            if (region.scrollWidth > region.clientWidth) {
                const caption = table.querySelector("caption");
                region.tabIndex = 0;
                region.setAttribute("role", "region");
                region.setAttribute("aria-label", (caption && caption.textContent.trim()) || name);
            } else {
                region.removeAttribute("tabindex");
                region.removeAttribute("role");
                region.removeAttribute("aria-label");
            }
        }
        new ResizeObserver(setReach).observe(region);
    }

    offerCopying();
    document.querySelectorAll("[data-filter]").forEach(offerFilter);
    for (const prose of document.querySelectorAll(".prose")) {
        let number = 0;
        for (const table of prose.querySelectorAll("table")) {
            number += 1;
            giveTableRoom(table, prose.dataset.table + " " + number);
        }
    }
})();
