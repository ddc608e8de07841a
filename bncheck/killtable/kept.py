"""Laws that catch none of the deviations at the budgets of the table, and why they are kept."""

KEPT: dict[str, str] = {
    "I15": "a policy: reported and never failed; P04 fails what updates in inference",
    "I17": "a policy: fails only against a promise; P06 fails what is never legitimate",
    "I18": "a policy: reported and never failed, as clearing NaN away may be meant",
}
