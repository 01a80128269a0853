from dataclasses import replace

from studio.assistant.presets import OWN, PRESETS, Wish, find_preset, preset_of


def test_no_two_presets_ask_for_the_same() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    assert len({(preset.wish, preset.continues) for preset in PRESETS}) == len(PRESETS)
    assert all(preset.sentence.endswith(".") for preset in PRESETS)


def test_a_wish_is_told_by_its_preset_and_another_is_ones_own() -> None:
    for preset in PRESETS:
        assert preset_of(preset.wish) == preset.name
        assert find_preset(preset.name) is preset
        assert preset_of(replace(preset.wish, max_add=499)) == OWN
    assert find_preset(OWN) is None


def test_what_a_preset_promises_is_what_it_asks_for() -> None:
    def wish(name: str) -> Wish:
        preset = find_preset(name)
        assert preset is not None
        return preset.wish

    assert wish("harmonise").max_remove == 0
    assert wish("harmonise").keep_rhythm
    assert wish("thin_out").max_add == 0
    assert wish("fix").risk == 0
    assert wish("fill").max_remove == 0
    assert wish("vary").variations == 3
    assert wish("vary").is_different
    assert [preset.name for preset in PRESETS if preset.continues] == ["continue"]
    assert all(0 <= preset.wish.risk <= 2 for preset in PRESETS)
    assert all(1 <= preset.wish.variations <= 8 for preset in PRESETS)
