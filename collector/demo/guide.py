"""What `collector demo` prints once everything answers."""

from __future__ import annotations

from collector.demo.arrivals import ARRIVALS


def render_guide(*, site: str, driftrock: str, console: str, link: str) -> str:
    """Render the steps to take, in order; each URL ends its line.

    The arguments are origins, and the one-time link that signs an admin in.
    """
    google, facebook, _newsletter = ARRIVALS
    steps = (
        (f"Arrive as a visitor who clicked {google.label}", site + google.target),
        ("Look at another page: its address has no parameters any more", f"{site}/about"),
        ("Fill in the form and send it; plain HTML, works without scripts", f"{site}/contact"),
        ("See what Driftrock received, marketing fields first", f"{driftrock}/"),
        (f"Come back another way, from {facebook.label}", site + facebook.target),
        ("Send the form of the site's own script; the page stays", f"{site}/callback"),
        (
            "Subscribe to the newsletter: a form for another system, its hidden inputs are filled",
            f"{site}/newsletter",
        ),
        ("Sign in to the console; the link works once", link),
        ("Open a lead there, and see why it counts as it does", f"{console}/leads"),
    )
    listed = "\n".join(
        f"{number}. {text}\n   {url}" for number, (text, url) in enumerate(steps, 1)
    )
    return (
        "The demo is running, on this machine only. Open and click, in this order:\n\n"
        f"{listed}\n\n"
        "A private window starts as a new visitor. Ctrl+C stops the demo; nothing of it is kept.\n"
    )
