"""The table of options: each is defined here once; command line, ``wsgibench.toml`` and reference derive from it."""

from collections.abc import Mapping

from wsgibench.model.objective import OBJECTIVES
from wsgibench.model.option import Option

OPTIONS: Mapping[str, Option] = {
    option.key: option
    for option in (
        Option(
            key="app",
            kind="text",
            metavar="MODULE:ATTR",
            help="The WSGI app, or module:create_app() for a factory, with literals as arguments. Default: the quote "
            "server of the article.",
        ),
        Option(
            key="chdir", kind="directory", default=".", help="Where the app lives: working directory and import path."
        ),
        Option(
            key="env",
            kind="text",
            metavar="NAME=VALUE",
            repeatable=True,
            help="An environment variable for the app, beside those of the shell. Repeatable.",
        ),
        Option(
            key="python",
            kind="interpreter",
            metavar="PATH",
            help="Interpreter of the environment that has the app and its servers, or the environment's folder. "
            "Default: this one.",
        ),
        Option(
            key="variant",
            kind="text",
            metavar="NAME=WHAT",
            repeatable=True,
            help="A state of the app to measure beside others: NAME=DIRECTORY, NAME=revision:REVISION of Git, "
            "NAME=python:PATH, NAME=install:PACKAGE==VERSION, NAME=env:VARIABLE=VALUE, or NAME alone for the app as it "
            "is, or as [variants.NAME] of wsgibench.toml has it. Repeatable.",
        ),
        Option(
            key="prepare",
            kind="text",
            metavar="COMMAND",
            help="What is run once before the measuring, for each variant, where it lives and with its interpreter's "
            "programs first on PATH: 'python manage.py migrate'. No shell.",
        ),
        Option(
            key="stack",
            kind="text",
            metavar="STACK",
            repeatable=True,
            default="gunicorn",
            help="What to serve both states with; see wsgibench list. Repeatable.",
        ),
        Option(
            key="store",
            kind="text",
            metavar="URL",
            help="The quote server's store: sqlite:///FILE, elasticsearch://HOST:9200/INDEX or memory://.",
        ),
        Option(
            key="workers",
            kind="integer",
            metavar="N",
            help="Worker processes of each server. Default: as many as the stack has cores, at least 2.",
        ),
        Option(key="threads", kind="integer", default=1, metavar="N", help="Threads of each worker."),
        Option(key="host", kind="text", default="127.0.0.1", metavar="ADDRESS", help="Address to listen on."),
        Option(
            key="port", kind="integer", default=8080, metavar="N", help="Port to listen on; 0 takes any that is free."
        ),
        Option(
            key="start_timeout",
            kind="duration",
            default="10s",
            metavar="TIME",
            help="How long a stack may take until it answers, with another status than 503.",
        ),
        Option(
            key="profile",
            kind="choice",
            default="quick",
            choices=("quick", "article"),
            help="quick: half of what the slowest stack bears, then as many requests as go, in turns. article: Locust, "
            "500 users, 60 minutes a stack, set up as there.",
        ),
        Option(key="users", kind="integer", metavar="N", help="So many users, who wait 1 to 3 s between requests."),
        Option(key="spawn_rate", kind="rate", metavar="RATE", help="How many users start each second."),
        Option(key="duration", kind="duration", metavar="TIME", help="Measured time of each stack, over all blocks."),
        Option(
            key="rate",
            kind="text",
            metavar="RATE",
            help="Requests fall due at random moments at this mean rate, whatever the stack does: 250/s, 50% of what "
            "the slowest stack bears, or a ramp 250/s..2000/s.",
        ),
        Option(
            key="arrivals",
            kind="choice",
            default="exponential",
            choices=("exponential", "uniform"),
            help="Gaps between the requests of --rate: random as in real traffic, or all alike.",
        ),
        Option(
            key="connections",
            kind="integer",
            metavar="N",
            help="So many connections, each sending as soon as it has its answer: the most that a stack can do.",
        ),
        Option(
            key="connections_max",
            kind="integer",
            default=1000,
            metavar="N",
            help="With --rate: beyond so many open connections requests wait, and their wait counts.",
        ),
        Option(
            key="turns",
            kind="choice",
            default="on",
            choices=("on", "off"),
            help="Whether the load goes round all stacks of a block in short turns, or one stack is up after another.",
        ),
        Option(
            key="turn",
            kind="duration",
            metavar="TIME",
            help="Length of a turn. Default: 200 ms, longer where answers take longer than some 20 ms.",
        ),
        Option(key="budget", kind="duration", metavar="TIME", help="How long the run may take."),
        Option(key="warmup", kind="duration", metavar="TIME", help="Load before the measuring begins."),
        Option(key="blocks", kind="integer", metavar="N", help="How often each stack is started and measured."),
        Option(
            key="objective",
            kind="choice",
            choices=tuple(OBJECTIVES),
            repeatable=True,
            help="What the run is to settle; all others are shown. Default: throughput, and mean where no load asks "
            "for all that a stack can do. Repeatable.",
        ),
        Option(
            key="margin",
            kind="share",
            default="5%",
            metavar="SHARE",
            help="Stacks that differ by no more are tied.",
        ),
        Option(
            key="claims",
            kind="text",
            metavar="CLAIM",
            repeatable=True,
            help="To be answered by the run: 'nginx+uwsgi > gunicorn on p99', 'granian >= gunicorn within 10%'. "
            "Repeatable.",
        ),
        Option(
            key="assert",
            kind="flag",
            default=False,
            help="End with exit code 1 unless every one of your claims is supported.",
        ),
        Option(
            key="must",
            name="assert",
            kind="text",
            metavar="CLAIM",
            repeatable=True,
            help="End with exit code 1 unless this is supported, with every stack: 'new >= old within 2%', "
            "'new = old on memory'. Repeatable.",
        ),
        Option(key="seed", kind="integer", metavar="N", help="Draws orders and requests; by default a new one."),
        Option(
            key="path",
            kind="text",
            metavar="PATH",
            repeatable=True,
            help="What to ask for; {id} and {word} are drawn anew for each request. Repeatable.",
        ),
        Option(key="ids", kind="text", metavar="FIRST..LAST", help="What {id} is drawn from."),
        Option(key="words", kind="text", metavar="FILE", help="What {word} is drawn from: a word a line."),
        Option(
            key="method", kind="text", metavar="NAME", help="Of HTTP. Default: GET, and POST where there is a body."
        ),
        Option(
            key="header",
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
        Option(
            key="engine",
            kind="text",
            metavar="NAME",
            help="What makes the load; see wsgibench list. Default: native, and locust for --users.",
        ),
        Option(
            key="engine_processes", kind="integer", default=1, metavar="N", help="Engine processes on this machine."
        ),
        Option(
            key="cores",
            kind="choice",
            default="auto",
            choices=("auto", "shared", "apart"),
            help="Whether the load engine runs on the stack's cores or has its own. auto: its own where these are at "
            "most an eighth of the machine, or where the app is so light that the engine would be felt.",
        ),
        Option(
            key="stack_cores",
            kind="text",
            metavar="LIST",
            help="The cores of server and proxy, as in 2-5,7. Default: by --cores.",
        ),
        Option(
            key="engine_cores",
            kind="text",
            metavar="LIST",
            help="The cores of the load engine and the monitor, as in 0,1. Default: by --cores.",
        ),
        Option(
            key="other_cpu",
            kind="share",
            metavar="SHARE",
            help="A trial does not count if other processes use more of the stack's cores. Default: 10%, and no limit "
            "where --env or --store names a service on this machine.",
        ),
        Option(
            key="locust_workers",
            kind="integer",
            default=0,
            metavar="N",
            help="Locust workers on other machines to wait for; the command that starts one is printed.",
        ),
        Option(
            key="locust_bind",
            kind="text",
            default="127.0.0.1",
            metavar="ADDRESS",
            help="Where Locust workers on other machines find their master. Locust's protocol has no password.",
        ),
        Option(
            key="locust_client",
            kind="choice",
            default="fast",
            choices=("fast", "http"),
            help="Locust's FastHttpUser, or HttpUser as the article had it, at four times the cost.",
        ),
        Option(key="locustfile", kind="text", metavar="FILE", help="Your own users instead of the article's."),
        Option(key="monitor", kind="text", default="psutil", metavar="NAME", help="What watches; see wsgibench list."),
        Option(
            key="serve",
            kind="port",
            metavar="[PORT]",
            help="Show the report live in a browser on this machine while it runs; without PORT on any that is free.",
        ),
        Option(
            key="out",
            kind="text",
            default="runs",
            metavar="DIR",
            help="Where run folders are made, and side-by-side.html of several runs.",
        ),
        Option(
            key="pictures",
            kind="choice",
            default="on",
            choices=("on", "off"),
            help="Whether report.html and the pictures are made; wsgibench report makes them later.",
        ),
        Option(
            key="cumulative",
            kind="flag",
            default=False,
            help="Draw figures from the start to each moment, as the article did, instead of window by window.",
        ),
        Option(key="anyway", kind="flag", default=False, help="Compare runs that are unlike in what matters, too."),
        Option(
            key="format",
            kind="choice",
            default="text",
            choices=("text", "md"),
            help="md: Markdown, to paste into a pull request.",
        ),
        Option(key="json", kind="flag", default=False, help="Print one JSON document."),
    )
}
