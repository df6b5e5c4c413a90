"""Options made in Python: keywords as texts, ranges, fingerprints."""

import math

import msgspec
import pytest

from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import (
    RANGES,
    ConvertOptions,
    FitMode,
    JobOptions,
    Limits,
    OutputMode,
    Percent,
    Target,
    TextMode,
)


def test_keywords_may_be_texts():
    options = ConvertOptions(fit="cover", text="outline", target="libreoffice")
    assert options.fit is FitMode.COVER
    assert options.text is TextMode.OUTLINE
    assert options.target is Target.LIBREOFFICE
    assert options == ConvertOptions(
        fit=FitMode.COVER, text=TextMode.OUTLINE, target=Target.LIBREOFFICE
    )
    assert JobOptions(mode="zip").mode is OutputMode.ZIP


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ConvertOptions(fit="contian"), ["fit", "contian"]),
        (lambda: JobOptions(mode="pdf"), ["mode", "pdf"]),
        (lambda: ConvertOptions(margin=-1), ["margin", "-1"]),
        (lambda: ConvertOptions(margin=math.nan), ["margin", "nan"]),
        (lambda: ConvertOptions(fallback_dpi=5), ["fallback_dpi", "5"]),
        (lambda: JobOptions(retries=3), ["retries", "3"]),
        (lambda: JobOptions(jobs=-1), ["jobs", "-1"]),
        (lambda: JobOptions(max_failures=Percent(-1)), ["percent", "-1"]),
        (lambda: Limits(max_files=0), ["max_files", "0"]),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_value(make, words):
    with pytest.raises(UsageError) as caught:
        make()
    for word in words:
        assert word in caught.value.message
    assert caught.value.remedy.startswith("Choose ")


def test_every_number_has_a_range():
    numbers = {
        field
        for owner in (ConvertOptions, JobOptions, Limits)
        for field, value in msgspec.structs.asdict(owner()).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    assert numbers | {"percent"} == set(RANGES)


def test_fingerprints_depend_on_every_option_and_nothing_else():
    changed = {
        "slide_size": "4:3",
        "fit": "cover",
        "margin": 1.0,
        "background": "red",
        "template": "x.pptx",
        "layout": "Blank",
        "titles": "name",
        "notes": True,
        "theme_colors": 2.0,
        "text": "outline",
        "text_in_shapes": True,
        "target": "libreoffice",
        "fallback_dpi": 96,
        "font_dirs": ("x",),
        "system_fonts": False,
        "resource_root": "x",
        "languages": ("de",),
    }
    assert set(changed) == set(ConvertOptions.__struct_fields__)
    made = [ConvertOptions(), *(ConvertOptions(**{n: v}) for n, v in changed.items())]
    assert len({options.fingerprint for options in made}) == len(made)
    assert ConvertOptions().fingerprint == ConvertOptions().fingerprint
