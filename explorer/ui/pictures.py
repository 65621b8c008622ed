"""Which pictures the pages look at: a sample, files of the visitor's, or the camera; kept while the session lasts."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import streamlit as st
from PIL import Image, ImageOps

from explorer.architecture.examples import PictureKind
from explorer.architecture.own import OwnSpec
from explorer.architecture.values import shortened
from explorer.errors import ImageError
from explorer.model.images import FORMAT_NAMES, read_picture
from explorer.model.own import own
from explorer.model.samples import describe_sample, sample, sample_names
from explorer.ui import state, widgets
from explorer.ui.feature_maps.params import PICTURE
from explorer.ui.params.shared import GIVEN_INPUT, OWN, SAMPLE, WEIGHTS
from explorer.ui.private_streamlit import taken
from explorer.ui.shell import say_error
from explorer.views.generated import as_picture

MAX_PICTURES = 64
# What a session keeps of decoded pictures. A phone's photograph is reduced, which changes nothing that a network of up
# to 1,024 pixels a side could see.
KEPT_PIXELS = 4_000_000
ALL_PIXELS = 64_000_000
UPLOAD_MB = 64

_GIVEN_TITLE = "What it was given"
_PICTURES, _PROBLEMS, _ROUND = "_pictures", "_picture_problems", "_picture_round"


@dataclass(frozen=True, eq=False, kw_only=True)
class Chosen:
    """A picture that a page looks at.

    Attributes:
        name: a sample's name, or the file's.
        title: what people read.
        picture: mode RGB or L.
        digest: of its pixels; caches are keyed by it.
        note: where it comes from, or what was changed when it was read.
        kind: of a sample; None for a picture of the visitor's.
        label: the class of a sample that has one.
        is_given: whether it stands for what a network of one's own was given, which goes in as it is.
    """

    name: str
    title: str
    picture: Image.Image
    digest: str
    note: str
    kind: PictureKind | None = None
    label: str | None = None
    is_given: bool = False


def chosen() -> tuple[Chosen, ...]:
    """The chosen sample, or all pictures of the visitor's."""
    if state.get(SAMPLE) == OWN and _own():
        return added()
    return (_sample(state.get(SAMPLE)),)


def added() -> tuple[Chosen, ...]:
    """All pictures of the visitor's, whether they are chosen or not."""
    return tuple(_own())


def samples_of(kind: PictureKind, most: int) -> tuple[Chosen, ...]:
    """The sample pictures of a kind, one of each class where there are classes.

    Args:
        kind: of the pictures.
        most: how many at most.
    """
    described = [describe_sample(name) for name in sample_names()]
    return tuple([_sample(one.name) for one in described if one.kind == kind][:most])


def place() -> int:
    """Which of the ``chosen`` pictures is shown, from 0."""
    return min(state.get(PICTURE), len(chosen())) - 1


def choose_pictures() -> None:
    """Draw the choice of a sample, the upload, the camera, and a sentence for everything that was wrong.

    A network of one's own that takes no pictures has what it was given and no choice.
    """
    spec = state.spec()
    if isinstance(spec, OwnSpec) and not spec.facts.takes_pictures:
        return
    with st.container(horizontal=True, gap="small", key="choose_pictures"):
        with st.container(width=270):
            _choice()
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                _camera()
                _invert()
                _remove()
        with st.container(width=200, key="upload_pictures"):
            add_pictures()
    with st.container(width=486):
        for sentence in _link_problems():
            say_error(sentence)
        say_refused()


def add_pictures() -> None:
    """Draw the upload alone."""
    st.file_uploader(
        "Add pictures",
        accept_multiple_files=True,
        max_upload_size=UPLOAD_MB,
        key=_key("upload"),
        on_change=_take_files,
        help=f"One or many: {FORMAT_NAMES}, at most 10 MB and 40 megapixels each. They stay in this session.",
    )


def say_refused() -> None:
    """A sentence for each file that was no usable picture."""
    for sentence in st.session_state.get(_PROBLEMS, ()):
        say_error(sentence)


def _choice() -> None:
    own = _own()
    options = {
        name: describe_sample(name).title for name in sample_names(state.suited(state.get(WEIGHTS)).kind or "photo")
    }
    if isinstance(state.spec(), OwnSpec):
        options = {GIVEN_INPUT: _GIVEN_TITLE} | options
    options |= {f"{OWN}-{n}": f"{n} of {len(own)}: {one.title}" for n, one in enumerate(own, start=1)}
    shown = chosen()[place()]
    current = f"{OWN}-{place() + 1}" if shown in own else shown.name
    options.setdefault(current, shown.title)
    widgets.choose(SAMPLE, options, shown=current, key="picture_choice", changed=_pick)


def _camera() -> None:
    camera = st.popover(
        "Camera", key=_key("camera_box"), on_change="rerun", help="Take a picture with this device's camera."
    )
    if camera.open:
        camera.camera_input(
            "Take a picture",
            key=_key("camera"),
            on_change=_take_photo,
            help="The picture is used here and kept nowhere else.",
        )


def _invert() -> None:
    shown = chosen()[place()]
    if shown in _own():
        st.button(
            "Invert",
            on_click=lambda: _take_inverted(shown),
            type="tertiary",
            key="invert_picture",
            help="Adds it with dark and bright exchanged: networks of digits and clothes have learnt bright on black.",
        )


def _remove() -> None:
    if _own():
        st.button(
            "Remove mine",
            on_click=_forget,
            type="tertiary",
            key="forget_pictures",
            help="Drop all pictures that you added.",
        )


def _pick(option: str) -> None:
    st.session_state[_PROBLEMS] = ()
    if option.startswith(f"{OWN}-"):
        state.update({SAMPLE: OWN, PICTURE: int(option.removeprefix(f"{OWN}-"))})
    else:
        state.update({SAMPLE: option, PICTURE: None})


def _take_files() -> None:
    _take([(file.name, taken(file)) for file in st.session_state[_key("upload")]])


def _take_photo() -> None:
    photo = st.session_state[_key("camera")]
    if photo is not None:
        _take([("camera", taken(photo))])


def _take_inverted(shown: Chosen) -> None:
    try:
        number = _add(f"{shown.name}, inverted", f"{shown.title}, inverted", ImageOps.invert(shown.picture), shown.note)
    except ImageError as error:
        st.session_state[_PROBLEMS] = (str(error),)
    else:
        st.session_state[_PROBLEMS] = ()
        state.update({SAMPLE: OWN, PICTURE: number})


def _take(files: list[tuple[str, bytes]]) -> None:
    """Decode what was handed over; every bad file is said, the good ones are kept."""
    if not files:
        return
    problems = []
    newest = 0
    for name, data in files:
        try:
            newest = _keep(name, data) or newest
        except ImageError as error:
            problems.append(f"{_short(name)}: {error}")
    st.session_state[_PROBLEMS] = tuple(problems)
    # widgets with other keys: the files of the old ones are gone
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    if newest:
        state.update({SAMPLE: OWN, PICTURE: newest})


def _keep(name: str, data: bytes) -> int:
    """Decode a file and keep the picture.

    Returns:
        Its place among the visitor's pictures, from 1.

    Raises:
        ImageError: it is no picture, or there is no room for it.
    """
    read = read_picture(data)
    picture, notes = _reduced(read.image), list(read.notes)
    if picture is not read.image:
        notes.append(
            f"The picture has {read.image.width:,}×{read.image.height:,} pixels and is kept at "
            f"{picture.width:,}×{picture.height:,}."
        )
    return _add(name, "Camera" if name == "camera" else _short(name), picture, " ".join(notes))


def _add(name: str, title: str, picture: Image.Image, note: str) -> int:
    """Put a picture among the visitor's, unless it is there; what is returned and raised is as for ``_keep``."""
    own = _own()
    digest = hashlib.sha256(f"{picture.mode}{picture.size}".encode() + picture.tobytes()).hexdigest()
    for number, one in enumerate(own, start=1):
        if one.digest == digest:
            return number
    if len(own) >= MAX_PICTURES:
        raise ImageError(f"There are {MAX_PICTURES} pictures already: remove them before you add others.")
    if sum(_pixels(one.picture) for one in own) + _pixels(picture) > ALL_PIXELS:
        raise ImageError(
            f"There is room for {ALL_PIXELS // 10**6} megapixels together: remove your pictures before you add others."
        )
    own.append(Chosen(name=name, title=title, picture=picture, digest=digest, note=note))
    st.session_state[_PICTURES] = own
    return len(own)


def _reduced(picture: Image.Image) -> Image.Image:
    if _pixels(picture) <= KEPT_PIXELS:
        return picture
    factor = math.sqrt(KEPT_PIXELS / _pixels(picture))
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _forget() -> None:
    st.session_state[_PICTURES] = []
    st.session_state[_PROBLEMS] = ()
    state.update({SAMPLE: None, PICTURE: None})


def _own() -> list[Chosen]:
    return list(st.session_state.get(_PICTURES, ()))


def _sample(name: str) -> Chosen:
    spec = state.spec()
    if isinstance(spec, OwnSpec) and (name == GIVEN_INPUT or not spec.facts.takes_pictures):
        return _given(spec)
    try:
        described = describe_sample(name)
    except ImageError:
        described = describe_sample(state.suited(state.get(WEIGHTS)).sample)
    return Chosen(
        name=described.name,
        title=described.title,
        picture=sample(described.name),
        digest=f"sample:{described.name}",
        note=described.source,
        kind=described.kind,
        label=described.label,
    )


def _given(spec: OwnSpec) -> Chosen:
    first = own(spec).input[0].numpy()
    return Chosen(
        name=GIVEN_INPUT,
        title=_GIVEN_TITLE,
        picture=as_picture(first),
        digest=f"{GIVEN_INPUT}:{spec.name}",
        note="The input goes in as it was given, without preprocessing; it is drawn from its smallest value, black, to "
        "its largest, white.",
        is_given=True,
    )


def _link_problems() -> list[str]:
    """What the link asks for and cannot have."""
    name = state.get(SAMPLE)
    if _sample(name).is_given:
        return []
    if name == OWN:
        if _own():
            return []
        return [
            "The link was made with pictures that somebody added, which a link cannot carry; a sample is shown. "
            "Add the pictures again."
        ]
    try:
        describe_sample(name)
    except ImageError as error:
        return [f"{error} {_sample(name).title} is shown instead."]
    return []


def _key(widget: str) -> str:
    return f"pictures_{widget}_{st.session_state.get(_ROUND, 0)}"


def _short(name: str) -> str:
    return shortened(name, 40, tail=11)


def _pixels(picture: Image.Image) -> int:
    return picture.width * picture.height
