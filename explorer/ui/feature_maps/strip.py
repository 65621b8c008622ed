"""The filmstrip: a picture for every block from the photo to what leaves; a click, or Enter, steps there."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

_HTML = '<div class="strip" role="group" aria-label="From the photo to the output of the network"></div>'

_CSS = """
.strip { display: flex; gap: 8px; overflow-x: auto; padding: 2px 2px 6px; font-family: var(--st-font); }
.group { display: flex; flex-direction: column; gap: 3px; flex: 0 0 auto; }
.stage { font-size: 12px; line-height: 16px; white-space: nowrap; border-bottom: 2px solid currentColor; }
.stage span { position: sticky; left: 0; }
.frames { display: flex; gap: 2px; }
button { appearance: none; background: none; border: 0; padding: 2px; margin: 0; cursor: pointer; font: inherit;
  font-size: 11px; line-height: 14px; color: var(--st-text-color); border-radius: 3px; text-align: center;
  display: flex; flex-direction: column; align-items: center; gap: 1px; }
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
button[aria-current="true"] { box-shadow: inset 0 0 0 2px var(--st-text-color); font-weight: 650; }
img { height: 54px; image-rendering: pixelated; display: block; }
img.photo { image-rendering: auto; }
.words { height: 54px; min-width: 56px; max-width: 96px;
  box-sizing: border-box; display: flex; align-items: center; justify-content: center;
  padding: 0 6px; background: var(--st-secondary-background-color); overflow: hidden; font-size: 11px; }
@media print { .strip, .frames { flex-wrap: wrap; } .group { flex: 0 1 auto; } .words { background: none; } }
"""

_JS = """
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const strip = parentElement.querySelector(".strip");
  const focused = parentElement.activeElement?.dataset?.name ?? strip.getRootNode().activeElement?.dataset?.name;
  strip.replaceChildren();
  let group = null, stage = null, frames = null, current = null, again = null;
  for (const frame of data.frames) {
    if (frame.stage !== stage) {
      stage = frame.stage;
      group = document.createElement("div");
      group.className = "group";
      const title = document.createElement("div");
      title.className = "stage";
      // stays in sight while its frames scroll by
      const words = document.createElement("span");
      words.textContent = frame.stage;
      title.append(words);
      title.style.color = frame.colour;
      frames = document.createElement("div");
      frames.className = "frames";
      group.append(title, frames);
      strip.append(group);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.name = frame.name;
    button.setAttribute("aria-label", frame.alt);
    button.title = frame.alt;
    button.setAttribute("aria-current", String(frame.name === data.current));
    if (frame.png) {
      const image = document.createElement("img");
      image.src = "data:image/png;base64," + frame.png;
      image.alt = "";
      // known before the picture is decoded, so that the strip can be scrolled to its place at once
      image.style.width = frame.width + "px";
      if (frame.is_photo) image.className = "photo";
      button.append(image);
    } else {
      const words = document.createElement("span");
      words.className = "words";
      words.textContent = frame.words;
      button.append(words);
    }
    const label = document.createElement("span");
    label.textContent = frame.label;
    button.append(label);
    button.onclick = () => setTriggerValue("picked", frame.name);
    frames.append(button);
    if (frame.name === data.current) current = button;
    if (frame.name === focused) again = button;
  }
  again?.focus({ preventScroll: true });
  if (current) {
    const middle = current.offsetLeft - strip.offsetLeft + current.offsetWidth / 2;
    strip.scrollLeft = middle - strip.clientWidth / 2;
  }
}
"""

_strip = st.components.v2.component("filmstrip", html=_HTML, css=_CSS, js=_JS)


HEIGHT = 54
"""Of the pictures, in pixels."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of the strip.

    Attributes:
        name: what is stepped to.
        label: words below it.
        stage: words above it; neighbours with the same words stand together.
        colour: of these words.
        alt: what it shows, for those who do not see it.
        png: the picture; empty for one of words.
        width: of the picture on the screen, in pixels.
        words: shown in its place.
        is_photo: whether it may be smoothed.
    """

    name: str
    label: str
    stage: str
    colour: str
    alt: str
    png: bytes = b""
    width: int = HEIGHT
    words: str = ""
    is_photo: bool = False


def frame_width(height: int, width: int) -> int:
    """How wide a picture of these proportions is drawn, in pixels; very long ones are squeezed."""
    return min(120, max(20, round(HEIGHT * width / height)))


def filmstrip(frames: Sequence[Frame], *, current: str, key: str, on_pick: Callable[[str], None]) -> None:
    """Draw the strip.

    Args:
        frames: from left to right.
        current: name of the frame that is marked.
        key: the component's key.
        on_pick: called with the name of the frame that a person picks.
    """
    _strip(
        key=key,
        data={
            "frames": [{**asdict(frame), "png": base64.b64encode(frame.png).decode("ascii")} for frame in frames],
            "current": current,
        },
        on_picked_change=lambda: _picked(key, on_pick),
    )


def _picked(key: str, on_pick: Callable[[str], None]) -> None:
    name = st.session_state[key].picked
    if name:
        on_pick(name)
