"""A lecture: views of the app in an order, as text that fits into an address and as a file."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from explorer.errors import LinkError

MOST_VIEWS = 100
MOST_BYTES = 2**18
"""Of a lecture that is read, unpacked."""
LONGEST_TITLE = 120
LONGEST_ADDRESS = 4000
# words that addresses are made of; a change makes the lectures of before unreadable
_USUAL = b"/gradient-flow?/transfer?/checkpoint?/training?/batchnorm?/learn?chapter=/block?b_part=/compare?nets=\
/feature-maps?weights=&sample=&size=224&depths=&block=basic&network=resnet50&row=layer1.0&present=1"


@dataclass(frozen=True)
class View:
    """One view.

    Attributes:
        title: what is said of it.
        address: what follows the host, ``/compare?nets=resnet18``.
    """

    title: str
    address: str

    @property
    def page(self) -> str:
        """The page's place in the address; empty for the first one."""
        return urlsplit(self.address).path.strip("/")

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the address."""
        return dict(parse_qsl(urlsplit(self.address).query, keep_blank_values=True))


Lecture = tuple[View, ...]


def to_text(lecture: Lecture) -> str:
    """A lecture as it stands in an address: letters, digits, ``-`` and ``_``."""
    packer = zlib.compressobj(9, wbits=-15, zdict=_USUAL)
    plain = json.dumps([[view.title, view.address] for view in lecture], ensure_ascii=False, separators=(",", ":"))
    packed = packer.compress(plain.encode()) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_text(text: str) -> Lecture:
    """The lecture of an address.

    Raises:
        LinkError: when the text is none.
    """
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacker = zlib.decompressobj(wbits=-15, zdict=_USUAL)
        plain = unpacker.decompress(packed, MOST_BYTES)
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError(text)
        return _checked([View(*pair) for pair in json.loads(plain)])
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError) as error:
        raise LinkError(
            "The link's lecture is cut off or changed and cannot be read; ask for the link again, or for the file."
        ) from error


def to_file(lecture: Lecture) -> str:
    """A lecture as a JSON file."""
    return json.dumps({"lecture": [asdict(view) for view in lecture]}, ensure_ascii=False, indent=1)


def from_file(data: bytes) -> Lecture:
    """The lecture of a JSON file.

    Raises:
        LinkError: when the file is none.
    """
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(len(data))
        return _checked([View(**view) for view in json.loads(data)["lecture"]])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise LinkError(
            "The file is no lecture that this app has saved; choose the JSON file that “Save as a file” made."
        ) from error


def _checked(views: list[View]) -> Lecture:
    """The views, if each has a title and an address of this app.

    Raises:
        ValueError: naming what is wrong.
    """
    for view in views:
        if not _is_text(view.title, LONGEST_TITLE) or not _is_text(view.address, LONGEST_ADDRESS):
            raise ValueError(view)
        parts = urlsplit(view.address)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            raise ValueError(view.address)
    if not 1 <= len(views) <= MOST_VIEWS:
        raise ValueError(len(views))
    return tuple(views)


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()
