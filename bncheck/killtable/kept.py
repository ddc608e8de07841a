"""Why a law is kept that catches none of the deviations at the budgets of the table."""

KEPT: dict[str, str] = {}
