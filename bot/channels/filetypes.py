"""What a file is, by its first bytes: never by its name, nor by what the sender says."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 64


@dataclass(frozen=True)
class FileType:
    """`kind` as FileRef has it; `suffix` for a download's name."""

    kind: str
    mime: str
    suffix: str


UNKNOWN = FileType("document", "application/octet-stream", ".bin")
JPEG = FileType("photo", "image/jpeg", ".jpg")
_SIGNATURES = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", FileType("photo", "image/png", ".png")),
    (0, b"GIF87a", FileType("photo", "image/gif", ".gif")),
    (0, b"GIF89a", FileType("photo", "image/gif", ".gif")),
    (8, b"WEBP", FileType("photo", "image/webp", ".webp")),
    (8, b"WAVE", FileType("voice", "audio/wav", ".wav")),
    (4, b"ftyphei", FileType("photo", "image/heic", ".heic")),
    (4, b"ftyphev", FileType("photo", "image/heic", ".heic")),
    (4, b"ftypmif1", FileType("photo", "image/heif", ".heif")),
    (4, b"ftypavif", FileType("photo", "image/avif", ".avif")),
    (4, b"ftypM4A", FileType("voice", "audio/mp4", ".m4a")),
    (4, b"ftypqt", FileType("video", "video/quicktime", ".mov")),
    (4, b"ftyp", FileType("video", "video/mp4", ".mp4")),
    (0, b"\x1aE\xdf\xa3", FileType("video", "video/webm", ".webm")),
    (0, b"OggS", FileType("voice", "audio/ogg", ".ogg")),
    (0, b"ID3", FileType("voice", "audio/mpeg", ".mp3")),
    (0, b"\xff\xfb", FileType("voice", "audio/mpeg", ".mp3")),
    (0, b"\xff\xf3", FileType("voice", "audio/mpeg", ".mp3")),
    (0, b"\xff\xf2", FileType("voice", "audio/mpeg", ".mp3")),
    (0, b"#!AMR", FileType("voice", "audio/amr", ".amr")),
    (0, b"%PDF-", FileType("document", "application/pdf", ".pdf")),
    (0, b"PK\x03\x04", FileType("document", "application/zip", ".zip")),
)


def file_type(head: bytes) -> FileType:
    """The type of a file that begins with `head` (HEAD bytes are enough); UNKNOWN where it is none of ours."""
    for at, signature, found in _SIGNATURES:
        if head[at:].startswith(signature):
            return found
    return UNKNOWN
