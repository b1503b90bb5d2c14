"""Small pictures for tests."""

from __future__ import annotations

import io

from PIL import ExifTags, Image


def jpeg(position: tuple[float, float] | None = None, orientation: int = 1, size: tuple[int, int] = (40, 30)) -> bytes:
    """A JPEG as a telephone makes it: maker, serial number, position (degrees; south and west are negative)."""
    picture = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Ayşe's telephone"
    exif[ExifTags.Base.BodySerialNumber] = "SERIAL-4711"
    if orientation != 1:
        exif[ExifTags.Base.Orientation] = orientation
    if position is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(*position))
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"SECRET-COMMENT", progressive=True)
    return out.getvalue()


def _gps(latitude: float, longitude: float) -> dict[int, object]:
    return {
        ExifTags.GPS.GPSLatitudeRef: "S" if latitude < 0 else "N",
        ExifTags.GPS.GPSLatitude: _sexagesimal(abs(latitude)),
        ExifTags.GPS.GPSLongitudeRef: "W" if longitude < 0 else "E",
        ExifTags.GPS.GPSLongitude: _sexagesimal(abs(longitude)),
    }


def _sexagesimal(value: float) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), round((value - degrees - minutes / 60) * 3600, 4)
