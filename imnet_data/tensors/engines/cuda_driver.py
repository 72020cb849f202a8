"""What NVIDIA's driver says of its GPUs, and waiting for one; asked through its C interface.

No package is needed for it, and no context is made on a GPU until one is waited for.
"""

from __future__ import annotations

import ctypes
from typing import Any

from imnet_data.errors import EngineFailed


def gpus() -> int:
    """How many GPUs this process may use, as CUDA_VISIBLE_DEVICES says; 0 without a driver."""
    driver, number = _driver(), ctypes.c_int(0)
    if driver is None or driver.cuDeviceGetCount(ctypes.byref(number)) != 0:
        return 0
    return number.value


def gpu_name(number: int) -> str:
    """What the GPU of that number calls itself, such as `NVIDIA H100 80GB HBM3`."""
    driver, name = _driver(), ctypes.create_string_buffer(256)
    if driver is None or driver.cuDeviceGetName(name, len(name), number) != 0:
        return f"GPU {number}"
    return name.value.decode("utf-8", "replace")


def driver_version() -> str:
    """The highest version of CUDA that the driver knows, such as `13.0`."""
    driver, version = _driver(), ctypes.c_int(0)
    if driver is None or driver.cuDriverGetVersion(ctypes.byref(version)) != 0:
        return "none"
    return f"{version.value // 1000}.{version.value % 1000 // 10}"


class Gpu:
    """A GPU whose work can be waited for; close it when it is no longer needed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._context = ctypes.c_void_p()
        self._asked("cuDevicePrimaryCtxRetain", ctypes.byref(self._context), number)

    def wait(self) -> None:
        """Return when everything that was asked of the GPU in this process is done.

        Raises:
            EngineFailed: the GPU went down.
        """
        self._asked("cuCtxPushCurrent_v2", self._context)
        try:
            self._asked("cuCtxSynchronize")
        finally:
            self._asked("cuCtxPopCurrent_v2", ctypes.byref(ctypes.c_void_p()))

    def close(self) -> None:
        """Let it go; twice does no harm."""
        if self._context:
            self._context = ctypes.c_void_p()
            self._asked("cuDevicePrimaryCtxRelease_v2", self._number)

    def _asked(self, function: str, *arguments: Any) -> None:
        driver, device = _driver(), f"cuda:{self._number}"
        if driver is None:
            raise EngineFailed("dali", device, "NVIDIA's driver is not here")
        code = getattr(driver, function)(*arguments)
        if code != 0:
            raise EngineFailed("dali", device, f"{function} gave error {code}")


def _driver() -> ctypes.CDLL | None:
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    return driver if driver.cuInit(0) == 0 else None
