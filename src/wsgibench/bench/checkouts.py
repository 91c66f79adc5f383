"""Whether the user's checkouts are still what is measured by their names."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from wsgibench.bench.revisions import checkout_at
from wsgibench.errors import MissingError
from wsgibench.model.app import App
from wsgibench.model.variant import Variant


def require_as_it_was(variant: Variant, app: App) -> None:
    """Refuse to measure another state under the name of one that was measured; new files of an app's own are none.

    Raises:
        MissingError: its checkout is on another commit than it says, or changed otherwise.
    """
    now = checkout_at(variant.of(app).directory) if variant.checkout else None
    before = variant.checkout
    if before and (now is None or (now.commit, now.diff_sha256) != (before.commit, before.diff_sha256)):
        raise MissingError(
            f"The checkout of the variant '{variant.name}' is not as it was when the run began: it was at "
            f"{before.words}, and is {f'at {now.words}' if now else 'none any more'}.",
            "Make a new run: what it was to measure has changed.",
        )


def as_they_are(variants: Sequence[Variant], app: App, runs: Path) -> tuple[Variant, ...]:
    """The variants with their checkouts as they are now, without the run folders."""
    return tuple(
        msgspec.structs.replace(each, checkout=checkout_at(each.of(app).directory, runs)) if each.checkout else each
        for each in variants
    )


def changed_since(variants: Sequence[Variant], app: App, runs: Path) -> tuple[str, ...]:
    """Names of the variants whose checkouts are not as they say."""
    pairs = zip(variants, as_they_are(variants, app, runs), strict=True)
    return tuple(each.name for each, now in pairs if each.checkout and not each.checkout.is_as(now.checkout))
