"""What a drawing says about itself is told by the deck made of it alone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime

import pytest
from pptx import Presentation

from svg2pptx_batch import Job, JobOptions, convert
from svg2pptx_batch.options import OutputMode
from tests.support.decks import assert_opens, read_part

SPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:x="adobe:ns:meta/"'
)
CC = 'xmlns:cc="http://creativecommons.org/ns#"'

INKSCAPE = """
<title id="t">Harbour</title>
<metadata id="m"><rdf:RDF><cc:Work rdf:about="">
  <dc:format>image/svg+xml</dc:format>
  <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/>
  <dc:title>Harbour, second draft</dc:title>
  <dc:date>2019-05</dc:date>
  <dc:creator><cc:Agent><dc:title>Ada Example</dc:title></cc:Agent></dc:creator>
  <dc:rights><cc:Agent><dc:title>Harbour &amp; Co.</dc:title></cc:Agent></dc:rights>
  <dc:publisher><cc:Agent><dc:title>The Pier</dc:title></cc:Agent></dc:publisher>
  <dc:contributor><cc:Agent><dc:title>Bo Example</dc:title></cc:Agent></dc:contributor>
  <dc:identifier>urn:harbour:7</dc:identifier>
  <dc:source>https://example.org/harbour</dc:source>
  <dc:language>en-GB</dc:language>
  <dc:subject><rdf:Bag><rdf:li>port</rdf:li><rdf:li>ship</rdf:li></rdf:Bag></dc:subject>
  <dc:description>Boats
    and a crane.</dc:description>
  <cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>
</cc:Work>
<cc:License rdf:about="http://creativecommons.org/licenses/by/4.0/">
  <dc:title>No title of the drawing</dc:title>
  <cc:permits rdf:resource="http://creativecommons.org/ns#Reproduction"/>
</cc:License></rdf:RDF></metadata>
"""

ILLUSTRATOR = """
<metadata><?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta x:xmptk="Adobe XMP Core"><rdf:RDF>
  <rdf:Description rdf:about="" dc:format="image/svg+xml" xmp:CreatorTool="Adobe Illustrator"
    xmp:CreateDate="2020-02-29T23:30:05-01:00">
    <xmp:ModifyDate>2021-03-04T05:06:07.250Z</xmp:ModifyDate>
    <xmp:MetadataDate>2022-01-01T00:00:00Z</xmp:MetadataDate>
    <dc:title><rdf:Alt>
      <rdf:li xml:lang="de">Zeichen</rdf:li><rdf:li xml:lang="x-default">Sign</rdf:li>
    </rdf:Alt></dc:title>
    <dc:creator><rdf:Seq><rdf:li>Ada</rdf:li><rdf:li>Bo</rdf:li></rdf:Seq></dc:creator>
    <dc:rights><rdf:Alt><rdf:li xml:lang="en">All reserved</rdf:li></rdf:Alt></dc:rights>
  </rdf:Description>
  <rdf:Description rdf:about="#part"><dc:description>Of a part alone</dc:description>
  </rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?></metadata>
"""

FLAG = """
<desc>A tricolour.</desc>
<metadata><rdf:RDF><Work xmlns="http://web.resource.org/cc/" rdf:about="">
  <dc:title>Flag of Nowhere</dc:title>
  <dc:creator><Agent><dc:title>Ada</dc:title></Agent></dc:creator>
  <dc:creator><Agent><dc:title>Bo</dc:title></Agent></dc:creator>
  <dc:rights><Agent><dc:title></dc:title></Agent></dc:rights>
  <dc:date>1848</dc:date>
  <dc:description>Not shown: the drawing has its own.</dc:description>
  <license rdf:resource="http://web.resource.org/cc/PublicDomain"/>
</Work></rdf:RDF></metadata>
"""

TEMPLATE = """
<title></title>
<metadata id="metadata5"><rdf:RDF><cc:Work rdf:about="">
  <dc:format>image/svg+xml</dc:format>
  <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/>
  <dc:title></dc:title>
  <dc:creator><cc:Agent><dc:title/></cc:Agent></dc:creator>
  <dc:subject><rdf:Bag><rdf:li/></rdf:Bag></dc:subject>
  <dc:date> </dc:date>
  <cc:license rdf:resource=""/>
</cc:Work></rdf:RDF></metadata>
"""


def svg(content):
    """Return a drawing with something told in it."""
    return (
        f'<svg {SPACES} {CC} width="20" height="10">{content}<rect width="15" height="5"/></svg>'
    ).encode()


def work(*statements):
    """Return a drawing that says something of itself in RDF."""
    return svg(f"<metadata><rdf:RDF><cc:Work>{''.join(statements)}</cc:Work></rdf:RDF></metadata>")


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Convert a drawing; return the report, the deck and its properties as python-pptx has them."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)

    def run(data):
        path = tmp_path / "deck.pptx"
        (tmp_path / "drawing.svg").write_bytes(data)
        report = convert(tmp_path / "drawing.svg", path)
        assert report.ok
        assert_opens(path)
        return report, path, Presentation(str(path)).core_properties

    return run


def comments(data, *lines):
    return "\n".join([*lines, f"sha256:{hashlib.sha256(data).hexdigest()}"])


def plain(moment):
    return moment.replace(tzinfo=None)


def test_what_inkscape_writes(made):
    data = svg(INKSCAPE)
    _, path, core = made(data)
    assert (core.title, core.author, core.last_modified_by) == ("Harbour", *["Ada Example"] * 2)
    assert (core.subject, core.keywords) == ("drawing.svg", "port, ship")
    assert (core.identifier, core.language) == ("urn:harbour:7", "en-GB")
    assert core.comments == comments(
        data,
        "Boats and a crane.",
        "Contributor: Bo Example",
        "Publisher: The Pier",
        "Rights: Harbour & Co.",
        "License: http://creativecommons.org/licenses/by/4.0/",
        "Source: https://example.org/harbour",
    )
    assert plain(core.created) == plain(core.modified) == datetime(2019, 5, 1)
    assert read_part(path, "docProps/core.xml").count(b"2019-05-01T00:00:00Z") == 2


def test_what_illustrator_writes(made):
    data = svg(ILLUSTRATOR)
    _, _, core = made(data)
    assert (core.title, core.author) == ("Sign", "Ada, Bo")
    assert plain(core.created) == datetime(2020, 3, 1, 0, 30, 5)
    assert plain(core.modified) == datetime(2021, 3, 4, 5, 6, 7)
    assert core.comments == comments(data, "Rights: All reserved")


def test_what_flags_of_wikimedia_have(made):
    data = svg(FLAG)
    _, _, core = made(data)
    assert (core.title, core.author) == ("Flag of Nowhere", "Ada, Bo")
    assert core.comments == comments(
        data, "A tricolour.", "License: http://web.resource.org/cc/PublicDomain"
    )
    assert plain(core.created) == datetime(1848, 1, 1)


@pytest.mark.parametrize("content", ["", TEMPLATE, "<metadata/>", "<metadata>Ada</metadata>"])
def test_who_says_nothing_has_name_and_hash_alone(made, content):
    data = svg(content)
    report, path, core = made(data)
    assert (core.title, core.subject, core.comments) == ("drawing.svg",) * 2 + (comments(data),)
    assert (core.author, core.keywords, core.identifier, core.language) == ("",) * 4
    assert read_part(path, "docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
    assert report.files[0].diagnostics == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2019", datetime(2019, 1, 1)),
        ("2019-05-31", datetime(2019, 5, 31)),
        ("2019-05-31T12:30Z", datetime(2019, 5, 31, 12, 30)),
        ("2019-05-31T12:30:15.123456", datetime(2019, 5, 31, 12, 30, 15)),
        ("2019-12-31 23:59:60Z", datetime(2019, 12, 31, 23, 59, 59)),
        ("2019-05-31T12:30:15+05:45", datetime(2019, 5, 31, 6, 45, 15)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59)),
    ],
)
def test_dates_of_any_precision(made, text, moment):
    report, _, core = made(work(f"<dcterms:created>{text}</dcterms:created>"))
    assert plain(core.created) == plain(core.modified) == moment
    assert report.files[0].diagnostics == ()


@pytest.mark.parametrize(
    "text",
    [
        "Various",
        "31.5.2019",
        "2019-13",
        "2019-00-10",
        "2019-02-30",
        "2019-05-31T24:30Z",
        "9999-12-31T23:59:59-01:00",
        "0001-01-01T00:00:00+12:00",
        "1066-10-14",
        "٢٠١٩",
        "2019" * 10_000,
    ],
)
def test_a_date_that_is_none_is_told_and_left_out(made, text):
    report, path, _ = made(work(f"<dc:date>{text}</dc:date>"))
    assert read_part(path, "docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
    (remark,) = report.files[0].diagnostics
    assert remark.code == "date-unreadable"
    assert len(remark.message) < 200


def test_another_date_counts_where_the_better_one_is_none(made):
    dates = "<dcterms:created>soon</dcterms:created>", "<dc:date>2011-12-13</dc:date>"
    _, _, core = made(work(*dates, "<dcterms:modified>2014-01-02</dcterms:modified>"))
    assert (plain(core.created), plain(core.modified)) == (
        datetime(2011, 12, 13),
        datetime(2014, 1, 2),
    )


def test_control_characters_and_markup_do_no_harm(made):
    _, _, core = made(
        work(
            "<dc:title>&lt;b&gt; \u0085 &#9; ]]&gt; \u009b31m</dc:title>",
            "<dc:creator>a\u200fb &amp;amp;</dc:creator>",
            '<dc:description rdf:parseType="Literal">one <i>two</i><b> three</b></dc:description>',
        )
    )
    assert (core.title, core.author) == ("<b> ]]> 31m", "a\u200fb &amp;")
    assert core.comments.startswith("one two three\n")


@pytest.mark.parametrize(
    "statements",
    [
        f"<dc:subject><rdf:Bag>{'<rdf:li>word</rdf:li>' * 100_000}</rdf:Bag></dc:subject>",
        "".join(
            f"<dc:{name}>{name[0] * 30_000}</dc:{name}>"
            for name in ("title", "creator", "subject", "description", "rights", "identifier")
        ),
        "<dc:subject><rdf:Bag>"
        + "".join(f"<rdf:li>word{number}</rdf:li>" for number in range(5_000))
        + "</rdf:Bag></dc:subject>",
        "<dc:creator>Ada</dc:creator>" * 50_000,
        f"<dc:creator>{'<x>' * 900}deep{'</x>' * 900}</dc:creator>",
        f"<dc:creator>{'<dc:title>' * 900}deep{'</dc:title>' * 900}</dc:creator>",
    ],
    ids=["li", "long", "words", "again", "deep", "deep-titles"],
)
def test_however_much_a_file_holds_little_is_kept(made, statements):
    _, path, core = made(work(statements))
    assert max(map(len, (core.title, core.author, core.keywords, core.identifier))) <= 255
    assert len(core.comments) < 5_000
    assert len(read_part(path, "docProps/core.xml")) < 10_000


def test_values_that_have_no_room_are_left_out_whole(made):
    words = [f"word{number:03}" for number in range(100)]
    items = "".join(f"<rdf:li>{word}</rdf:li>" for word in words)
    _, _, core = made(work(f"<dc:subject><rdf:Bag>{items}</rdf:Bag></dc:subject>"))
    kept = core.keywords.split(", ")
    assert kept == words[: len(kept)]
    assert 240 < len(core.keywords) <= 255


def inputs(tmp_path, **contents):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in contents.items():
        (folder / f"{name}.svg").write_bytes(svg(content))
    return folder


def run(source, output, mode):
    report = Job.create(source, output, job_options=JobOptions(mode=mode, jobs=1)).run()
    assert report.ok
    return report


def test_every_deck_of_a_zip_or_folder_has_its_own(tmp_path):
    folder = inputs(tmp_path, a=INKSCAPE, b=ILLUSTRATOR, c="")
    run(folder, tmp_path / "decks.zip", OutputMode.ZIP)
    run(folder, tmp_path / "decks", OutputMode.FOLDER)
    with zipfile.ZipFile(tmp_path / "decks.zip") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    assert zipped == {p.name: p.read_bytes() for p in (tmp_path / "decks").iterdir()}
    cores = [Presentation(io.BytesIO(zipped[f"{name}.pptx"])).core_properties for name in "abc"]
    assert [core.title for core in cores] == ["Harbour", "Sign", "c.svg"]
    assert [core.author for core in cores] == ["Ada Example", "Ada, Bo", ""]
    for deck in zipped.values():
        assert_opens(io.BytesIO(deck))


def test_one_drawing_in_a_job_is_told_of_as_well(tmp_path):
    folder = inputs(tmp_path, a=INKSCAPE)
    run(folder, tmp_path / "deck.pptx", OutputMode.MERGED)
    core = Presentation(str(tmp_path / "deck.pptx")).core_properties
    assert (core.title, core.author, core.subject) == ("Harbour", "Ada Example", "a.svg")


def test_a_merged_deck_is_called_like_its_file_and_says_no_more(tmp_path):
    folder = inputs(tmp_path, a=INKSCAPE, b=ILLUSTRATOR)
    run(folder, tmp_path / "Our signs.pptx", OutputMode.MERGED)
    core = Presentation(str(tmp_path / "Our signs.pptx")).core_properties
    assert core.title == "Our signs"
    assert (core.author, core.subject, core.keywords, core.comments) == ("",) * 4
    assert_opens(tmp_path / "Our signs.pptx")
