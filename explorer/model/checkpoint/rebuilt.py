"""What names in a pickle mean here: tensors of torch, arrays of NumPy, plain containers, paths.

The names and the order of their arguments are those of ``torch/_utils.py``, ``torch/_tensor.py`` and of
``numpy/_core/multiarray.py``. Nothing of theirs is called: a tensor is noted as a place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from explorer.model.checkpoint.pickles import Calls, PickleError, called
from explorer.model.checkpoint.standins import Named, Standin, Storage, StoredTensor

_MOST_DIMENSIONS = 64
# torch/storage.py, _dtype_to_storage_type_map
_STORAGE_TYPES = {
    "Double": "float64",
    "Float": "float32",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
    "ComplexFloat": "complex64",
    "ComplexDouble": "complex128",
    "QInt8": "qint8",
    "QUInt8": "quint8",
    "QInt32": "qint32",
    "QUInt4x2": "quint4x2",
    "QUInt2x4": "quint2x4",
    "Untyped": "uint8",
}
_STORAGE = re.compile(r"torch\.(?:\w+\.)?(\w+)Storage")
_OLD_TENSOR = re.compile(r"torch\.(?:cuda\.)?(\w+)Tensor")
_NUMBERS = re.compile(r"[fiucb]\d{1,2}")
# Where OmegaConf, mmcv and ml_collections keep what their objects hold.
_CONFIGURED = ("_val", "_content", "_cfg_dict", "_fields")
_NUMPY = ("numpy.core.multiarray.", "numpy._core.multiarray.", "numpy.core.numeric.", "numpy._core.numeric.")


def storage_type(named: Any) -> str:
    """The dtype of a storage's class.

    Raises:
        PickleError: when it is no such class.
    """
    match = _STORAGE.fullmatch(named.name) if isinstance(named, Named) else None
    if match is None or match[1] not in _STORAGE_TYPES:
        raise PickleError("a storage of no known type")
    return _STORAGE_TYPES[match[1]]


def plain(value: Any) -> Any:
    """A stand-in that has become an array or a tensor, as that; anything else as it is."""
    if not isinstance(value, Standin):
        return value
    if value.meaning is None and value.state is not None:
        value.meaning = _from_state(value)
    return value if value.meaning is None else value.meaning


def _from_state(standin: Standin) -> Any:
    state = standin.state
    if standin.name.startswith(_NUMPY) and isinstance(state, tuple) and len(state) == 5:
        _, shape, dtype, fortran, raw = state
        return _array(raw, dtype, shape, fortran is True)
    if _OLD_TENSOR.fullmatch(standin.name) and isinstance(state, tuple) and len(state) == 4:
        return _tensor(*state)
    attributes = standin.attributes
    return next((plain(attributes[key]) for key in _CONFIGURED if key in attributes), None)


def _tensor(storage: Any, offset: Any, shape: Any, stride: Any, *rest: Any, dtype: str | None = None) -> StoredTensor:
    if not isinstance(storage, Storage):
        raise PickleError("a tensor without a storage")
    if isinstance(rest[-1] if rest else None, dict) and (rest[-1].get("neg") or rest[-1].get("conj")):
        return _unusual("a view with other signs", dtype=storage.dtype, shape=shape)
    return StoredTensor(
        storage=storage,
        dtype=dtype or storage.dtype,
        shape=_sizes(shape),
        stride=_sizes(stride),
        offset=_sizes((offset,))[0],
    )


def _tensor_v3(storage: Any, offset: Any, shape: Any, stride: Any, _: Any, __: Any, dtype: Any, *___: Any) -> Any:
    return _tensor(storage, offset, shape, stride, dtype=_torch_type(dtype))


def _unusual(what: str, *, dtype: Any = "", shape: Any = ()) -> StoredTensor:
    sizes = _sizes(shape)
    return StoredTensor(storage=None, dtype=dtype, shape=sizes, stride=sizes, unusual=what)


def _quantised(storage: Any, _: Any, shape: Any, *__: Any) -> StoredTensor:
    dtype = storage.dtype if isinstance(storage, Storage) else ""
    return _unusual("a quantised tensor of torch", dtype=dtype, shape=shape)


def _sparse(_: Any, data: Any) -> StoredTensor:
    # indices of one or two kinds, the values, the shape, and whether it is coalesced
    values = [part for part in map(plain, data) if isinstance(part, StoredTensor)][-1]
    shape = [part for part in data if isinstance(part, tuple)][-1]
    return _unusual("a sparse tensor", dtype=values.dtype, shape=shape)


def _meta(dtype: Any, shape: Any, *_: Any) -> StoredTensor:
    return _unusual("a tensor without numbers (on the meta device)", dtype=_torch_type(dtype), shape=shape)


def _wrapper(of: Any, dtype: Any, shape: Any, *_: Any) -> StoredTensor:
    named = of.name if isinstance(of, Named) else "a class of its own"
    return _unusual(f"a tensor of {named}", dtype=_torch_type(dtype), shape=shape)


def _of_type(function: Any, _: Any, args: Any, __: Any) -> Any:
    return called(function, args, CALLS)


def _first(value: Any = None, *_: Any) -> Any:
    return value


def _torch_type(named: Any) -> str:
    if not isinstance(named, Named) or not named.name.startswith("torch."):
        raise PickleError("a dtype of no known name")
    return named.name.removeprefix("torch.")


def _sizes(values: Any) -> tuple[int, ...]:
    if not isinstance(values, tuple | list) or len(values) > _MOST_DIMENSIONS:
        raise PickleError("sizes that are no sizes")
    if not all(type(value) is int and 0 <= value < 1 << 48 for value in values):
        raise PickleError("sizes that are no sizes")
    return tuple(values)


def _array(raw: Any, dtype: Any, shape: Any, fortran: bool) -> Any:
    """An array as a tensor; None where it holds no numbers that torch knows."""
    kind = _number_type(dtype)
    data = raw.encode("latin-1") if isinstance(raw, str) else raw
    if kind is None or not isinstance(data, bytes | bytearray):
        return None
    if kind.newbyteorder("=") != kind:
        data = np.frombuffer(data, kind).astype(kind.newbyteorder("=")).tobytes()
    sizes, storage = _sizes(shape), Storage(kind.name, memoryview(data))
    if not fortran:
        return replace(StoredTensor.dense(storage, sizes), sole=True)
    turned = StoredTensor.dense(storage, sizes[::-1])
    return replace(turned, shape=sizes, stride=turned.stride[::-1], sole=True)


def _scalar(dtype: Any, raw: Any = b"", *_: Any) -> Any:
    kind = _number_type(dtype)
    data = raw.encode("latin-1") if isinstance(raw, str) else raw
    if kind is None or not isinstance(data, bytes) or len(data) != kind.itemsize:
        return Standin("numpy.generic")
    return np.frombuffer(data, kind)[0].item()


def _number_type(dtype: Any) -> np.dtype | None:
    """The type of an array's numbers, with its order of bytes; None for texts, objects and records."""
    text = dtype.args[0] if isinstance(dtype, Standin) and dtype.name == "numpy.dtype" and dtype.args else None
    if not isinstance(text, str) or not _NUMBERS.fullmatch(text):
        return None
    swapped = isinstance(dtype.state, tuple) and len(dtype.state) > 1 and dtype.state[1] == ">"
    try:
        kind = np.dtype(text).newbyteorder(">" if swapped else "=")
    except TypeError:
        return None
    return kind if kind.itemsize <= 8 or kind.kind == "c" else None


def _from_buffer(raw: Any, dtype: Any, shape: Any, order: Any, *_: Any) -> Any:
    array = _array(raw, dtype, shape, order == "F")
    return Standin("numpy.ndarray") if array is None else array


def _dict(values: Any = (), *_: Any) -> dict[Any, Any]:
    if isinstance(values, dict):
        return dict(values)
    # a class for what is missing, of a defaultdict, has no entries
    pairs = values if isinstance(values, list | tuple) else ()
    return {key: value for key, value in pairs if isinstance(key, str | int)}


def _list(values: Any = (), *_: Any) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise PickleError("a list of what is none")
    return list(values)


def _bytes(text: Any = b"", *_: Any) -> bytes:
    if not isinstance(text, str | bytes | bytearray):
        raise PickleError("bytes of what are none")
    return text.encode("latin-1") if isinstance(text, str) else bytes(text)


def _posix_path(*parts: Any) -> str:
    return str(PurePosixPath(*map(str, parts)))


def _windows_path(*parts: Any) -> str:
    return str(PureWindowsPath(*map(str, parts)))


def _reconstructed(of: Any, _: Any, state: Any) -> Any:
    made = called(of, (), CALLS)
    if isinstance(made, Standin):
        made.entries = dict(state) if isinstance(state, dict) else {}
        made.items = list(state) if isinstance(state, list) else []
        return made
    return state


def _new(of: Any, *args: Any) -> Any:
    return called(of, args, CALLS)


def _complex(real: Any, imaginary: Any) -> complex:
    return complex(float(real), float(imaginary))


_BUILTINS: dict[str, Callable[..., Any]] = {
    "set": _list,
    "frozenset": _list,
    "list": _list,
    "dict": _dict,
    "bytearray": _bytes,
    "bytes": _bytes,
    "complex": _complex,
}

CALLS: Calls = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor_v3,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _first,
    "torch._utils._rebuild_device_tensor_from_numpy": _first,
    "torch._utils._rebuild_xla_tensor": _first,
    "torch._utils._rebuild_qtensor": _quantised,
    "torch._utils._rebuild_sparse_tensor": _sparse,
    "torch._utils._rebuild_sparse_csr_tensor": _sparse,
    "torch._utils._rebuild_nested_tensor": lambda *_: _unusual("a nested tensor"),
    "torch._utils._rebuild_meta_tensor_no_storage": _meta,
    "torch._utils._rebuild_wrapper_subclass": _wrapper,
    "torch._tensor._rebuild_from_type": _of_type,
    "torch._tensor._rebuild_from_type_v2": _of_type,
    "torch.nn.parameter.Parameter": _first,
    "torch.nn.parameter.Buffer": _first,
    "torch.Size": lambda values=(), *_: tuple(_list(values)),
    **{f"{module}scalar": _scalar for module in _NUMPY},
    **{f"{module}_frombuffer": _from_buffer for module in _NUMPY},
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _dict,
    "collections.Counter": _dict,
    **{f"{module}.{name}": call for module in ("builtins", "__builtin__") for name, call in _BUILTINS.items()},
    "_codecs.encode": _bytes,
    **{
        f"{module}.{pure}{system}Path": path
        for module in ("pathlib", "pathlib._local")
        for pure in ("", "Pure")
        for system, path in (("", _posix_path), ("Posix", _posix_path), ("Windows", _windows_path))
    },
    **{f"{module}._reconstructor": _reconstructed for module in ("copyreg", "copy_reg")},
    **{f"{module}.__newobj__": _new for module in ("copyreg", "copy_reg")},
}
