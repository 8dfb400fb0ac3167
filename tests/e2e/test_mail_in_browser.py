"""A digest as a phone shows it: nothing is cut off, nothing is loaded, in four languages, light and dark."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

import pytest
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from schemas.language import Language
from service.digests.contents import Bar, ConfirmationRequest, DigestSuggestion, Letter, NamedPartnership
from service.settings import Settings
from tests.conftest import needs
from workers.mail.composing import compose

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE: ViewportSize = {"width": 360, "height": 780}
LONG = "Federación de Clubes Zacatecanos del Sur de California y sus comunidades de origen"
WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    needs("Chromium", CHROMIUM is not None)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield running
        running.close()


def html_of(language: Language) -> str:
    bars = (Bar("Territory", 40, 40), Bar("Sector", 0, 20), Bar("Priority", 5, 10))
    texts = (
        DigestSuggestion(
            "Association", LONG, "https://example.org/", None, f"Zacatecas: {LONG}.", None, 45, LONG, bars
        ),
        DigestSuggestion("Programme", WORD, None, LONG, "A < B & C", LONG, 45, None, bars),
    )
    letter = Letter(
        UUID(int=7),
        "office@example.org",
        LONG,
        language,
        "weekly",
        "token",
        texts,
        confirmation_requests=(ConfirmationRequest(LONG, date(2025, 1, 1)),),
        named_partnerships=(NamedPartnership(UUID(int=8), LONG, WORD, "2019-03-01"),),
    )
    mail = compose(letter, Settings(_env_file=None), datetime(2027, 1, 1, tzinfo=UTC))
    body = mail.get_body(("html",))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", list(Language))
def test_a_phone_shows_all_of_it(
    browser: Browser, language: Language, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport=PHONE, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html_of(language))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.documentElement.lang") == language
    assert [url for url in asked if url.startswith("http")] == []
    for sentence in (LONG, WORD, "A < B & C"):
        assert page.get_by_text(sentence).last.is_visible()
    shown = page.evaluate(CONTRASTS)
    assert min(shown) >= 4.5, shown
    page.close()


CONTRASTS = """() => {
  const light = value => { const v = value / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const parse = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('div, a, p, strong')].filter(element =>
    [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    && element.getBoundingClientRect().height > 0 && getComputedStyle(element).fontSize !== '1px'
  ).map(element => {
    const [one, other] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  });
}"""
