"""What the comparison of companies shows besides the result: products in order, and figures in the units of the language."""

from collections.abc import Mapping
from typing import Any

from lodebase.topics.companies.comparison import CompanyComparison
from lodebase.topics.companies.operations import COMPARE
from lodeweb.adapter.responses import Presentation
from lodeweb.topics.stats.page import list_figure_functions


def describe_comparison(result: CompanyComparison | None) -> Mapping[str, Any]:
    """Return the products of any of the companies, and what each has of them."""
    companies = () if result is None else result.companies
    products = {product.product: product for company in companies for product in company.products}
    held = {(company.id, product.product): product for company in companies for product in company.products}
    return {**list_figure_functions(), "products": products.values(), "held": held}


PRESENTATIONS = {COMPARE: Presentation(describe_comparison)}
