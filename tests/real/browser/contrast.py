"""What a document without HTML shows, and whether it can be read: the text that is laid out, generated text with it,
its colour and the colour behind it."""
import re


class Text:
    def __init__(self, text, colour, behind, size, weight):
        self.text, self.colour, self.behind, self.size, self.weight = text, colour, behind, size, weight


def colour_of(text):
    """(red, green, blue, opacity) of rgb(…), rgba(…) or #…, each 0 to 1; None for none."""
    if text.startswith("#"):
        parts = [int(text[at:at + 2], 16) / 255 for at in range(1, len(text), 2)]
        return (*parts, 1.0)[:4]
    parts = [float(part) for part in re.findall(r"[\d.]+", text)]
    if len(parts) < 3:
        return None
    return (*(part / 255 for part in parts[:3]), parts[3] if len(parts) > 3 else 1.0)


def brightness(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(first, second):
    """As WCAG 2 has it: 1 to 21."""
    dark, light = sorted((brightness(first), brightness(second)))
    return (light + 0.05) / (dark + 0.05)


def read_texts(page):
    """Every text of the document that has a place, in the document's order."""
    wanted = ["color", "font-size", "font-weight", "visibility"]
    snapshot = page.call("DOMSnapshot.captureSnapshot", computedStyles=wanted, includeBlendedBackgroundColors=True)
    strings, document = snapshot["strings"], snapshot["documents"][0]
    layout, texts = document["layout"], []
    for at, text in enumerate(layout["text"]):
        width, height = layout["bounds"][at][2:4]
        if text < 0 or not strings[text].strip() or width <= 1 or height <= 1:
            continue
        colour, size, weight, visibility = (strings[style] if style >= 0 else "" for style in layout["styles"][at])
        behind = layout["blendedBackgroundColors"][at]
        if visibility == "visible":
            texts.append(Text(strings[text], colour_of(colour), colour_of(strings[behind]) if behind >= 0 else None,
                              float(size.removesuffix("px")), float(weight)))
    return texts


def problems(texts, scheme, scale=1.0):
    """`scale`: what a pixel of the page is on the screen; a phone shrinks what does not say how wide it is."""
    for text in texts:
        # What is behind everything is white, or near black where the document says that it can be dark.
        behind = text.behind or ((1, 1, 1, 1) if scheme == "light" else (0.07, 0.07, 0.07, 1))
        is_large = text.size >= 24 or (text.size >= 18.66 and text.weight >= 700)
        if ratio(text.colour, behind) < (3 if is_large else 4.5):
            yield f"«{text.text.strip()[:30]}»: contrast {ratio(text.colour, behind):.2f}"
        if (brightness(behind) > 0.5) != (scheme == "light"):
            yield f"«{text.text.strip()[:30]}» stands on what is not {scheme}"
        if text.size * scale < 11:
            yield f"«{text.text.strip()[:30]}» is {text.size * scale:.1f} px high"
