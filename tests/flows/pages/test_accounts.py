"""The account pages in a real browser: setting a second factor up, sessions, administrators; both languages, light and dark."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.flows import visits
from tests.flows.conftest import Serving, add_account
from tests.flows.visits import DESKTOP, LANGS, OUTPUT, PHONE, breaches, wider

from lodebase.desk.identity import second_factor

PASSWORD = "long enough to keep"
LABELS = {
    "en": ("Account", "Password", "Verification code", "Set up", "I have stored them", "Sign in"),
    "zh": ("账号", "密码", "验证码", "启用", "我已保存", "登录"),
}


@pytest.fixture(scope="module")
def site(lasting: Callable[..., Serving]) -> Serving:
    """A site with the product's own setting: experts and administrators need a second factor."""
    found = lasting(LODE_TOTP="required")
    for name in ("en.desktop", "en.phone", "zh.desktop", "zh.phone"):
        add_account(found.home, name, "administrator", PASSWORD)
    return found


@pytest.fixture
def page_of(browser: Browser, site: Serving) -> Iterator[Callable[[str, tuple[int, int], str], Page]]:
    """Opens a page in a language, a size and a colour scheme; what the browser complains of fails the test."""
    wrong: list[str] = []
    contexts = []

    def open_(lang: str, size: tuple[int, int], scheme: str) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale=visits.LOCALES[lang],
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        context.set_default_timeout(30_000)
        context.add_init_script(visits.REPORT_BREACHES)
        context.route("**/*", lambda route: visits.only_home(route, site.port, wrong))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: visits.noted(message, wrong))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        return page

    yield open_
    for context in contexts:
        context.close()
    # a wrong code is answered so, which the test brings about itself
    assert [message for message in wrong if "403 (Forbidden)" not in message] == []


def looked_at(page: Page, name: str) -> None:
    """Check that a page has no breach of WCAG and is no wider than its screen, and save a picture of it."""
    assert wider(page) <= 0, name
    assert breaches(page) == [], name
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


@pytest.mark.story
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), pytest.param(PHONE, "dark", marks=pytest.mark.slow)], ids=["desktop", "phone"]
)
@pytest.mark.parametrize("lang", LANGS)
def test_a_second_factor_is_set_up_used_and_seen(
    page_of: Callable[[str, tuple[int, int], str], Page], lang: str, size: tuple[int, int], scheme: str
) -> None:
    form = "phone" if size == PHONE else "desktop"
    user, word, code, set_up, stored, enter = LABELS[lang]

    def sign_in(page: Page) -> None:
        page.get_by_label(user, exact=True).fill(f"{lang}.{form}")
        page.get_by_label(word, exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")

    page = page_of(lang, size, scheme)
    page.goto("/desk")
    sign_in(page)
    expect(page.get_by_label(code, exact=True)).to_be_visible()
    key = (page.locator("code.key").text_content() or "").replace(" ", "")
    assert re.fullmatch(r"[A-Z2-7]{32}", key)
    expect(page.locator(".qr svg")).to_be_visible()
    looked_at(page, f"second-factor-{lang}-{form}-{scheme}")
    page.get_by_label(code, exact=True).fill(second_factor.compute_totp_code(key, time.time()))
    page.get_by_role("button", name=set_up, exact=True).click()
    expect(page.locator(".codes li")).to_have_count(10)
    looked_at(page, f"recovery-codes-{lang}-{form}-{scheme}")
    page.get_by_role("link", name=stored).click()
    expect(page.locator(".me")).to_contain_text(f"{lang}.{form}")
    other = page_of(lang, size, scheme)
    other.goto("/desk/account")
    sign_in(other)
    expect(other.get_by_label(code, exact=True)).to_be_visible()
    looked_at(other, f"code-{lang}-{form}-{scheme}")
    other.get_by_label(code, exact=True).fill("000000")
    other.get_by_role("button", name=enter, exact=True).click()
    expect(other.get_by_role("alert")).to_be_visible()
    # a code is taken once, so this is that of the next step: it is taken early, and still when this step ends
    other.get_by_label(code, exact=True).fill(second_factor.compute_totp_code(key, time.time() + 30))
    other.get_by_role("button", name=enter, exact=True).click()
    expect(other.locator("table tbody tr")).to_have_count(2)
    for name, path in (("account", "/desk/account"), ("people", "/desk/people"), ("audit", "/desk/audit")):
        other.goto(path)
        looked_at(other, f"{name}-{lang}-{form}-{scheme}")
    other.goto("/desk/account")
    other.locator("form[action$='end-others'] button").click()
    expect(other.locator("table tbody tr")).to_have_count(1)
    page.goto("/desk")
    expect(page.get_by_label(word, exact=True)).to_be_visible()
