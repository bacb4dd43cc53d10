"""Every component in every state, as people meet it: small and large, light and dark, by keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
CheckPage = Callable[[Page], None]

PLACES = ["/ui/", "/ui/keyboard/", "/ui/resident/", "/nowhere/"]
# What sticks out of the window or out of its own box, of all that is seen and does not scroll by itself.
CUT_OFF = """
[...document.querySelectorAll("body *")].filter((one) => {
  if (!one.checkVisibility() || getComputedStyle(one).clipPath !== "none") return false;
  if (one.closest("svg, .table-frame, .list-frame")) return false;
  const isWiderThanItsBox = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
  return isWiderThanItsBox || one.getBoundingClientRect().right > innerWidth + 1;
}).map((one) => `${one.localName}.${one.className}`)
"""


@pytest.mark.req("CORE-51", "CORE-50")
@pytest.mark.parametrize("language", ["pl", "en", "uk"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_can_be_used_by_everybody(
    open_page: OpenPage, check_page: CheckPage, width: int, dark: bool, language: str
) -> None:
    page = open_page("/ui/", width=width, dark=dark, language=language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    for folded in page.locator("main details").all():
        folded.evaluate("one => { one.open = !one.closest('.list-tools') || one.matches('.filters') }")
    check_page(page)


@pytest.mark.req("CORE-51")
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("place", PLACES[1:])
def test_frames_can_be_used_by_everybody(
    open_page: OpenPage, check_page: CheckPage, place: str, width: int
) -> None:
    page = open_page("", width=width, dark=width == 320)
    page.goto(place)
    if place == "/nowhere/":
        page.complaints.clear()  # type: ignore[attr-defined]  # the browser tells of the 404 itself
    check_page(page)


@pytest.mark.req("CORE-51")
@pytest.mark.parametrize("width", [640, 1280])
@pytest.mark.parametrize("place", ["/ui/", "/ui/resident/", "/ui/keyboard/"])
def test_text_twice_as_large_fits_and_nothing_is_cut_off(open_page: OpenPage, place: str, width: int) -> None:
    page = open_page("", width=width)
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.goto(place)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.req("CORE-51")
def test_open_menus_and_dialogs_can_be_used_by_everybody(open_page: OpenPage, check_page: CheckPage) -> None:
    page = open_page("/ui/", width=320, height=700)
    page.locator(".phone-menu > summary").click()
    check_page(page)
    page.keyboard.press("Escape")
    expect(page.locator(".phone-menu")).not_to_have_attribute("open", "")
    page.locator(".person-menu > summary").click()
    check_page(page)
    page.keyboard.press("Escape")
    for words in ("columns", "views", "exports"):
        page.locator(f".list-tools > .{words} > summary").click()
        check_page(page)
        page.keyboard.press("Escape")
    page.locator("#new_day + button").click()
    check_page(page)
    page.keyboard.press("Escape")
    page.locator("#new_hour + button").click()
    check_page(page)
    page.keyboard.press("Escape")


@pytest.mark.req("CORE-51")
def test_a_day_is_picked_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/ui/", language="pl")
    field = page.locator("#new_day")
    field.fill("31.01.2027")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.picker[open]")
    expect(dialog.locator("h2")).to_have_text("styczeń 2027")
    expect(page.locator("[data-day='2027-01-31']")).to_be_focused()
    page.keyboard.press("PageDown")
    expect(page.locator("[data-day='2027-02-28']")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-day='2027-03-01']")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(field).to_have_value("02.03.2027")
    expect(page.locator("#new_day + button")).to_be_focused()


@pytest.mark.req("CORE-51")
def test_days_beyond_the_last_one_cannot_be_picked(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.locator("#new_day").fill("30.06.2027")
    page.locator("#new_day + button").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-day='2027-06-30']")).to_be_focused()
    expect(page.locator("[data-day='2027-07-01']")).to_be_disabled()


@pytest.mark.req("CORE-51")
def test_an_hour_is_picked_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.locator("#new_hour").fill("9:30")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#new_hour")).to_have_value("09:45")
    expect(page.locator("#new_hour + button")).to_be_focused()


@pytest.mark.req("CORE-51")
def test_a_dialog_takes_the_focus_and_gives_it_back(open_page: OpenPage, check_page: CheckPage) -> None:
    page = open_page("/ui/")
    opener = page.locator("[data-dialog='example-dialog']")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#example-dialog")).to_be_visible()
    expect(page.locator("#example-dialog button").first).to_be_focused()
    check_page(page)
    page.keyboard.press("Escape")
    expect(page.locator("#example-dialog")).not_to_be_visible()
    expect(opener).to_be_focused()


@pytest.mark.req("CORE-51", "CORE-24")
def test_a_list_is_walked_by_keyboard(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.locator("#content").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1).locator("[data-open]")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-row]").nth(1).locator("input")).to_be_checked()
    expect(page.locator("[data-selected-count]")).to_contain_text("1")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first.locator("[data-open]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**?number=137*")


@pytest.mark.req("CORE-24", "CORE-51")
def test_a_moment_stands_on_one_line_of_a_list_and_no_page_scrolls_sideways(open_page: OpenPage) -> None:
    for width in (1280, 800, 320):
        page = open_page("/ui/", width=width)
        if width > 320:
            lines = page.eval_on_selector_all(
                ".rows tbody time", "found => found.map(one => one.getClientRects().length)"
            )
            assert set(lines) == {1}, width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.req("CORE-24", "CORE-51")
def test_keys_of_one_letter_can_be_switched_off(open_page: OpenPage, check_page: CheckPage) -> None:
    page = open_page("/ui/")
    page.keyboard.press("Shift+?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    check_page(page)
    page.locator("#keyboard-help button[value='off']").click()
    page.wait_for_load_state()
    page.locator("#content").focus()
    for key in ("Shift+?", "/", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("#keyboard-help")).not_to_be_visible()
    expect(page.locator("#content")).to_be_focused()
    expect(page.locator("[data-row][data-here], [data-row] input:checked")).to_have_count(0)


@pytest.mark.req("CORE-24")
def test_a_list_is_sorted_and_paged_without_loading_the_page_again(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    page.evaluate("window.stayed = true")
    page.locator("#list-cases-sort-title").click()
    page.wait_for_url("**sort=title*")
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    page.locator(".pages a[rel=next]").click()
    page.wait_for_url("**after=*")
    expect(page.locator("#list-cases .pages a[rel=prev]")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert page.complaints == []  # type: ignore[attr-defined]
    page.go_back()
    page.wait_for_url("**?sort=title")
    expect(page.locator("#list-cases .pages a[rel=prev]")).to_have_count(0)


@pytest.mark.req("CORE-53", "CORE-24")
def test_a_list_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/ui/", scripts=False, language="en")
    page.locator(".filters > summary").click()
    page.locator("#id_late").select_option("yes")
    page.get_by_role("button", name="Show", exact=True).and_(page.locator(".filters button")).click()
    page.wait_for_url("**late=yes*")
    expect(page.locator(".list-total")).to_have_text("19 rows")
    expect(page.locator(".chip")).to_contain_text("Late: Yes")
    page.locator(".columns > summary").click()
    page.locator("#list-cases-column-fee").check()
    page.locator(".columns button[value='title:up']").click()
    page.wait_for_url("**column=*")
    heads = page.locator("#list-cases thead th").all_inner_texts()
    assert [head.strip() for head in heads[1:3]] == ["Matter", "Number"]
    assert "Fee" in heads[-1]
    assert "late=yes" in page.url


@pytest.mark.req("CORE-53")
def test_language_and_theme_change_without_scripts(open_page: OpenPage) -> None:
    page = open_page("/ui/resident/", scripts=False)
    page.locator("button[name=theme][value=dark]").click()
    page.wait_for_url("**/ui/resident/")
    assert page.locator("link[href*='dark.css']").get_attribute("media") == "screen"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("button[name=language][value=uk]").click()
    expect(page.locator("html")).to_have_attribute("lang", "uk")


@pytest.mark.req("CORE-51")
def test_the_chosen_theme_wins_over_the_device(open_page: OpenPage) -> None:
    page = open_page("/ui/resident/", dark=True)
    dark = _background(page)
    page.locator("button[name=theme][value=light]").click()
    page.wait_for_load_state()
    assert _background(page) != dark
    page.locator("button[name=theme][value=device]").click()
    page.wait_for_load_state()
    assert _background(page) == dark


@pytest.mark.req("CORE-55", "CORE-51")
def test_the_summary_of_errors_leads_to_the_fields(open_page: OpenPage) -> None:
    page = open_page("/ui/")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[data-error-summary] a[href='#wrong_email']").click()
    field = page.locator("#wrong_email")
    expect(field).to_be_focused()
    expect(field).to_have_value("anna-example")
    expect(field).to_have_attribute("aria-invalid", "true")
    described = (field.get_attribute("aria-describedby") or "").split()
    assert any("anna@example.org" in page.locator(f"#{one}").inner_text() for one in described)
    page.locator("[data-error-summary] a[href='#wrong_channel']").click()
    expect(page.locator("#wrong_channel input").first).to_be_focused()


@pytest.mark.req("CORE-51")
def test_time_left_is_counted_and_said(open_page: OpenPage) -> None:
    page = open_page()
    page.clock.install()
    page.goto("/ui/")
    clock, said = page.locator("[data-clock]"), page.locator("[data-said]")
    expect(clock).to_have_text("9:30")
    page.clock.run_for(30_000)
    expect(clock).to_have_text("9:00")
    expect(said).to_have_text("")
    page.clock.run_for(4 * 60_000)
    expect(said).to_contain_text("5")
    page.clock.run_for(5 * 60_000)
    expect(clock).to_have_text("0:00")
    expect(page.locator(".countdown")).to_have_class("countdown ending")


@pytest.mark.req("CORE-51")
def test_nothing_moves_for_those_who_asked_for_that(open_page: OpenPage) -> None:
    page = open_page("/ui/", reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => {"
        " const style = getComputedStyle(one);"
        " return style.transitionDuration !== '0s' || style.animationName !== 'none' }).length"
    )
    assert moving == 0


@pytest.mark.req("CORE-51")
def test_who_asks_for_more_contrast_or_has_colours_of_their_own_gets_them(
    open_page: OpenPage, check_page: CheckPage
) -> None:
    page = open_page("/ui/")

    def edges() -> str:
        return str(page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--line')"))

    usual = edges()
    session = page.context.new_cdp_session(page)
    for feature, value in (("prefers-contrast", "more"), ("forced-colors", "active")):
        session.send("Emulation.setEmulatedMedia", {"features": [{"name": feature, "value": value}]})
        assert (edges() != usual) is (feature == "prefers-contrast")
        check_page(page)


def test_a_first_page_for_residents_is_light(open_page: OpenPage) -> None:
    page = open_page()
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto("/ui/resident/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= 100_000


def _background(page: Page) -> Any:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")
