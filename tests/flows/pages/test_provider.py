"""Signing in by an identity provider in a real browser, with its cookies, policies and redirects."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.visits import DESKTOP, OUTPUT, PHONE, breaches, wider
from tests.lodeweb.identity_provider import CLIENT, SECRET, running

if TYPE_CHECKING:
    from tests.flows.conftest import Serving


def test_somebody_signs_in_by_the_provider_and_out_in_both_languages(
    lasting: Callable[..., "Serving"], browser: Browser, lode: Callable[..., object]
) -> None:
    with running() as identity:
        named = {"LODE_OIDC_ISSUER": identity.issuer, "LODE_OIDC_CLIENT_ID": CLIENT, "LODE_OIDC_CLIENT_SECRET": SECRET}
        site = lasting(**named)
        lode(site.home, "user", "add", "li.ming", "--role", "expert", "--subject", "li.ming@example.org")
        OUTPUT.mkdir(exist_ok=True)
        for lang, locale, size in (("en", "en-GB", DESKTOP), ("zh", "zh-CN", PHONE)):
            context = browser.new_context(locale=locale, viewport={"width": size[0], "height": size[1]})
            page = context.new_page()
            page.goto(f"{site.url}/desk/reports")
            button = page.get_by_role("link", name={"en": "Sign in with 127.0.0.1", "zh": "通过 127.0.0.1"}[lang])
            expect(button).to_be_visible()
            assert wider(page) <= 0
            assert breaches(page) == []
            page.screenshot(path=OUTPUT / f"sign-in-by-provider-{lang}.png", full_page=True)
            button.click()
            expect(page).to_have_url(f"{site.url}/desk/reports")
            expect(page.locator(".me")).to_contain_text("li.ming")
            page.locator(".me + form button").click()
            identity.claims = {"aud": "another"}
            page.goto(f"{site.url}/desk/reports")
            button.click()
            expect(page.get_by_role("alert")).to_contain_text(
                {"en": "meant for another site", "zh": "应答并非发给本平台"}[lang]
            )
            assert wider(page) <= 0
            page.screenshot(path=OUTPUT / f"sign-in-refused-{lang}.png", full_page=True)
            page.get_by_role("link", name={"en": "Back to the sign-in", "zh": "返回登录页"}[lang]).click()
            expect(button).to_be_visible()
            identity.right()
            context.close()


@pytest.mark.parametrize("half", [{"LODE_OIDC_CLIENT_ID": CLIENT}, {"LODE_PASSWORDS": "false"}])
def test_half_a_provider_is_one_sentence_of_the_command(
    new_home: Path, lode: Callable[..., object], half: dict[str, str]
) -> None:
    result = lode(new_home, "serve", **half)
    assert vars(result)["returncode"] == 2 and "LODE_OIDC_ISSUER" in vars(result)["stderr"]
    assert "Traceback" not in vars(result)["stderr"]
