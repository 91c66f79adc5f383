"""What is asked, and which answers are right."""

from wsgibench.model.option import Option

REQUESTS = (
    Option(
        key="path",
        field="paths",
        kind="text",
        metavar="PATH",
        repeatable=True,
        help="What to ask for; {id} and {word} are drawn anew for each request. Repeatable.",
    ),
    Option(key="ids", kind="text", metavar="FIRST..LAST", help="What {id} is drawn from."),
    Option(key="words", kind="text", metavar="FILE", help="What {word} is drawn from: a word a line."),
    Option(key="method", kind="text", metavar="NAME", help="Of HTTP. Default: GET, and POST where there is a body."),
    Option(
        key="header",
        field="headers",
        kind="text",
        metavar="'NAME: VALUE'",
        repeatable=True,
        help="Sent with each request. Repeatable.",
    ),
    Option(key="body", kind="text", metavar="TEXT", help="Sent with each request."),
    Option(
        key="expect",
        kind="integer",
        metavar="STATUS",
        repeatable=True,
        help="A status that is right, 302 for one. Default: all from 200 to 299. Repeatable.",
    ),
    Option(
        key="forwarded_proto",
        kind="choice",
        choices=("https", "http"),
        help="Ask as a proxy does that speaks it to clients (X-Forwarded-Proto), and let the stack believe it.",
    ),
    Option(
        key="prefix",
        kind="text",
        metavar="PATH",
        help="Mount the app below it, as in /shop: its SCRIPT_NAME. Paths are given with it.",
    ),
    Option(
        key="bodies",
        kind="choice",
        default="on",
        choices=("on", "off", "same"),
        help="on: bodies must be the same on every stack that serves the same variant; same: on all variants, too; "
        "off: status alone counts.",
    ),
)
