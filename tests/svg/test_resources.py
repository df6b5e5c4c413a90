import os
import zipfile

import pytest

from svg2pptx_batch.svg.resources import ArchiveLoader, DataLoader, FolderLoader, ResourceError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    (root / "a b.png").write_bytes(b"A")
    (root / "sub" / "c.png").write_bytes(b"C")
    return root


@pytest.mark.parametrize(
    ("href", "data", "media_type"),
    [
        ("data:image/png;base64,QUJD", b"ABC", "image/png"),
        (" DATA:image/PNG;charset=x;BASE64,QU\n JD ", b"ABC", "image/png"),
        ("data:;base64,QUI", b"AB", ""),
        ("data:;base64,_-8=", b"\xff\xef", ""),
        ("data:;base64,QUI%3D", b"AB", ""),
        ("data:image/svg+xml,%3Csvg%2F%3E a", b"<svg/> a", "image/svg+xml"),
        ("data:image/svg+xml;utf8,<svg/>", b"<svg/>", "image/svg+xml"),
        ("data:,x", b"x", ""),
    ],
)
def test_data_addresses(href, data, media_type):
    for loader in (DataLoader(), FolderLoader(os.curdir, os.curdir)):
        found = loader.load(href)
        assert (found.data, found.media_type) == (data, media_type)


@pytest.mark.parametrize("href", ["data:", "data:image/png;base64,", "data:,", "data:;base64,A"])
def test_broken_data_addresses(href):
    with pytest.raises(ResourceError) as caught:
        DataLoader().load(href)
    assert caught.value.remedy


def test_files_below_the_folder(folder):
    loader = FolderLoader(folder, folder)
    assert loader.load("a b.png").data == b"A"
    assert loader.load("a%20b.png#frag").data == b"A"
    assert loader.load("./sub/../sub/c.png?v=1").data == b"C"
    assert loader.load("sub\\c.png").data == b"C"
    assert loader.load((folder / "a b.png").as_uri()).name == "a b.png"
    assert FolderLoader(folder / "sub", folder).load("../a b.png").data == b"A"


@pytest.mark.parametrize(
    "href",
    ["../secret.png", "/etc/passwd", "file:///etc/passwd", "%2e%2e/secret.png", "..\\secret.png",
     "sub/../../secret.png", "link.png", "linked/passwd", "http://127.0.0.1:9/x.png",
     "//127.0.0.1/x.png", "https://example.org/", "ftp://x/y", "javascript:alert(1)", "", "#a",
     "missing.png", "sub", "a\0b", "pipe"],
)  # fmt: skip
def test_what_is_never_read(folder, href):
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "linked").symlink_to("/etc")
    os.mkfifo(folder / "pipe")
    with pytest.raises(ResourceError) as caught:
        FolderLoader(folder, folder).load(href)
    assert caught.value.message
    assert caught.value.remedy


def test_without_a_folder_nothing_but_data_is_read():
    with pytest.raises(ResourceError):
        DataLoader().load("a.png")


def test_archives(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("icons/deep/a.svg", "<svg/>")
        archive.writestr("icons/b b.png", b"B")
    loader = ArchiveLoader(path, "icons/deep/a.svg", lambda info: info.filename)
    assert loader.load("../b%20b.png").data == b"B"
    assert loader.load("/icons/b b.png").data == b"B"
    assert loader.load("data:,x").data == b"x"
    for href in ("../../../icons/b b.png", "b b.png", "http://127.0.0.1:9/", "file:///etc/passwd"):
        with pytest.raises(ResourceError):
            loader.load(href)
    path.write_bytes(b"no archive")
    with pytest.raises(ResourceError):
        ArchiveLoader(path, "icons/deep/a.svg", lambda info: "").load("../b b.png")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_damaged_member_is_left_out(tmp_path, method):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("p.png", b"picture" * 50)
    data = bytearray(path.read_bytes())
    data[35 + 12 : 35 + 24] = b"\xff" * 12
    path.write_bytes(data)
    with pytest.raises(ResourceError, match="cannot be read from the archive"):
        ArchiveLoader(path, "a.svg", lambda info: info.filename).load("p.png")
