"""What is kept of a picture's file: its pixels. And how the pictures are shown."""

import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image as Picture
from PIL import ImageCms, PngImagePlugin

from common.pictures import NoPicture, TooManyPixels, clean, describes, portrait

KINDS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF"]
MOST = 50_000_000
MARK = b"HIDDEN-MARK"
PAGE = b"<html><script>alert('HIDDEN-MARK')</script></html>"


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg_segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def laden(kind, size=(60, 30), color="#cc2211", orientation=6):
    """A picture's file with something hidden in every place that its kind has."""
    exif = Picture.Exif()
    exif[0x010E], exif[0x0112], exif[0x013B] = "HIDDEN-MARK description", orientation, "HIDDEN-MARK artist"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 47.0, 3.0), 29: "HIDDEN-MARK"})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARK
    how = {"exif": exif.tobytes(), "icc_profile": profile, "xmp": b"<x:xmpmeta>HIDDEN-MARK</x:xmpmeta>"}
    if kind in ("GIF", "JPEG"):
        how["comment"] = MARK
    file = io.BytesIO()
    if kind == "PNG":
        how["pnginfo"] = PngImagePlugin.PngInfo()
        how["pnginfo"].add_text("Comment", "HIDDEN-MARK")
        how["pnginfo"].add_text("Author", "HIDDEN-MARK", zip=True)
        how["pnginfo"].add_itxt("XML:com.adobe.xmp", "HIDDEN-MARK")
    Picture.new("RGB", size, color).save(file, kind, **how)
    content = file.getvalue()
    if kind == "PNG":  # a chunk that nobody knows
        content = content[:33] + png_chunk(b"prVt", MARK) + content[33:]
    if kind == "JPEG":  # IPTC, and a segment of a maker
        content = content[:2] + jpeg_segment(0xED, b"Photoshop 3.0\x00" + MARK) + jpeg_segment(0xEB, MARK) + content[2:]
    return content + PAGE


def opened(content):
    return Picture.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_hidden_is_left_in_a_picture(kind):
    content = laden(kind)
    assert MARK in content

    kept = clean(content, most_pixels=MOST).content

    assert MARK not in kept
    assert b"<script" not in kept
    found = opened(kept)
    assert not found.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment", "photoshop", "XML:com.adobe.xmp"} & set(found.info)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "GIF"])  # which has no orientation
def test_picture_stands_upright(kind):
    found = opened(clean(laden(kind), most_pixels=MOST).content)

    assert found.size == (30, 60)


@pytest.mark.parametrize("kind", KINDS)
def test_picture_keeps_its_colors(kind):
    red, green, blue = opened(clean(laden(kind), most_pixels=MOST).content).convert("RGB").getpixel((5, 5))

    assert abs(red - 0xCC) < 6
    assert abs(green - 0x22) < 6
    assert abs(blue - 0x11) < 6


def test_colors_of_a_wide_profile_are_written_as_srgb():
    file = io.BytesIO()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Picture.new("RGB", (4, 4), "#cc2211").save(file, "PNG", icc_profile=lab)  # a profile that does not fit

    assert opened(clean(file.getvalue(), most_pixels=MOST).content).getpixel((0, 0)) == (0xCC, 0x22, 0x11)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animation_and_transparent_places_stay(kind):
    frames = [Picture.new("RGBA", (40, 40), (shade, 0, 0, 255)) for shade in (20, 120, 220)]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (0, 0, 12, 12))
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)

    found = opened(clean(file.getvalue(), most_pixels=MOST).content)

    assert found.n_frames == 3
    for number, shade in enumerate((20, 120, 220)):
        found.seek(number)
        shown = found.convert("RGBA")
        assert abs(shown.getpixel((30, 30))[0] - shade) < 6
        assert shown.getpixel((3, 3))[3] == 0
        assert round(found.info["duration"]) == (number + 1) * 100


def test_nothing_lies_under_transparent_places():
    secret = Picture.new("RGBA", (20, 20), (200, 100, 50, 0))
    file = io.BytesIO()
    secret.save(file, "PNG")

    assert opened(clean(file.getvalue(), most_pixels=MOST).content).getpixel((5, 5)) == (0, 0, 0, 0)


def test_second_picture_behind_a_photo_is_dropped():
    first, second = Picture.new("RGB", (30, 20), "red"), Picture.new("RGB", (30, 20), "blue")
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second])

    kept = clean(file.getvalue(), most_pixels=MOST).content

    assert opened(kept).format == "JPEG"
    assert kept.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_picture_of_every_mode_is_taken(mode):
    file = io.BytesIO()
    Picture.new(mode, (8, 8)).save(file, "JPEG" if mode == "CMYK" else "PNG")

    assert opened(clean(file.getvalue(), most_pixels=MOST).content).size == (8, 8)


@pytest.mark.parametrize(
    "start", [b"GIF89a=1;alert('HIDDEN-MARK')//", b"\xff\xd8\xff\xe0<html>", b"\x89PNG\r\n\x1a\n<svg>", b"RIFF<ht>WEBP"]
)
def test_script_that_begins_like_a_picture_is_refused(start):
    with pytest.raises(NoPicture):
        clean(start + PAGE, most_pixels=MOST)


@pytest.mark.parametrize("kind", KINDS)
def test_half_a_picture_is_refused(kind):
    file = io.BytesIO()
    Picture.effect_noise((300, 300), 90).convert("RGB").save(file, kind)

    with pytest.raises(NoPicture):
        clean(file.getvalue()[: len(file.getvalue()) // 3], most_pixels=MOST)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_picture_of_another_kind_is_refused(kind):
    file = io.BytesIO()
    Picture.new("RGB", (16, 16)).save(file, kind)

    with pytest.raises(NoPicture):
        clean(file.getvalue(), most_pixels=MOST)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
def test_portrait_is_a_square_of_the_middle_on_white(mode):
    file = io.BytesIO()
    Picture.new(mode, (40, 400), 0).save(file, "PNG")

    made = opened(portrait(file.getvalue(), side=48, most_pixels=10**6).content)

    assert (made.format, made.size, made.mode) == ("JPEG", (48, 48), "RGB")
    assert (made.getpixel((24, 24)) == (255, 255, 255)) == (mode == "RGBA")


def test_animation_counts_with_all_its_frames():
    frames = [Picture.new("RGB", (100, 100), (shade, 0, 0)) for shade in range(20)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    with pytest.raises(TooManyPixels):
        clean(file.getvalue(), most_pixels=150_000)


def test_name_tells_nothing_and_is_the_same_for_the_same_picture():
    first, second = (clean(laden("PNG"), most_pixels=MOST) for _time in range(2))

    assert first == second
    assert first.name.startswith("picture-")
    assert first.name.endswith(".png")


@pytest.mark.parametrize(
    "alt",
    [
        "",
        " ",
        "foot photo (1)",
        "foot photo.jpg",
        "IMG_1234",
        "IMG 1234",
        "DSC01234",
        "PXL_20260102_101112",
        "image",
        "Picture 1",
        "Screenshot 2026-01-02 at 10.11.12",
        "WhatsApp Image 2026-01-02",
        "foot-photo-side",
        "heel_spur",
        "3f2a9c",
        "...",
        "12345",
    ],
)
def test_file_name_is_no_description(alt):
    assert not describes(alt)


@pytest.mark.parametrize(
    "alt", ["A bare foot on a mat", "Bunion", "X-ray of a heel", "Close-up", "3 toes", "Photo of a foot", "Pie plano"]
)
def test_words_are_a_description(alt):
    assert describes(alt)


def test_title_made_of_a_file_name_is_no_description():
    assert not describes("Foot  photo", title="foot photo.jpg")
    assert describes("A foot on a mat", title="A foot on a mat")


# --- How they are shown ---


@pytest.fixture
def stored():
    """Puts a file among the pictures, as somebody with the server's disk could."""
    names = []

    def store(name, content):
        names.append(default_storage.save(name, ContentFile(content)))
        return f"/media/{names[-1]}"

    yield store
    for name in names:
        default_storage.delete(name)


def small(kind):
    file = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("a.jpg", "JPEG", "image/jpeg"),
        ("a.JPEG", "JPEG", "image/jpeg"),
        ("a.png", "PNG", "image/png"),
        ("a.gif", "GIF", "image/gif"),
        ("a.webp", "WEBP", "image/webp"),
        ("a.avif", "AVIF", "image/avif"),
    ],
)
@pytest.mark.parametrize("folder", ["images", "original_images"])
def test_picture_is_shown_and_can_run_nothing(client, practice, stored, folder, name, kind, said):
    answer = client.get(stored(f"{folder}/{name}", small(kind)))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == said
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == small(kind)


def test_picture_that_a_browser_has_stays_sandboxed(client, practice, stored):
    address = stored("images/a.png", small("PNG"))
    changed = client.get(address).headers["Last-Modified"]

    answer = client.get(address, headers={"if-modified-since": changed})

    assert answer.status_code == 304
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("documents/evil.html", PAGE),
        ("images/evil.html", PAGE),
        ("images/evil.js", b"alert(1)"),
        ("images/evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("images/evil.png", PAGE),
        ("images/evil.jpg", small("PNG")),
        ("images/evil.png.html", small("PNG")),
        ("images/evil", small("PNG")),
        ("images/evil.pdf", b"%PDF-1.7"),
        ("images/sub/a.png", small("PNG")),
        ("avatar_images/a.png", small("PNG")),
        ("wagtail_uploads/a.png", small("PNG")),
        ("a.png", small("PNG")),
    ],
)
def test_what_is_no_picture_or_lies_elsewhere_is_not_shown(client, practice, stored, name, content):
    assert client.get(stored(name, content)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/images/",
        "/media/images/..",
        "/media/images/../db.sqlite3",
        "/media/images/..%2f..%2fdb.sqlite3",
        "/media/images/..\\..\\db.sqlite3",
        "/media/images/%00.png",
        "/media//etc/passwd",
        "/media/images/nothing.png",
    ],
)
def test_path_out_of_the_pictures_leads_nowhere(client, practice, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_picture_is_only_looked_at(client, practice, stored, method):
    assert getattr(client, method)(stored("images/a.png", small("PNG"))).status_code == 405
