"""Small pictures of every kind, and damage done to them: what is inspected in these tests."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import Any, Final

import numpy as np
from PIL import Image

# Made with libjpeg-turbo's jpegtran and cjpeg, since Pillow writes none of them: 48 x 40 pixels.
ARITHMETIC: Final = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02B@n5)Ta&5)cv>6%-gAG9exu93DL^E+jHZKuk+VKt@GST61DhRc%&9Mr4R("
    "ZFhTtf`Lw8jhBplmUDiAeE-`3Lje^R7akfOJ0T%Ed{ahKe0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-"
    "e0+R-e0+R-e0+R-e0=}O01*fPC;%`60U`hb5di}c0sqVZ3IGrg1pyEd1^?Or3<CiG0ucid06zfIRkYdivuw+W1GcuO"
    "^uh&Z(do#G_uua&9d{16@31<2=Z^OV#1{00p93G2X1r=RX8Tc>{niT_7x8KtF|QtcVPef|WQrISyPLr(=;|1GxFDez"
    "UVSyiHI$Fit&Eh0R<Om<2^>z<g)O$F1i)X)&IIAnf<CeKZ;SCSdgNV_@Lz>i-n7h1#Y>=_Ds1&u#2eS+W^Xuyi3C*W"
    "XbRp;w(6L5*+$%wbNVv>*#"
)
ONE_SCAN_A_COMPONENT: Final = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02B@n5)Ta&5)cv>6%-gAG9exu93DL^E+jHZKuk+VKt@GST61DhRc%&9Mr4R("
    "ZFhTtf`Lw8jhBplmUDiAeE-`3Lje^R7akfOJ0T%Ed{ahKe0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-"
    "e0+R-e0+R-e0+R-e0=}F01*fPC;%`60U`hb5di}c0sq7R82|tS0RaI30000000000000C91_A>B|HJ?y5C8!L0s;XA"
    "0000000000000330}%uv5-}46A|o<E|Jncu0RaF2KLDfhA?{Xkm2?9uwqX{{p~boAtJrK4^Zhzb>S(5U>D`-w{DRus"
    "B;&|+rpKP0HPxucB2SE;$&q}4m@c{-#;HU*G^1=8IMBvfZGxG$@XST38L~|g>Da>+dJcQNpilb+V<>Z1NB_hC836zS"
    "0|5X40000000000000670RsdE|HJ?u5dZ=L0s;d70000000000000630|X%j5fUOX|Jncu0Rj;KKLCfJmJ6}o7B(i#"
    "UnlMkmnPMf7gJo>ItlS7y@Pc6n)u;`pHKh902ToO0RaF20000000000000041qT1b02~nj0s;a9000000000000000"
    "0s#XA5fULW|Jncu0Rs^LKL9jF!DOWDPCG)V^`cZhLK4~dn%0hqmyj>?|Je"
)
UNCOMMON_SAMPLING: Final = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02B@n5)Ta&5)cv>6%-gAG9exu93DL^E+jHZKuk+VKt@GST61DhRc%&9Mr4R("
    "ZFhTtf`Lw8jhBplmUDiAeE-`3Lje^R7akfOJ0T%Ed{ahKe0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-e0+R-"
    "e0+R-e0+R-e0+R-e0=}F01*fPC;%`60Wkmq5di}c0sq7R82|tS0RaI30000000000000C91_A>B|HJ?y5C8!L0s;XA"
    "0000000000000330}%uv5-}46A|o<E|HJ?o0RaI40RaF2000000000000adC1_J-Y03Q(m0s#aA0RaF20000000000"
    "0RjUA5h4;HF$FUJ+5ij#0RRFK0}%i}0Hg9D?pAV@bYm5XAaeY$8C|mowrvkTQ^=TEblJtZ=&RUl6Z8E#PU>i?wD>eD"
    "8H*IpJv*~-Kag8nVDGm`Ee%^F<H&WU$DW-v)u_iJPmHg9g^Uy-9+^LrBKZR_U352%Qi+p;kv4j=9hy<L44i0VEVjXy"
    "Q{^OGlsKVG+jwRo)ePAtggQE+4bM!EPR1Ck&~x4G0afmflCtOt{{UdDWe#fSxh0}GtItpW*#"
)


@cache
def picture(seed: int = 0, width: int = 120, height: int = 90) -> Image.Image:
    """A soft picture with some noise on it, in colours."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (5, 6, 3), np.uint8))
    soft = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int64)
    noisy = soft + random.normal(0, 6, soft.shape).astype(np.int64)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a picture's file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@cache
def jpeg(seed: int = 0) -> bytes:
    """A plain JPEG."""
    return encoded(picture(seed), quality=85)


def put(data: bytes, at: int, new: bytes) -> bytes:
    """The same bytes with some others in one place."""
    return data[:at] + new + data[at + len(new) :]


def frame_of(data: bytes) -> int:
    """Where a baseline JPEG's frame header begins."""
    return data.index(b"\xff\xc0")


def scan_of(data: bytes) -> int:
    """Where its scan header begins."""
    return data.index(b"\xff\xda")


def with_size(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header tells another size than its data have."""
    return put(data, frame_of(data) + 5, height.to_bytes(2) + width.to_bytes(2))
